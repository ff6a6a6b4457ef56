/**
 * What the catalogue says about Chargebee.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://www.chargebee.com/docs/2.0/webhook_settings.html",
  // 20 seconds to connect, 20 seconds without a byte, 60 seconds in total.
  // @see https://www.chargebee.com/docs/2.0/events_and_webhooks.html
  timeoutSeconds: 20,
  retries: "7 times: the first after about 2 minutes, the last after 2 days",
  disables: "never; after the last retry, the site's administrators are notified by e-mail",
  setup: [
    "In Chargebee, go to Settings > Configure Chargebee > API Keys and Webhooks > Webhooks, choose Add Webhook and paste this source's URL.",
    "Turn on 'Protect webhook URL with basic authentication' and enter a user name and a long random password. Store user:password as the source's secret.",
    "Select the events listed here, or all events.",
    "A test site has its own webhooks: connect them to a separate source.",
    'If your backend chooses the customer ids, set user_id_from = ["id"]. To use a custom field, name it: ["cf_user_id"].',
  ],
} satisfies CatalogueEntry;
