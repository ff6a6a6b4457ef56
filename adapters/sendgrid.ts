/**
 * SendGrid: deliveries, opens and clicks of e-mail, and opt-outs.
 *
 * @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
 */
import * as z from "zod";
import type { ConsentDraft, Draft, MapContext, PersonFacts, Properties } from "../src/contract/adapter.ts";
import {
  claimed,
  consent,
  defineAdapter,
  each,
  ignore,
  integer,
  list,
  maybe,
  off,
  on,
  optional,
  person,
  text,
  track,
  unixSeconds,
} from "../src/contract/adapter.ts";
import { bare } from "../src/contract/verify.ts";
import { asymmetric } from "../src/contract/verify-public-key.ts";

/** Maximum number of categories in an event. */
const MOST_CATEGORIES = 20;

/** The recipient in the events of Test Your Integration. */
const SAMPLE_RECIPIENT = "example@test.com";

/** Loose: the company's unique arguments are beside SendGrid's fields, and one of them may hold a user id. */
const message = z.looseObject({
  email: text,
  sg_message_id: maybe.text,
  category: optional(z.union([text.transform((category) => [category]), list(text)])),
});

const failure = message.extend(each(maybe.text, "reason", "response", "status", "type", "bounce_classification"));

const engagement = message.extend({ ...each(maybe.text, "url", "sg_content_type"), sg_machine_open: maybe.flag });

const groupChoice = message.extend({ asm_group_id: integer.pipe(z.number().nonnegative()).transform(String) });

export default defineAdapter({
  id: "sendgrid",
  name: "SendGrid",
  secret: {
    format: /^[A-Za-z0-9+/]{120,}={0,2}$/,
    hint: "Verification Key of the Event Webhook, shown when Signature Verification is on",
    demo: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjdttl4LwhS4EbUFkOhzjqQnpRHgfTJlP2d+qZBZc4QegHjyfhC5Z7LELoPZsHQQF4YN01aVFTlyXII8sufoA5A==",
  },
  // @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
  verify: asymmetric({
    algorithm: "ES256",
    key: "base64",
    header: "x-twilio-email-event-webhook-signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    timestamp: { header: "x-twilio-email-event-webhook-timestamp" },
    message: ({ timestamp, body }) => [timestamp, body],
    // Retries go on for a day; whether they are signed again is not documented. Each event has an id of its own.
    tolerance: 25 * 60 * 60,
  }),
  people: "known",
  batch: "[]",
  webhook: z.object({
    body: z.array(z.looseObject({ event: text, timestamp: unixSeconds, email: maybe.text, sg_event_id: maybe.id })),
  }),
  events: ({ body }, { bodyHash, place }) =>
    body.map((data) => ({
      id: data.sg_event_id ?? `${data.event}:${bodyHash}:${place}`,
      type: data.event,
      occurredAt: data.timestamp,
      test: data.email === SAMPLE_RECIPIENT,
      data,
    })),
  handlers: {
    processed: ignore("an intermediate step of sending"),
    delivered: off(
      "one for every sent message",
      on(message, (m) => about(m, "Email Delivered")),
    ),
    deferred: on(failure, (m) => about(m, "Email Deferred", whyOf(m))),
    bounce: on(failure, (m) => about(m, "Email Bounced", whyOf(m))),
    dropped: on(failure, (m) => about(m, "Email Dropped", whyOf(m))),
    open: on(engagement, (m) => about(m, "Email Opened", { machine: m.sg_machine_open })),
    click: on(engagement, (m) => about(m, "Email Link Clicked", { url: m.url, content_type: m.sg_content_type })),
    spamreport: on(message, (m, context) => choice(m, "unsubscribed", "Email Marked As Spam", context)),
    unsubscribe: on(message, (m, context) => choice(m, "unsubscribed", "Email Unsubscribed", context)),
    group_unsubscribe: onGroupChoice("unsubscribed", "Email Group Unsubscribed"),
    group_resubscribe: onGroupChoice("subscribed", "Email Group Resubscribed"),
    account_status_change: ignore("about the account, not a person"),
  },
});

type Message = z.output<typeof message>;

function recipientOf(m: Message): PersonFacts {
  return person({ record: m, email: claimed(m.email) });
}

function about(m: Message, event: string, properties: Properties = {}): Draft {
  return track(recipientOf(m), event, {
    message_id: m.sg_message_id,
    categories: m.category?.slice(0, MOST_CATEGORIES),
    ...properties,
  });
}

/** `type` distinguishes a permanent bounce from a temporary block. */
function whyOf(m: z.output<typeof failure>): Properties {
  const { reason, response, status, type, bounce_classification } = m;
  return { reason: reason ?? response, status_code: status, bounce_type: type, classification: bounce_classification };
}

function onGroupChoice(state: ConsentDraft["state"], event: string) {
  return on(groupChoice, (m, context) => choice(m, state, event, context, m.asm_group_id));
}

/** @param topic the unsubscribe group, if the choice is about one */
function choice(
  m: Message,
  state: ConsentDraft["state"],
  event: string,
  { event: { occurredAt: at } }: MapContext<unknown>,
  topic?: string,
): readonly Draft[] {
  return [
    consent(recipientOf(m), { channel: "email", state, at, ...(topic === undefined ? {} : { topic }) }),
    about(m, event, { group_id: topic }),
  ];
}
