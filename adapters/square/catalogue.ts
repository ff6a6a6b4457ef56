/**
 * What the catalogue says about Square.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.squareup.com/docs/webhooks/overview",
  timeoutSeconds: 10,
  // @see https://developer.squareup.com/docs/webhooks/troubleshooting
  retries: "for up to 24 hours, at intervals from one minute to 8 hours",
  disables: "never; after 24 hours, the event is lost",
  setup: [
    "In the Developer Console, open the application, select sandbox or production, go to Webhooks > Subscriptions and choose Add subscription.",
    "Paste this source's URL, exactly as in its public_url: the signature covers it.",
    "Select payment.*, refund.*, dispute.created, dispute.state.updated, customer.*, invoice.*, subscription.*, booking.* and loyalty.account.*.",
    "Copy the subscription's Signature Key and store it as the source's secret.",
    'If your backend writes your user id into the reference_id of customers, set user_id_from = ["reference_id"].',
    "If the application serves several sellers, set merchant_id.",
  ],
} satisfies CatalogueEntry;
