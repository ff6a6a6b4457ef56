/**
 * What the catalogue says about Postmark.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
  timeoutSeconds: 120,
  retries: "bounces: ten times within 11 hours; opens, clicks, deliveries and suppressions: after 1, 5 and 15 minutes",
  disables: "never; a 403 stops the retries, and after the last one the event is lost",
  setup: [
    "Choose a user name and a random password and store them as the source's secret, written as user:password.",
    "In Postmark, open the server and its message stream, go to Webhooks and choose Add webhook. Paste this source's URL and enter user and password under Basic auth credentials.",
    "Select Open, Click, Bounce, Spam Complaint and Subscription Change. Leave out the content of messages. Repeat this for each message stream.",
    'If your backend sends your user id with each message (Metadata), set user_id_from = ["Metadata.user_id"]. To send other metadata as properties, set custom_fields = ["Metadata.*"].',
    "Unsubscribing from any message stream counts as an opt-out of e-mail.",
  ],
} satisfies CatalogueEntry;
