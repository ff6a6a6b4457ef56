/**
 * What the catalogue says about Clerk.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://clerk.com/docs/guides/development/webhooks/overview",
  // @see https://docs.svix.com/retries
  timeoutSeconds: 15,
  retries: "after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h",
  disables: "after 5 days of failures",
  setup: [
    "In the Clerk Dashboard, go to Configure > Webhooks > Add Endpoint and paste this source's URL.",
    "Subscribe to user, organization and organizationMembership. Add session for sign-ins, and subscriptionItem and paymentAttempt if you use Clerk Billing.",
    "Create the endpoint, copy its Signing Secret (whsec_…) and store it as the source's secret.",
    "Development and production instances have separate endpoints and secrets.",
  ],
} satisfies CatalogueEntry;
