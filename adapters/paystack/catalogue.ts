/**
 * What the catalogue says about Paystack.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://paystack.com/docs/payments/webhooks/",
  timeoutSeconds: 30,
  retries: "in live mode every 3 minutes 4 times, then every hour for 72 hours; in test mode every hour for 10 hours",
  disables: "not documented",
  setup: [
    "In the Paystack Dashboard, go to Settings > API Keys & Webhooks, enter this source's URL as the Live Webhook URL, and store the live secret key as the source's secret. Paystack signs with that key.",
    "Test mode has a key and a URL of its own: use a source of its own. Its events are ignored in production.",
    'Put your own user id into metadata, and set user_id_from = ["metadata.user_id"]. Other metadata is sent where custom_fields names it.',
    "A refund does not say whether it was of a plan: it is Order Refunded in both cases, with payment_id. Refunds, disputes and invoices have no time of their own and get that of their arrival.",
    "The fields beside the signature could not be checked against a delivery of Paystack: look at the first events in the console.",
  ],
} satisfies CatalogueEntry;
