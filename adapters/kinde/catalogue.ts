/**
 * What the catalogue says about Kinde.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.kinde.com/integrate/webhooks/about-webhooks/",
  timeoutSeconds: null,
  retries: "after 5 s, 30 s, 2 min, 10 min, 1 h and 4 h, then every 12 h, up to 36 h; only 200 counts as accepted",
  disables: "after 72 hours of failures",
  setup: [
    "In Kinde, go to Settings > Environment > Webhooks, choose Add webhook and paste this source's URL.",
    "Select user created, updated, deleted and authenticated. Add access request and subscriber created if you use them.",
    "Store the environment's host (<subdomain>.kinde.com, without https://) as the source's secret. Each environment has its own host and needs its own source.",
    'Kinde verifies the addresses of those who sign up. If you import or create users without that, set email_trust = "claimed".',
    "Importing users sends no webhooks: they become known at their first sign-in or change.",
  ],
} satisfies CatalogueEntry;
