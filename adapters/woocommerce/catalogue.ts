/**
 * What the catalogue says about WooCommerce.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://woocommerce.com/document/webhooks/",
  timeoutSeconds: 60,
  retries: "never; the data of a failed webhook arrives with the next change of the order",
  disables: "after more than 5 failures in a row",
  setup: [
    "In WooCommerce, go to Settings > Advanced > Webhooks and choose Add webhook, once for each topic. Set the status to Active and the API version to WP REST API Integration v3.",
    "Paste this source's URL into each and enter the same secret: at least 16 random letters and digits. Store it as the source's secret.",
    "Select the topics Order created, Order updated, Customer created and Customer updated. With WooCommerce Subscriptions, add Subscription created and Subscription updated.",
    'If the shop\'s customer ids are your own user ids, set user_id_from = ["customer_id"].',
  ],
} satisfies CatalogueEntry;
