/**
 * What the catalogue says about Razorpay.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://razorpay.com/docs/webhooks/",
  timeoutSeconds: 5,
  retries: "for 24 hours, with growing intervals",
  disables: "after 24 hours of failures; Razorpay sends an e-mail",
  setup: [
    "In the Razorpay Dashboard, go to Account & Settings > Webhooks, add this source's URL and a random secret, and store the secret as the source's secret. After a rotation, retries still come with the old one: keep both for a day.",
    "Select payment.captured, payment.failed, payment.dispute.*, refund.processed, refund.failed and subscription.*.",
    "Live and test mode have webhooks of their own, and events do not say which mode they are of: use a source for each.",
    'Put your own user id into notes, and set user_id_from = ["notes.user_id"]. Other notes are sent where custom_fields names them, as in notes.plan.',
    "Subscriptions name their plan by its id alone: plan_name and mrr are not known.",
  ],
} satisfies CatalogueEntry;
