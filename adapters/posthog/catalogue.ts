/**
 * What the catalogue says about PostHog.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://posthog.com/docs/data-pipelines/destinations/webhook",
  // By default of its plugin server. @see https://github.com/PostHog/posthog
  timeoutSeconds: 10,
  retries: "3 times within a minute",
  disables: "not documented; a destination that keeps failing is slowed down or paused",
  setup: [
    "In PostHog, go to Data pipelines > Destinations, choose HTTP Webhook, paste this source's URL and leave method and body as they are: the body has event and person.",
    'Set a signing secret and store it as the source\'s secret. Where the destination has no such field, add a header Authorization with a random value of at least 16 characters, store this value as the secret, and set authentication = "authorization".',
    "Under Filters, replace $pageview by the events that campaigns need, and always add $identify and $set: they say who a person is.",
    'A browser\'s project key is public: set email_trust = "claimed" if browsers set the address and your own code does not check it.',
    "Events and properties keep their names; a person property becomes posthog_<name>, unless Customer.io has a name for it. What PostHog measures itself ($autocapture, $feature_flag_called …) is ignored.",
    "If PostHog also has its Customer.io destination, turn it off: otherwise every event arrives twice. Its test button sends an invented event, which is not marked as a test.",
  ],
} satisfies CatalogueEntry;
