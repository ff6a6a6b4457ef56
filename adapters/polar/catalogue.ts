/**
 * What the catalogue says about polar.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://polar.sh/docs/integrate/webhooks/endpoints",
  // @see https://polar.sh/docs/integrate/webhooks/delivery
  timeoutSeconds: 10,
  retries: "10 times with growing intervals, in the order of the events; redirects count as failures",
  disables: "after 10 events in a row that failed every retry; it must be re-enabled manually",
  setup: [
    "In Polar, go to the organization's Settings > Webhooks, choose Add Endpoint, paste this source's URL and select the format Raw.",
    "Let Polar generate the secret, copy all of it and store it as the source's secret.",
    "Select the customer, order, refund, subscription and benefit_grant events and checkout.expired.",
    "The sandbox is a separate service: connect it to a separate source.",
    "If the domain uses Cloudflare's Bot Fight Mode, let Polar's requests through: it answers them with 403.",
    'If your backend sets your user id as the external id of customers, set user_id_from = ["external_id"].',
  ],
} satisfies CatalogueEntry;
