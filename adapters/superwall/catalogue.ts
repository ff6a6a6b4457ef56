/**
 * What the catalogue says about Superwall.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://superwall.com/docs/integrations/webhooks",
  timeoutSeconds: 15,
  retries: "7 times within 28 hours (Svix): after 5 seconds, 5 and 30 minutes, 2, 5, 10 and 10 hours",
  disables: "not documented; Svix disables an endpoint after 5 days of failures",
  setup: [
    "In Superwall, go to Integrations > Webhooks, add an endpoint with this source's URL, and store its signing secret (whsec_…) as the source's secret.",
    "Select all events. Sandbox events are ignored in production.",
    "Let the app call identify with your own user id: it becomes the user id in Customer.io. It is sent by version 4.5.2 of the SDK and later; without it, events stay with an anonymous id.",
    "Superwall sends no address: let another source or your backend tell it for the same user id.",
  ],
} satisfies CatalogueEntry;
