/**
 * What the catalogue says about Mandrill (Mailchimp Transactional).
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/",
  timeoutSeconds: null,
  retries: "with growing intervals; how often is not documented",
  disables: "not documented",
  setup: [
    "A request larger than 64 KB is refused, because Mandrill's signature can only be checked by parsing it: select only the events that you need.",
    "The signature covers the URL: set public_url to this source's address exactly as you give it to Mandrill.",
    "In Mandrill, go to Settings > Webhooks and choose Add a Webhook. Paste the URL and select Message Is Delayed, Bounced, Soft-Bounced, Opened, Clicked, Marked As Spam, Rejected, Recipient Unsubscribes and Rejection Denylist Changes.",
    "Copy the webhook's Key from the list and store it as the source's secret. It is not an API key.",
    'If your backend sends your user id as metadata of each message, set user_id_from = ["metadata.user_id"]. To send other metadata as properties, set custom_fields = ["metadata.*"].',
  ],
} satisfies CatalogueEntry;
