/**
 * What the catalogue says about Shopify.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://shopify.dev/docs/api/webhooks",
  timeoutSeconds: 5,
  // @see https://shopify.dev/changelog/updates-to-webhook-retry-mechanism
  retries: "8 times within 4 hours, with growing intervals, always with the original body",
  disables:
    "after 8 failures in a row if the subscription was created through the Admin API; never if it is declared in the app's configuration file",
  // @see https://help.shopify.com/en/manual/fulfillment/setup/notifications/webhooks
  setup: [
    "In the Shopify admin, go to Settings > Notifications > Webhooks and choose Create webhook, once for each event. Paste this source's URL and select the format JSON.",
    "Create webhooks for customer creation and update, customer email and SMS marketing consent update, checkout creation and update, order creation, payment, cancellation and fulfillment, and refund creation.",
    "Copy the key shown under 'Your webhooks will be signed with' and store it as the source's secret.",
    "To use an app instead, declare the topics in shopify.app.toml without include_fields, and store the app's client secret (Dev Dashboard > Settings) as the source's secret. Only apps receive customers/redact.",
    "Request access to protected customer data for the app: without it, names and addresses arrive empty.",
  ],
} satisfies CatalogueEntry;
