/**
 * What the catalogue says about Lemon Squeezy.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.lemonsqueezy.com/help/webhooks",
  timeoutSeconds: null,
  // @see https://docs.lemonsqueezy.com/help/webhooks/webhook-requests
  retries: "3 times, after about 5, 25 and 125 seconds",
  disables: "never; failed webhooks can be resent under Settings > Webhooks",
  setup: [
    "In Lemon Squeezy, go to Settings > Webhooks, choose + (create) and paste this source's URL as the callback URL.",
    "Enter a random signing secret of 16 to 40 characters and store it as the source's secret.",
    "Select order_created, order_refunded and all subscription events. Add license_key_created if you sell licences.",
    'If your backend creates the checkouts and writes your user id into their custom data, set user_id_from = ["custom_data.user_id"]. Do not set it if the user id comes from checkout links: visitors can change a link.',
  ],
} satisfies CatalogueEntry;
