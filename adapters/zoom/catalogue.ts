/**
 * What the catalogue says about Zoom.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.zoom.us/docs/api/webhooks/",
  timeoutSeconds: 3,
  // @see https://developers.zoom.us/blog/webhook-delays/
  retries: "three times: 5, 25 and 85 minutes after the first attempt",
  disables: "when the URL fails the validation that Zoom repeats every 72 hours",
  setup: [
    "In the Zoom App Marketplace, go to Develop > Build App (or Manage > Created Apps) and open or create an app. General App and Server-to-Server OAuth both work.",
    "Under Features > Access, copy the Secret Token and store it as the source's secret.",
    "Deploy, then turn on Event Subscriptions on the same page, add one, paste this source's URL as Event notification endpoint URL and choose Validate.",
    "Add the Webinar events registration created, approved, denied and cancelled, and participant joined and left. Add the Meeting registration events, with Scheduler both of its events, and with Zoom Events ticket created and deleted.",
    "Activate the app. Webinar events need a Zoom plan with webinars.",
  ],
} satisfies CatalogueEntry;
