/**
 * What the catalogue says about LinkedIn lead gen forms.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://learn.microsoft.com/en-us/linkedin/marketing/lead-sync/leadsync",
  timeoutSeconds: 3,
  retries: "every 5 minutes for up to 8 hours, as documented for other notifications of LinkedIn",
  disables:
    "the URL is validated every 2 hours and blocked after 3 failures; LinkedIn sends an e-mail, and validation is restarted in its developer portal",
  setup: [
    "You need a LinkedIn app with access to the Lead Sync API. Store its client secret as the source's secret, and deploy: LinkedIn validates the URL when it is registered.",
    "In the developer portal, add this source's URL under Webhooks. Then subscribe: POST https://api.linkedin.com/rest/leadNotifications with the webhook, the owner (sponsoredAccount or organization) and leadType.",
    "Set a member's access token with r_marketing_leadgen_automation as the source's API key: answers, names and addresses are looked up with it. It lasts for 60 days: renew it. Without it, leads stay anonymous.",
    "Questions of the look-up are read as LinkedIn documents them (version 202610); test leads are sent like all others and say so only in LinkedIn's own list.",
  ],
} satisfies CatalogueEntry;
