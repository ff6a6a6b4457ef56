/**
 * Customer.io's reporting webhooks: the outcome of messages, and people's subscription choices.
 *
 * The workspace that sends them knows all this. Sent back as events it would trigger campaigns, whose messages would be reported again; so
 * what became of messages is off, for companies that relay it to another workspace. What people choose is on: it takes a person each time.
 *
 * @see https://docs.customer.io/integrations/api/webhooks/
 */
import * as z from "zod";
import { defineAdapter, id, ignore, ignoring, type MapHandler, maybe, off, text, unixSeconds } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { onAppClick, onAppFailure, onAppMessage } from "./customer-io/app-messages.ts";
import { isChoice, onChoice, onPreferences } from "./customer-io/choices.ts";
import { EMAILS } from "./customer-io/emails.ts";
import { TEXTS } from "./customer-io/texts.ts";

const LOOPS = "the workspace that sent the message knows it: an event would loop. For another workspace";

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
  userIdFrom: ["identifiers.id"],
  states: ["email"],
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

    ...ofMessages(EMAILS),
    "email.human_opened": ignore("covered by email.opened"),
    "email.human_clicked": ignore("covered by email.clicked"),
    ...ofMessages(TEXTS),
    ...ofMessages({
      "push.sent": onAppMessage("Push Notification Sent"),
      "push.delivered": onAppMessage("Push Notification Delivered"),
      "push.opened": onAppMessage("Push Notification Tapped"),
      "push.clicked": onAppClick("Push Notification Link Clicked"),
      "push.converted": onAppMessage("Push Notification Converted"),
      "push.bounced": onAppFailure("Push Notification Bounced"),
      "push.dropped": onAppFailure("Push Notification Dropped"),
      "push.failed": onAppFailure("Push Notification Failed"),

      "in_app.sent": onAppMessage("In App Message Sent"),
      "in_app.opened": onAppMessage("In App Message Opened"),
      "in_app.clicked": onAppClick("In App Message Clicked"),
      "in_app.converted": onAppMessage("In App Message Converted"),
      "in_app.failed": onAppFailure("In App Message Failed"),
    }),

    ...ignoring(
      "it is tried again: covered by what becomes of it",
      "email.attempted sms.attempted whatsapp.attempted push.attempted in_app.attempted",
    ),
    ...ignoring(
      "not sent: message limit reached, or delivery is off",
      "email.undeliverable sms.undeliverable whatsapp.undeliverable push.undeliverable in_app.undeliverable",
    ),
  },
  // Drafts, and messages to chat rooms or other webhooks.
  otherwise: ignore("not about a person"),
});

/** Handlers of what became of messages. */
function ofMessages(handlers: Readonly<Record<string, MapHandler<unknown>>>) {
  return Object.fromEntries(Object.entries(handlers).map(([type, handler]) => [type, off(LOOPS, handler)]));
}
