/**
 * What the catalogue says about Acuity.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.acuityscheduling.com/docs/webhooks",
  timeoutSeconds: null,
  retries: "after errors of 5xx, with growing intervals, for up to 24 hours",
  disables: "after 5 days of failures",
  setup: [
    "In Acuity, go to Integrations > API > View credentials as the main admin. Store the API key as the source's secret, and user id:API key as its API key: a webhook holds ids alone, so without it nobody is known.",
    "Under Integrations > Webhooks, paste this source's URL for scheduled, rescheduled and canceled; or POST them to https://acuityscheduling.com/api/v1/webhooks as appointment.scheduled and so on.",
    "Leave out changed: it comes beside all others.",
    "Webhooks carry no time: the time of receipt counts, and two changes of one kind within the same hour count once.",
  ],
} satisfies CatalogueEntry;
