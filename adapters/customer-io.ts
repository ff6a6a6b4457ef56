/**
 * Customer.io's reporting webhooks: the outcome of messages, and people's subscription choices.
 *
 * The workspace that sends them knows all this. Sent back as events it would trigger campaigns, whose messages would be reported again; so
 * what became of messages is off, for companies that relay it to another workspace. What people choose is on: it takes a person each time.
 *
 * @see https://docs.customer.io/integrations/api/webhooks/
 */
import * as z from "zod";
import {
  defineAdapter,
  each,
  id,
  ignore,
  ignoring,
  maybe,
  off,
  on,
  pick,
  text,
  track,
  unixSeconds,
} from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { customer, isChoice, onChoice, onPreferences, personOf } from "./customer-io/choices.ts";

const LOOPS = "the workspace that sent the message knows it: an event would loop. For another workspace";

const message = customer.extend({
  ...each(maybe.id, "delivery_id", "campaign_id", "action_id", "newsletter_id", "broadcast_id", "journey_id"),
  ...each(maybe.id, "transactional_message_id", "content_id", "link_id"),
  ...each(maybe.text, "subject", "href", "failure_message", "action_name", "tracked_response"),
  ...each(maybe.flag, "prefetched", "machine"),
});

export default defineAdapter({
  id: "customer-io",
  name: "Customer.io reporting webhooks",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing key of the reporting webhook",
    demo: "tributary_demo_customer_io_signing_key",
  },
  // @see https://docs.customer.io/journeys/webhooks/#securely-verify-requests
  verify: hmac({
    hash: "SHA-256",
    header: "x-cio-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    timestamp: { header: "x-cio-timestamp" },
    message: ({ timestamp, body }) => ["v0:", timestamp, ":", body],
    tolerance: 300,
  }),
  webhook: z.object({
    body: z.looseObject({ event_id: id, object_type: maybe.text, metric: text, timestamp: unixSeconds, data: z.looseObject({}) }),
  }),
  events: ({ body: { event_id, object_type, metric, timestamp, data } }) => {
    const type = `${isChoice(metric, data) ? "customer" : (object_type ?? "unknown")}.${metric}`;
    return [{ id: event_id, type, occurredAt: timestamp, test: false, data }];
  },
  handlers: {
    "customer.subscribed": onChoice("Customer Subscribed", "subscribed"),
    "customer.unsubscribed": onChoice("Customer Unsubscribed", "unsubscribed"),
    "customer.cio_subscription_preferences_changed": onPreferences,

    "email.sent": report("Email", "Sent"),
    "email.delivered": report("Email", "Delivered"),
    "email.opened": report("Email", "Opened"),
    "email.human_opened": ignore("covered by email.opened"),
    "email.clicked": report("Email", "Link Clicked"),
    "email.human_clicked": ignore("covered by email.clicked"),
    "email.converted": report("Email", "Converted"),
    "email.bounced": report("Email", "Bounced"),
    "email.spammed": report("Email", "Marked As Spam"),
    "email.dropped": report("Email", "Suppressed"),
    "email.failed": report("Email", "Failed"),
    "email.unsubscribed": report("Email", "Unsubscribed"),

    "sms.sent": report("SMS", "Sent"),
    "sms.delivered": report("SMS", "Delivered"),
    "sms.clicked": report("SMS", "Link Clicked"),
    "sms.converted": report("SMS", "Converted"),
    "sms.bounced": report("SMS", "Bounced"),
    "sms.failed": report("SMS", "Failed"),
    "sms.replied": report("SMS", "Replied"),

    "whatsapp.sent": report("WhatsApp Message", "Sent"),
    "whatsapp.delivered": report("WhatsApp Message", "Delivered"),
    "whatsapp.opened": report("WhatsApp Message", "Opened"),
    "whatsapp.clicked": report("WhatsApp Message", "Link Clicked"),
    "whatsapp.converted": report("WhatsApp Message", "Converted"),
    "whatsapp.bounced": report("WhatsApp Message", "Bounced"),
    "whatsapp.dropped": report("WhatsApp Message", "Suppressed"),
    "whatsapp.failed": report("WhatsApp Message", "Failed"),
    "whatsapp.replied": report("WhatsApp Message", "Replied"),

    "push.sent": report("Push Notification", "Sent"),
    "push.delivered": report("Push Notification", "Delivered"),
    "push.opened": report("Push Notification", "Tapped"),
    "push.clicked": report("Push Notification", "Link Clicked"),
    "push.converted": report("Push Notification", "Converted"),
    "push.bounced": report("Push Notification", "Bounced"),
    "push.dropped": report("Push Notification", "Suppressed"),
    "push.failed": report("Push Notification", "Failed"),

    "in_app.sent": report("In App Message", "Sent"),
    "in_app.opened": report("In App Message", "Opened"),
    "in_app.clicked": report("In App Message", "Clicked"),
    "in_app.converted": report("In App Message", "Converted"),
    "in_app.failed": report("In App Message", "Failed"),

    ...ignoring(
      "not sent: message limit reached, or delivery is off",
      "email.undeliverable sms.undeliverable whatsapp.undeliverable push.undeliverable in_app.undeliverable",
    ),
  },
  // Drafts, attempts, and messages to chat rooms or other webhooks.
  otherwise: ignore("not about a person"),
});

/** The outcome of a message. */
function report(channel: string, metric: string) {
  const handler = on(message, (m) =>
    track(personOf(m), `${channel} ${metric}`, {
      ...pick(m, "delivery_id", "campaign_id", "action_id", "newsletter_id", "broadcast_id", "journey_id"),
      ...pick(m, "transactional_message_id", "content_id", "subject"),
      url: m.href,
      link_id: m.link_id,
      action_name: m.tracked_response ?? m.action_name,
      ...pick(m, "prefetched", "machine"),
      reason: m.failure_message,
    }),
  );
  return off(LOOPS, handler);
}
