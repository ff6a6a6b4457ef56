/**
 * What the catalogue says about Segment.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://www.twilio.com/docs/segment/connections/destinations/catalog/actions-webhook",
  timeoutSeconds: 5,
  retries: "for up to 4 hours, with growing intervals",
  disables: "never; after 4 hours, the call is lost",
  setup: [
    "In Segment, go to Connections > Catalog, choose Webhooks (Actions) and connect it to the Segment source.",
    "Under Settings > Advanced Settings, enter a random shared secret of at least 16 characters and store it as the source's secret.",
    "In the mapping, select the events, paste this source's URL, choose POST, and send the whole event as the data ($event). Turn batching off: Segment signs only the first event of a batch, so batches are refused.",
    'A browser\'s write key is public: set email_trust = "claimed" if browsers send identify calls that your own code does not check.',
    "Events, properties and traits keep their names. A trait becomes segment_<name>, unless Customer.io has a name for it (firstName becomes first_name). Change segments and campaigns that use a trait accordingly.",
    "Disconnect Customer.io's own destination from the same Segment source. Otherwise every call arrives twice.",
  ],
} satisfies CatalogueEntry;
