/**
 * What the catalogue says about Mailgun.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhooks",
  timeoutSeconds: null,
  // @see https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries
  retries: "after 5, 10 and 15 minutes and 1, 2 and 4 hours; never for events of delivered messages",
  disables: "never; after the last retry, the event is lost",
  setup: [
    "In the Mailgun control panel, go to Sending > Webhooks, select the domain (or the account) and choose Add webhook.",
    "Add this source's URL for Permanent Failure, Opens, Clicks, Unsubscribes and Spam Complaints. Add it for Temporary Failure if you want deferrals.",
    "Copy the HTTP webhook signing key from the same page and store it as the source's secret. Each subaccount has its own key.",
    'If your backend sends your user id with each message (v:user_id), set user_id_from = ["user-variables.user_id"]. To send other variables as properties, set custom_fields = ["user-variables.*"].',
  ],
} satisfies CatalogueEntry;
