/**
 * Customer.io's reporting webhooks and the tracking plan.
 */
import { adapterPlan, event, family, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const sending = {
  campaign_id: text("id of the campaign, broadcast, newsletter or transactional message"),
  template_id: text("id of the message in it"),
};
const email = { email_id: text("id of the delivery"), email_subject: text("subject of the e-mail"), ...sending };
const sms = { sms_id: text("id of the delivery"), channel: text("`sms`"), to: text("number of the person"), ...sending };
const whatsapp = { message_id: text("id of the delivery"), to: text("number of the person"), ...sending };
const message = { message_id: text("id of the delivery"), ...sending };
const failure = { ...message, reason: text("why, in the words of the service that delivers") };
const click = {
  ...message,
  link_url: text("address of the link"),
  link_id: text("id of the link"),
  action_name: text("name of what was clicked"),
};
const example = { message_id: "dgOq6QAAAAECAwQFBgc", campaign_id: "7" };

/** Events that Customer.io alone has. */
export const CUSTOMER_IO = family("Customer.io reporting webhooks", "Events that Customer.io alone has.", {
  "Customer Subscribed": event({ when: "A person's attribute `unsubscribed` became false, whatever set it.", example: {} }),
  "Customer Unsubscribed": event({ when: "A person's attribute `unsubscribed` became true, whatever set it.", example: {} }),
  "Customer Preferences Changed": event({ when: "A person chose channels or topics.", example: {} }),

  "Email Sent": event({ when: "An e-mail was sent.", optional: email, example: { email_id: "e_1" } }),
  "Email Converted": event({
    when: "A person did what an e-mail was sent for.",
    optional: email,
    example: { email_id: "e_1", campaign_id: "7" },
  }),
  "SMS Converted": event({
    when: "A person did what a text message was sent for.",
    optional: sms,
    example: { sms_id: "m_1", campaign_id: "7" },
  }),
  "WhatsApp Message Converted": event({
    when: "A person did what a WhatsApp message was sent for.",
    optional: whatsapp,
    example,
  }),
  "WhatsApp Message Dropped": event({
    when: "A WhatsApp message was not sent, because the person does not get any.",
    optional: { ...whatsapp, reason: failure.reason },
    example,
  }),

  "Push Notification Sent": event({ when: "A push notification was sent.", optional: message, example }),
  "Push Notification Delivered": event({ when: "A push notification arrived.", optional: message, example }),
  "Push Notification Tapped": event({ when: "A person opened a push notification.", optional: message, example }),
  "Push Notification Link Clicked": event({
    when: "A person opened the link of a push notification.",
    optional: click,
    example: { ...example, link_url: "https://example.com/offer" },
  }),
  "Push Notification Converted": event({
    when: "A person did what a push notification was sent for.",
    optional: message,
    example,
  }),
  "Push Notification Bounced": event({
    when: "A push notification could not be delivered.",
    optional: failure,
    example: { ...example, reason: "unregistered" },
  }),
  "Push Notification Dropped": event({
    when: "A push notification was not sent, because the device does not get any.",
    optional: failure,
    example,
  }),
  "Push Notification Failed": event({ when: "A push notification could not be sent.", optional: failure, example }),

  "In App Message Sent": event({ when: "A message in the app was sent.", optional: message, example }),
  "In App Message Opened": event({ when: "A person saw a message in the app.", optional: message, example }),
  "In App Message Clicked": event({
    when: "A person clicked in a message in the app.",
    optional: click,
    example: { ...example, action_name: "see_offer" },
  }),
  "In App Message Converted": event({
    when: "A person did what a message in the app was sent for.",
    optional: message,
    example,
  }),
  "In App Message Failed": event({ when: "A message in the app could not be sent.", optional: failure, example }),
});

export default adapterPlan({
  families: ["engagement"],
  lacks: {
    "Email Deferred": "what a receiving server puts off is not reported",
    "Email Subscribed": "told as Customer Subscribed",
  },
  own: CUSTOMER_IO,
});
