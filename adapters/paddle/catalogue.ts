/**
 * What the catalogue says about Paddle.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.paddle.com/webhooks/overview",
  timeoutSeconds: 5,
  // @see https://developer.paddle.com/webhooks/respond-to-webhooks
  retries: "live: 60 times within 3 days, with growing intervals; sandbox: 3 times within 15 minutes",
  disables: "never; after the last retry, the notification is marked as failed and can be resent",
  setup: [
    "In Paddle, go to Developer tools > Notifications, choose New destination with the type webhook, and paste this source's URL.",
    "Select customer.created and customer.updated (no other event holds an e-mail address), subscription.*, address.*, business.*, transaction.completed, transaction.payment_failed, adjustment.* and payment_method.*.",
    "Open the destination again, copy its secret key (pdl_ntfset_…) and store it as the source's secret.",
    "The sandbox is a separate account: connect it to a separate source.",
    'If only your backend writes your user id into custom_data, set user_id_from = ["custom_data.user_id"]. Do not set it if checkouts are opened with Paddle.js: they take custom_data from the page, where visitors can change it.',
  ],
} satisfies CatalogueEntry;
