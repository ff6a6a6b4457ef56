/**
 * What the catalogue says about Recharge.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.rechargepayments.com/2021-11/webhooks_explained",
  timeoutSeconds: 5,
  retries: "20 times within 48 hours",
  disables: "deletes the webhook after the last retry",
  setup: [
    "In Recharge, go to Tools & apps > API tokens, create a token with read access, and store its client secret (not the token) as the source's secret.",
    "Create a webhook for each topic by the API (POST /webhooks, version 2021-11) with this source's URL: charge/paid, charge/failed, charge/refunded, charge/upcoming, subscription/created, subscription/updated, subscription/cancelled, subscription/deleted, customer/created, customer/updated.",
    "Recharge sends the topic in the header X-Recharge-Topic, which is not signed and which its documentation does not promise: it only tells new subscriptions, customers and upcoming charges apart from changes. To be sure, end these URLs in ?topic=subscription/created and so on.",
    "Set an API key: subscriptions name their customer only by an id, which is looked up.",
    "The shop tells the orders. If Shopify is a source too, its Order Completed and Recharge's Payment Succeeded are about the same money: sum up one of them.",
  ],
} satisfies CatalogueEntry;
