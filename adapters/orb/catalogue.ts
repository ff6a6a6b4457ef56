/**
 * What the catalogue says about Orb.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.withorb.com/integrations-and-exports/webhooks",
  timeoutSeconds: null,
  retries: "with growing intervals; their number was not found in the documentation",
  disables: "not documented",
  setup: [
    "In Orb, go to Developers > Webhooks, add an endpoint with this source's URL, and store its signing secret as the source's secret.",
    "The external customer id becomes the user id in Customer.io. If it is an account's id and not a person's, set user_id_from to your own, for example metadata.user_id.",
    "Test mode has endpoints of its own, and webhooks do not say which mode they are of: use a source for each.",
    "Events whose payload could not be seen (customer.edited, invoice.voided, the scheduling of a cancellation) are read as the objects of Orb's API.",
    "Prices are not read, since usage decides them: mrr is not known. A renewal has no event: its invoice is told.",
  ],
} satisfies CatalogueEntry;
