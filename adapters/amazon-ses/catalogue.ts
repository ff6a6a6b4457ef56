/**
 * What the catalogue says about Amazon SES.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html",
  // @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
  timeoutSeconds: 15,
  retries: "by the topic's delivery policy; by default 50 times within an hour. A 4xx other than 429 is not tried again",
  disables: "never; after the last retry, the message is lost unless the subscription has a dead-letter queue",
  setup: [
    'In Amazon SNS, create a standard topic in the region of SES, and set its attribute SignatureVersion to 2 (aws sns set-topic-attributes). Where you cannot, set signature_version = "1".',
    "Store the ARN of the topic as the source's secret. Deploy before you go on: the subscription is confirmed by the running Worker.",
    "At the topic, choose Create subscription with the protocol HTTPS and this source's URL as the endpoint. Leave raw message delivery off: raw messages have no signature. The subscription becomes confirmed within a minute; else choose Request confirmation.",
    "In Amazon SES, open your configuration set, go to Event destinations and add the topic for hard bounces, complaints, delivery delays, rejects, rendering failures, opens, clicks and subscriptions. Send with this configuration set.",
    'If your backend sends your user id as a message tag, set user_id_from = ["tags.user_id"]. To send other tags as properties, set custom_fields = ["tags.*"].',
    "Opens and clicks of an e-mail to several recipients do not say which of them, and are ignored: send to each on its own.",
  ],
} satisfies CatalogueEntry;
