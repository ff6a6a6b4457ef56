/**
 * What the catalogue says about Google Play.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.android.com/google/play/billing/rtdn-reference",
  timeoutSeconds: 10,
  retries: "with growing intervals until the message is older than the subscription's retention, 7 days by default",
  disables: "never; after its retention a message is lost, unless the subscription has a dead-letter topic",
  setup: [
    "In Google Cloud, create a Pub/Sub topic, and let google-play-developer-notifications@system.gserviceaccount.com publish to it. In the Play Console, open Monetization setup and enter the topic.",
    "Create a subscription of the topic with the delivery type Push and this source's URL, enable authentication with a service account, and leave payload unwrapping off. Store that account's e-mail address as the source's secret.",
    "If the subscription has an audience of its own, set audience to it; else set public_url.",
    "Set the subscription's acknowledgement deadline to 10 seconds or more, and its retry policy to exponential backoff.",
    "Notifications name neither a person nor an amount, and looking these up takes an OAuth token that a source cannot renew. Purchases stay with the anonymous id google-play:purchase:<the first 100 characters of the purchase token>: let your backend, which verifies the token with Google anyway, call identify with this anonymousId and your user id.",
    "No event has money, and a purchase does not say whether it begins with a trial. For money, use the events of your backend or of RevenueCat, Adapty or Superwall.",
    "Purchases of license testers look like all others. A plan change or a new subscription has a new token; the old one is told as expired.",
  ],
} satisfies CatalogueEntry;
