/**
 * What the catalogue says about WorkOS.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://workos.com/docs/events/data-syncing/webhooks",
  // @see https://workos.com/docs/events/data-syncing/webhooks
  timeoutSeconds: null,
  retries: "for up to 3 days, with growing intervals",
  disables: "not documented; missed events are available from the Events API",
  setup: [
    "In the WorkOS Dashboard, go to Webhooks, choose Create webhook and paste this source's URL.",
    "Select the user, session, organization membership and invitation events. Add the dsync, waitlist user and pipes events if you use them.",
    "Copy the webhook's signing secret and store it as the source's secret. Staging and production have separate endpoints.",
  ],
} satisfies CatalogueEntry;
