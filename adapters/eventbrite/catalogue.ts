/**
 * What the catalogue says about Eventbrite.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://www.eventbrite.com/platform/docs/webhooks",
  timeoutSeconds: null,
  retries: "10 times after a failure",
  disables: "a 410 deletes it immediately; otherwise not documented",
  setup: [
    "In Eventbrite, go to Account settings > Developer links > Webhooks and add one. Paste this source's URL with the secret as its last part: Eventbrite signs nothing, so whoever has this URL can name orders and attendees to be looked up.",
    "Select order.placed, order.refunded and attendee.checked_in.",
    "Go to Developer links > API keys and store the private token as the source's API key: without it, neither persons nor events are known.",
    "The money of an order is told as amount, what the person pays; the payment's own source tells when it came in.",
  ],
} satisfies CatalogueEntry;
