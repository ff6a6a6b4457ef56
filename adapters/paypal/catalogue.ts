/**
 * What the catalogue says about PayPal.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.paypal.com/api/rest/webhooks/",
  timeoutSeconds: null,
  retries: "up to 25 times within 3 days",
  disables: "not documented; after the last retry, the event is marked as failed and can be resent manually",
  setup: [
    "In the PayPal Developer Dashboard, go to Apps & Credentials, open your app, choose Add Webhook and paste this source's URL.",
    "Select the Checkout order, Payment capture, Payment sale, Billing subscription, Dispute and Invoice events that you use.",
    "Copy the Webhook ID that PayPal then shows and store it as the source's secret. Sandbox and live have separate webhooks and ids.",
    'Captures do not name the buyer, CHECKOUT.ORDER.APPROVED does: subscribe to both. If only your server creates orders and writes your user id into custom_id, set user_id_from = ["custom_id"].',
  ],
} satisfies CatalogueEntry;
