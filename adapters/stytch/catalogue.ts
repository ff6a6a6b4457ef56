/**
 * What the catalogue says about Stytch.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://stytch.com/docs/workspace-management/webhooks",
  // @see https://docs.svix.com/retries
  timeoutSeconds: 15,
  retries: "8 attempts within about 28 hours (Svix)",
  disables: "after 5 days of failures",
  setup: [
    "Webhooks need a paid plan. In the Stytch dashboard, go to Webhooks > Add endpoint and paste this source's URL.",
    "Select the events of user, or of member for a B2B project, from all sources (direct, dashboard, scim): create, update, delete.",
    "Open the endpoint, copy its signing secret (whsec_…) and store it as the source's secret.",
    "Events of a project in the test environment are test events. A person's user id is external_id where you set it, else Stytch's own.",
  ],
} satisfies CatalogueEntry;
