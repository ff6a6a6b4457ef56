/**
 * What the catalogue says about Sentry.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
  timeoutSeconds: 1,
  retries: "not documented",
  disables: "after many timeouts or errors; it must then be enabled again",
  setup: [
    "In Sentry, go to Settings > Developer Settings > Custom Integrations and create an internal integration with this source's URL, the permission Issue & Event: Read, and Alert Rule Action on.",
    "Copy its client secret and store it as the source's secret.",
    "Add the action 'Send a notification via' this integration to an issue alert: one event for each time that it triggers. The webhook of all errors is off by default.",
    "Your application must name its user (Sentry.setUser) with id or email. Events create no people: another source must have named the same address, or Sentry's user ids.",
    "Sentry waits for one second only.",
  ],
} satisfies CatalogueEntry;
