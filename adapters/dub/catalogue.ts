/**
 * What the catalogue says about Dub.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://dub.co/docs/concepts/webhooks/introduction",
  timeoutSeconds: null,
  retries: "with growing intervals; their number was not found in the documentation",
  disables: "not documented how soon; Dub turns a webhook off after repeated failures and sends an e-mail",
  setup: [
    "In Dub, go to Settings > Webhooks, create a webhook with this source's URL and the events lead.created and sale.created, and store its signing secret (whsec_…) as the source's secret.",
    "The external id that your backend gives Dub for a customer becomes the user id in Customer.io.",
    "A sale has value, not total: the money is told by the vendor that took it, for example Stripe.",
    "Dub signs the body without a time or an id in a header; each event has an id of its own in the body.",
    "The fields beside the signature could not be checked against a delivery of Dub: look at the first events in the console.",
  ],
} satisfies CatalogueEntry;
