/**
 * What the catalogue says about SendGrid.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook",
  timeoutSeconds: null,
  retries: "for 24 hours, with growing intervals",
  disables: "never; after 24 hours, the events are dropped",
  setup: [
    "In SendGrid, go to Settings > Mail Settings > Event Webhooks and choose Create new webhook.",
    "Paste this source's URL as the Post URL. Select Deferred, Bounced, Dropped, Opened, Clicked, Spam Reports, Unsubscribed and the group events.",
    "Turn on Signature Verification and save. Open the webhook again, copy its Verification Key and store it as the source's secret.",
    'If your backend sends your user id as a unique argument (custom_args), set user_id_from = ["user_id"]. To send other arguments as properties, set custom_fields = ["custom_args.*"].',
  ],
} satisfies CatalogueEntry;
