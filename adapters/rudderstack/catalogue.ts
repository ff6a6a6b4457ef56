/**
 * What the catalogue says about RudderStack.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://www.rudderstack.com/docs/destinations/streaming-destinations/webhooks/",
  timeoutSeconds: null,
  retries: "after 429 and 5xx, with growing intervals; for how long depends on the data plane (3 hours by default)",
  disables: "never; after the last retry, the call is lost",
  setup: [
    "In RudderStack, add a Webhook destination to the source, paste this source's URL and choose POST.",
    "Under Headers, add Authorization with a random value of at least 16 characters, and store this value as the source's secret. Calls are not signed.",
    'A browser\'s write key is public: set email_trust = "claimed" if browsers send identify calls that your own code does not check.',
    "Events, properties and traits keep their names. A trait becomes rudderstack_<name>, unless Customer.io has a name for it (firstName becomes first_name).",
    "Disconnect Customer.io's own destination from the same RudderStack source. Otherwise every call arrives twice.",
  ],
} satisfies CatalogueEntry;
