/**
 * What the catalogue says about GoCardless.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.gocardless.com/getting-started/api/handling-webhooks/",
  timeoutSeconds: 10,
  retries: "up to 8 times with growing intervals, the whole batch",
  disables: "not documented",
  setup: [
    "In the GoCardless Dashboard, go to Developers > Create > Webhook endpoint, paste this source's URL and store the secret as the source's secret. Sandbox and live have endpoints of their own: use a source for each.",
    "Set a live read-only access token as the API key: events name a customer by an id at most, who is looked up.",
    'Put your own user id into the metadata of mandates, payments and subscriptions, and set user_id_from = ["resource_metadata.user_id"]: many events name no customer at all, and are known by their mandate or by this.',
    "Events have no amounts: Payment Succeeded and Payment Refunded come without a total.",
  ],
} satisfies CatalogueEntry;
