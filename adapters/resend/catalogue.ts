/**
 * What the catalogue says about Resend.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://resend.com/docs/webhooks/introduction",
  timeoutSeconds: 15,
  // @see https://docs.svix.com/retries
  retries: "after 5 seconds, 5 and 30 minutes, and 2, 5 and 10 hours",
  disables: "after five days of failures",
  setup: [
    "In Resend, go to Webhooks and choose Add Webhook. Paste this source's URL and select the events of email, contact and suppression that you want; email.opened and email.clicked need tracking to be on for the domain.",
    "Open the webhook, copy its signing secret and store it as the source's secret.",
    'If your backend sends your user id as a tag of each message, set user_id_from = ["tags.user_id"]. To send other tags as properties, set custom_fields = ["tags.*"].',
    "Events about an e-mail to several recipients do not say which of them, and are ignored: send to each on its own.",
    'By default only people that another source made known are taken. To make contacts into people, set people = "create".',
  ],
} satisfies CatalogueEntry;
