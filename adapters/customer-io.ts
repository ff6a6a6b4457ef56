/**
 * Customer.io's reporting webhooks: what became of messages, and what people chose to receive.
 *
 * The workspace that sends them knows all this. Sent back as events it would trigger campaigns, whose messages would be reported again; so
 * what became of messages is off, for companies that relay it to another workspace. What people choose is on: it takes a person each time.
 *
 * @see https://docs.customer.io/api/webhooks
 */
import * as z from "zod";
import { defineAdapter, type MapContext, type MapResult, off, on } from "../src/contract/define.ts";
import { type Channel, consent, ignore, type Properties, track } from "../src/contract/drafts.ts";
import { claimed, type PersonFacts, person, personId } from "../src/contract/facts.ts";
import { id, text, unixSeconds } from "../src/contract/fields.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { bare } from "../src/contract/verify/layouts.ts";

const LOOPS = "the workspace that sent the message knows it: an event would loop. For another workspace";

const customer = z.object({
  customer_id: id.nullish().catch(null),
  identifiers: z.looseObject({ id: id.nullish(), email: text.nullish(), cio_id: id.nullish() }).nullish().catch(null),
  email_address: text.nullish(),
});

const message = customer.extend({
  recipient: text.nullish(),
  delivery_id: id.nullish(),
  campaign_id: id.nullish(),
  action_id: id.nullish(),
  newsletter_id: id.nullish(),
  broadcast_id: id.nullish(),
  journey_id: id.nullish(),
  transactional_message_id: id.nullish(),
  content_id: id.nullish(),
  subject: text.nullish(),
  href: text.nullish(),
  link_id: id.nullish(),
  failure_message: text.nullish(),
  action_name: text.nullish(),
});

const choices = z
  .record(z.string().regex(/^\w{1,50}$/), z.boolean())
  .nullish()
  .catch(null);

/** What changed, as JSON in a text. */
const preferences = customer.extend({
  content: z
    .string()
    .transform((json, context) => {
      try {
        return JSON.parse(json);
      } catch {
        context.addIssue("not JSON");
        return z.NEVER;
      }
    })
    .pipe(z.object({ topics: choices, channels: choices })),
});

type Subject = z.output<typeof customer>;

const report = (channel: string, metric: string) =>
  off(
    LOOPS,
    on(message, (m) => track(recipientOf(m), `${channel} ${metric}`, aboutMessage(m))),
  );

export default defineAdapter({
  id: "customer-io",
  name: "Customer.io reporting webhooks",
  docs: "https://docs.customer.io/journeys/webhooks/",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Webhook signing key of the reporting webhook",
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
    body: z.looseObject({ event_id: id, object_type: text, metric: text, timestamp: unixSeconds, data: z.looseObject({}) }),
  }),
  events: ({ body }) => [
    { id: body.event_id, type: `${body.object_type}.${body.metric}`, occurredAt: body.timestamp, test: false, data: body.data },
  ],
  handlers: {
    "customer.subscribed": on(customer, (c, context) => chose(c, "Customer Subscribed", "subscribed", context)),
    "customer.unsubscribed": on(customer, (c, context) => chose(c, "Customer Unsubscribed", "unsubscribed", context)),
    "customer.cio_subscription_preferences_changed": on(preferences, changed),

    "email.sent": report("Email", "Sent"),
    "email.delivered": report("Email", "Delivered"),
    "email.opened": report("Email", "Opened"),
    "email.human_opened": ignore("email.opened says it"),
    "email.clicked": report("Email", "Link Clicked"),
    "email.human_clicked": ignore("email.clicked says it"),
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

    "whatsapp.sent": report("WhatsApp Message", "Sent"),
    "whatsapp.delivered": report("WhatsApp Message", "Delivered"),
    "whatsapp.opened": report("WhatsApp Message", "Opened"),
    "whatsapp.clicked": report("WhatsApp Message", "Link Clicked"),
    "whatsapp.failed": report("WhatsApp Message", "Failed"),

    "push.sent": report("Push Notification", "Sent"),
    "push.delivered": report("Push Notification", "Delivered"),
    "push.opened": report("Push Notification", "Tapped"),
    "push.clicked": report("Push Notification", "Link Clicked"),
    "push.converted": report("Push Notification", "Converted"),
    "push.bounced": report("Push Notification", "Bounced"),
    "push.failed": report("Push Notification", "Failed"),

    "in_app.sent": report("In App Message", "Sent"),
    "in_app.opened": report("In App Message", "Opened"),
    "in_app.clicked": report("In App Message", "Clicked"),
    "in_app.converted": report("In App Message", "Converted"),
    "in_app.failed": report("In App Message", "Failed"),
  },
  // Drafts, attempts, and what went to a chat room or to another webhook.
  otherwise: ignore("not about a person"),
  habits: {
    timeoutSeconds: 4,
    retries: "for 7 days, ever less often; what comes after waits behind it",
    givesUp: "7 days of failures lose the event",
    setup: [
      "In Customer.io open Data & Integrations > Integrations > Reporting Webhooks and choose Add Reporting Webhook, with the URL of this source.",
      "Choose Subscribed, Unsubscribed and Subscription preferences changed. Leave Body Content off.",
      "Copy the webhook's signing key: it is the source's secret.",
      'For another workspace than the one that sends, choose messages\' events too and list them in events_on; set user_id_from = ["identifiers.id"] where both share their ids.',
    ],
  },
});

function recipientOf(c: Subject): PersonFacts {
  return person({
    record: c,
    email: claimed(c.identifiers?.email || c.email_address),
    ids: [personId("customer", c.identifiers?.cio_id ?? c.customer_id)],
  });
}

function aboutMessage(m: z.output<typeof message>): Properties {
  return {
    delivery_id: m.delivery_id,
    campaign_id: m.campaign_id,
    action_id: m.action_id,
    newsletter_id: m.newsletter_id,
    broadcast_id: m.broadcast_id,
    journey_id: m.journey_id,
    transactional_message_id: m.transactional_message_id,
    content_id: m.content_id,
    subject: m.subject,
    url: m.href,
    link_id: m.link_id,
    action_name: m.action_name,
    reason: m.failure_message,
  };
}

/** The one choice for all channels that Customer.io had before topics; it is about e-mail above all. */
function chose(
  c: Subject,
  event: string,
  state: "subscribed" | "unsubscribed",
  { event: { occurredAt: at } }: MapContext<unknown>,
): MapResult {
  const facts = recipientOf(c);
  return [consent(facts, { channel: "email", state, at }), track(facts, event)];
}

const CHANNELS: ReadonlyMap<string, Channel> = new Map([
  ["email", "email"],
  ["sms", "sms"],
  ["push", "push"],
  ["in_app", "in_app"],
  ["whatsapp", "whatsapp"],
]);

/** A topic's choice is that of its e-mails. */
function changed(c: z.output<typeof preferences>, { event: { occurredAt: at } }: MapContext<unknown>): MapResult {
  const facts = recipientOf(c);
  const stateOf = (isOn: boolean) => (isOn ? "subscribed" : "unsubscribed");
  const ofChannels = Object.entries(c.content.channels ?? {}).flatMap(([name, isOn]) => {
    const channel = CHANNELS.get(name);
    return channel ? [consent(facts, { channel, state: stateOf(isOn), at })] : [];
  });
  const ofTopics = Object.entries(c.content.topics ?? {}).map(([topic, isOn]) =>
    consent(facts, { channel: "email", state: stateOf(isOn), at, topic }),
  );
  return [...ofChannels, ...ofTopics, track(facts, "Subscription Preferences Changed")];
}
