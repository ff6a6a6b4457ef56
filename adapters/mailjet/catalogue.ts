/**
 * What the catalogue says about Mailjet.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://dev.mailjet.com/email/guides/webhooks/",
  timeoutSeconds: null,
  retries: "for up to 24 hours; the intervals are not documented",
  disables: "after 24 hours of failures",
  setup: [
    "Choose a user name and a random password of letters and digits, and store them as the source's secret, written as user:password.",
    "In Mailjet, go to Account settings > Event notifications (webhooks). Enter this source's URL with user and password in it (https://user:password@\u2026) for Open, Click, Bounce, Spam, Blocked and Unsub, and turn on Group events.",
    'If your backend sends your user id as JSON in the EventPayload of each message, set user_id_from = ["Payload.user_id"]. To send the rest as properties, set custom_fields = ["Payload.*"].',
  ],
} satisfies CatalogueEntry;
