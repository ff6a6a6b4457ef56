/**
 * What the catalogue says about HubSpot.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.hubspot.com/docs/api/webhooks",
  timeoutSeconds: 5,
  // @see https://developers.hubspot.com/docs/api/webhooks
  // @see https://developers.hubspot.com/docs/apps/developer-platform/add-features/configure-webhooks
  retries: "up to 10 times within 24 hours, also if the answer takes longer than 5 seconds",
  disables: "not documented; after the last retry, the events are lost",
  setup: [
    "Create an app with webhooks: a private app under Development > Legacy apps, or an app of the developer platform with a webhooks component.",
    "Under Webhooks, set Target URL (targetUrl in a component) to this source's URL: exactly its public_url, without a query.",
    "For contacts, subscribe to creation, deletion, deletion for privacy, and changes of the properties email, firstname, lastname, phone, lifecyclestage, hs_lead_status, hs_email_optout, hs_email_bad_address, hs_email_hard_bounce_reason_enum and hs_analytics_first_url. For deals, subscribe to creation and changes of dealstage; for tickets, to creation and changes of hs_pipeline_stage, hs_ticket_priority and closed_date. Also subscribe to association changes of contacts, deals and tickets: without them, deals and tickets have no person.",
    "Copy the client secret from the app's Auth tab and store it as the source's secret.",
    "Set portal_id to your account's id (Hub ID): the same secret signs for every account that installs the app.",
    "If a contact property holds your own user id, subscribe to it and set user_id_from to its name.",
  ],
} satisfies CatalogueEntry;
