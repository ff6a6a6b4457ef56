/**
 * What the catalogue says about RevenueCat.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://www.revenuecat.com/docs/integrations/webhooks",
  timeoutSeconds: 60,
  retries: "5 times, after 5, 10, 20, 40 and 80 minutes; only 200 counts as accepted",
  disables: "never; after the last retry, the event is dropped",
  setup: [
    "In the RevenueCat project, go to Integrations > Webhooks, choose Add new configuration and paste this source's URL.",
    "Turn on HMAC signing, copy the signing secret and store it as the source's secret.",
    'If you cannot use signing, enter a long random Authorization header value, store it as the secret and set authentication = "authorization". If the value begins with Bearer, leave that word out of the secret and set authentication = "bearer".',
    "Send all event types of the production environment. Sandbox events are ignored in production.",
    "The app user id becomes the user id in Customer.io, unless RevenueCat generated it. If your user id is stored elsewhere, set user_id_from.",
  ],
} satisfies CatalogueEntry;
