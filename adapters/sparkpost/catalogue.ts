/**
 * What the catalogue says about SparkPost.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.sparkpost.com/api/webhooks/",
  timeoutSeconds: 10,
  retries: "for 8 hours",
  disables: "never; after the last retry, the events are lost",
  setup: [
    "Choose a user name and a random password and store them as the source's secret, written as user:password.",
    "In SparkPost (Bird), go to Webhooks and choose Create Webhook. Paste this source's URL as the target, choose Basic Auth and enter user and password.",
    "Select the events Bounce, Out of Band, Delay, Policy Rejection, Generation Failure and Rejection, Spam Complaint, Open, Click, List Unsubscribe and Link Unsubscribe. Leave out Initial Open: Open includes it.",
    'If your backend sends your user id as metadata of each recipient, set user_id_from = ["rcpt_meta.user_id"]. To send other metadata as properties, set custom_fields = ["rcpt_meta.*"].',
  ],
} satisfies CatalogueEntry;
