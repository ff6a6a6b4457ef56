/**
 * What the catalogue says about Twilio.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://www.twilio.com/docs/usage/webhooks",
  // Event Streams; the other webhooks wait for 15.
  timeoutSeconds: 5,
  // @see https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
  retries:
    "once, and only if the connection fails; with #rc=5&rp=all at the end of the URL, five times, also after a 5xx; Event Streams: for up to four hours",
  // @see https://www.twilio.com/docs/events/event-delivery-and-duplication
  disables: "never; undelivered webhooks are lost",
  setup: [
    "Set the source's public_url to exactly the URL that you enter at Twilio: the signature covers it.",
    "In the Console, go to Messaging > Services > your service > Integration, choose 'Send a webhook' for incoming messages and enter the URL as Request URL.",
    "Enter the same URL as Delivery Status Callback: it reports the status of outgoing messages.",
    "For calls, enter the URL under 'Call status changes' of a phone number, or as StatusCallback if your backend makes the calls.",
    "Append #rc=5&rp=all to each of these URLs, so that Twilio retries failed deliveries.",
    "To use Event Streams as well or instead, create a Sink of type webhook with the URL as destination (without #rc), the method POST and batch_events true.",
    'Subscribe that Sink to com.twilio.messaging.inbound-message.received and com.twilio.messaging.message.delivered, .undelivered, .failed and .read. Add com.twilio.daptbt.link-shortening.link-clicked and com.twilio.accountsecurity.verify.verification.approved if you use them. To send the tags of outgoing messages as properties, set custom_fields = ["tags.*"].',
  ],
} satisfies CatalogueEntry;
