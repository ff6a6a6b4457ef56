/**
 * What the catalogue says about Mixpanel.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.mixpanel.com/docs/cohort-sync/webhooks",
  timeoutSeconds: null,
  retries: "not documented; after an error, all members of the cohort are sent again",
  disables: "not documented",
  setup: [
    "In Mixpanel, go to Data Management > Integrations, add a Webhook connection (Custom Webhook) and paste this source's URL.",
    "Turn on Basic Authentication with a user and a random password, and store user:password as the source's secret.",
    "In each cohort, choose Export to > the connection. Mixpanel syncs every 30 minutes. It first sends all members: they get the trait mixpanel_cohort_<name>, but no event. Later changes are Cohort Entered and Cohort Exited.",
    'If your product identifies people in Mixpanel by your own user id, set user_id_from = ["mixpanel_distinct_id"]. Otherwise a member is known by their address.',
    "Further properties to export are sent as custom_<name> where custom_fields names them, as in properties.plan.",
    "A renamed cohort is another trait: the old one stays as it is. Requests have no time: an event happened when it arrived.",
  ],
} satisfies CatalogueEntry;
