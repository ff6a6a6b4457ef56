/**
 * What the catalogue says about Customer.io reporting webhooks.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.customer.io/journeys/webhooks/",
  timeoutSeconds: 4,
  retries: "for 7 days, with growing intervals; later events wait behind the failed one",
  disables: "not documented; an event that fails for 7 days is lost",
  setup: [
    "In Customer.io, go to Data & Integrations > Integrations > Reporting Webhooks, choose Add Reporting Webhook and paste this source's URL.",
    "Select Subscribed, Unsubscribed and Subscription preferences changed. Turn on Body Content: without it, Customer.io does not say which preferences changed.",
    "Copy the webhook's signing key and store it as the source's secret.",
    "If the events go to a different workspace, also select message events and list them in events_on. If the workspaces do not use the same ids, set user_id_from = [].",
  ],
} satisfies CatalogueEntry;
