/**
 * What the catalogue says about Amplitude.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://amplitude.com/docs/data/audiences/third-party-sync/webhook",
  timeoutSeconds: 4,
  retries: "up to 10 times within 4 hours",
  disables: "not documented",
  setup: [
    "In Amplitude, go to Data > Catalog > Destinations, add a Webhook for cohorts and paste this source's URL.",
    "Add a header Authorization with a random value of at least 16 characters, and store this value as the source's secret.",
    "Keep the default payload: cohort_id, cohort_name, in_cohort, computed_time, message_id and users with user_id. To know people by their address too, add email or user_properties to each user.",
    "In each cohort, choose Sync to > the webhook. The first sync sends every member as Cohort Entered: start it before the campaign that the event triggers.",
    "A member gets the trait amplitude_cohort_<name>, true or false. A renamed cohort is another trait: the old one stays as it is.",
  ],
} satisfies CatalogueEntry;
