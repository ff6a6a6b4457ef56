/**
 * What the catalogue says about BigCommerce.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.bigcommerce.com/docs/integrations/webhooks",
  timeoutSeconds: null,
  retries: "11 times within 48 hours, after 60 seconds at first",
  disables:
    "deactivates the webhook after the last retry or 90 quiet days; with less than 90 % successes, all webhooks to this domain pause for 3 minutes",
  setup: [
    "In the BigCommerce control panel, go to Settings > Store-level API accounts, create a V2/V3 account that may read orders, carts and customers, and store its client secret as the source's secret.",
    "Create a webhook for each scope by the API (POST /v3/hooks) with this source's URL as destination: store/order/statusUpdated, store/order/refund/created, store/cart/*, store/customer/created, store/customer/deleted.",
    "Set the account's access token as the API key: webhooks hold ids alone, and people are looked up. Without it, events stay with anonymous ids.",
    "What was bought and paid is not in the webhooks: events have no products and no total. Where campaigns need them, let the shop's backend send Order Completed instead.",
    "If an app made the webhooks, set store_hash to accept events of one store alone.",
  ],
} satisfies CatalogueEntry;
