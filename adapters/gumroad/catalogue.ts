/**
 * What the catalogue says about Gumroad.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://gumroad.com/ping",
  timeoutSeconds: 5,
  // @see https://github.com/antiwork/gumroad/blob/main/app/sidekiq/post_to_individual_ping_endpoint_worker.rb
  retries: "3 times within 15 minutes, but only after 499, 500, 502, 503 or 504",
  disables: "never",
  setup: [
    "Generate a random secret of at least 32 letters and digits and store it as the source's secret. Anyone who knows it can forge sales.",
    "In Gumroad, go to Settings > Advanced and set Ping endpoint to this source's URL, a slash and the secret. Pings report sales.",
    "For refunds, disputes and memberships, create an application there and subscribe the same URL with its access token: PUT https://api.gumroad.com/v2/resource_subscriptions, once for each resource_name.",
    "You can use both the Ping endpoint and a subscription to sale: each sale counts once.",
    "Keep the content type x-www-form-urlencoded.",
    "A membership with a free trial begins with the ping of a sale at the full price, though nothing was charged, and nothing in the ping says so: name such memberships in free_trial_products.",
  ],
} satisfies CatalogueEntry;
