/**
 * What the catalogue says about beehiiv.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.beehiiv.com/webhooks",
  timeoutSeconds: 15,
  retries: "7 times within 28 hours (Svix): after 5 seconds, 5 and 30 minutes, 2, 5, 10 and 10 hours",
  disables: "not documented; Svix disables an endpoint after 5 days of failures",
  setup: [
    "In beehiiv, go to Settings > Webhooks, which needs a paid plan, and create a webhook with this source's URL. Store its signing secret (whsec_…) as the source's secret.",
    "Select Subscription Created, Confirmed, Deleted, Upgraded, Downgraded, Paused and Resumed, the tiers, the newsletter lists and Survey Response Submitted. The others are about posts and episodes.",
    "A subscription that was deleted while it was active ends in an opt-out and Contact Deleted, one that was inactive in Email Unsubscribed: beehiiv's documentation does not say whether it sends this type for readers who unsubscribe.",
    'To send custom fields, set custom_fields = ["custom_fields.*"]. If one of them holds your own user id, let another source or your backend tell it: no field of beehiiv\'s is a user id.',
    "beehiiv's documentation does not say how it signs. That Svix signs for it is what Svix's own library says, and what others who receive its webhooks do. Send a test event and look at it in the console before you rely on it; a test event looks like any other.",
    "The webhook step of an automation is not signed and has another body: this source refuses it.",
  ],
} satisfies CatalogueEntry;
