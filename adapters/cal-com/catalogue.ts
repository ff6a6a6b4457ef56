/**
 * What the catalogue says about Cal.com.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://cal.com/docs/developing/guides/automation/webhooks",
  timeoutSeconds: null,
  retries: "never, as far as documented",
  disables: "never, as far as documented",
  setup: [
    "In Cal.com, go to Settings > Developer > Webhooks, or to the Webhooks tab of a team or an event type, and choose New.",
    "Paste this source's URL and select the event triggers listed here.",
    "Enter a random secret and store it as the source's secret. Without a secret, Cal.com signs nothing.",
    "Leave Custom Payload Template off.",
    "Create webhooks on one level only (user, team or event type): a booking is sent by every webhook that covers it.",
    "In routing forms, set the identifier of the question for the name to name. The address is the only answer that is an address, or the one to the question email.",
  ],
} satisfies CatalogueEntry;
