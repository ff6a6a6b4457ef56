/**
 * Mailjet: deliveries, bounces, opens and clicks of e-mail, complaints and opt-outs.
 *
 * @see https://dev.mailjet.com/email/guides/webhooks/
 */
import * as z from "zod";
import type { MapContext } from "../src/contract/adapter.ts";
import {
  backed,
  decisive,
  defineAdapter,
  each,
  flag,
  jsonText,
  maybe,
  off,
  on,
  optional,
  person,
  personId,
  text,
  unixSeconds,
} from "../src/contract/adapter.ts";
import { basicAuth } from "../src/contract/verify.ts";
import {
  bouncedEmail,
  clickedEmail,
  complainedEmail,
  customFields,
  deferredEmail,
  deliveredEmail,
  droppedEmail,
  type Email,
  fold,
  openedEmail,
  unsubscribedEmail,
} from "../src/vocabulary/adapter.ts";

const event = z.looseObject({
  event: text,
  time: unixSeconds,
  email: maybe.text,
  ...each(maybe.id, "MessageID", "mj_list_id"),
  url: maybe.text,
});

/** Zero where there is none. */
const number = optional(z.union([z.literal([0, "0", ""]).transform(() => null), maybe.id]));

const message = z.object({
  email: text,
  ...each(maybe.id, "MessageID", "mj_contact_id"),
  ...each(number, "mj_campaign_id", "mj_list_id"),
  ...each(maybe.text, "customcampaign", "url", "ip", "geo", "agent", "error", "comment", "error_related_to"),
  // What the company's backend sent with the message: JSON, or any text.
  Payload: optional(jsonText.pipe(z.looseObject({}))),
});

type Message = z.output<typeof message>;

export default defineAdapter({
  id: "mailjet",
  name: "Mailjet",
  givesUp: { hours: 24 },
  secret: {
    format: /^[^\s:]{3,100}:[\x21-\x7e]{8,200}$/,
    hint: "User and password in the webhook's URL, chosen by you, written as user:password",
    demo: "tributary:tributary_demo_mailjet_0123",
  },
  verify: basicAuth(),
  people: "known",
  // A list where events are grouped.
  batch: "[]",
  states: ["email"],
  webhook: z.object({ body: z.union([z.array(event), event.transform((one) => [one])]) }),
  events: ({ body }, { bodyHash }) =>
    body.map((data) => ({
      id: [data.event, data.MessageID ?? bodyHash, data.email, data.time, data.url].join(":").slice(0, 500),
      type: data.event,
      occurredAt: data.time,
      test: false,
      data,
    })),
  handlers: {
    sent: off(
      "one for every sent message",
      on(message, (m, context) => deliveredEmail(emailOf(m, context))),
    ),
    open: on(message, (m, context) => openedEmail(emailOf(m, context), clientOf(m))),
    click: on(message, (m, context) => clickedEmail(emailOf(m, context), { ...clientOf(m), link_url: m.url })),
    bounce: on(message.extend({ hard_bounce: decisive(flag) }), (m, context) =>
      m.error === "greylisted" && !m.hard_bounce
        ? deferredEmail(emailOf(m, context), whyOf(m))
        : bouncedEmail(emailOf(m, context), { ...whyOf(m), bounce_type: m.hard_bounce ? "hard" : "soft" }),
    ),
    blocked: on(message, (m, context) =>
      droppedEmail(emailOf(m, context), whyOf(m), fold(m.error, { "user unknown": "hard_bounce", "spam reporter": "complaint" })),
    ),
    spam: on(message, (m, context) => complainedEmail(emailOf(m, context))),
    unsub: on(message, (m, context) => unsubscribedEmail(emailOf(m, context), { ...clientOf(m), topic: m.mj_list_id })),
  },
});

function emailOf(m: Message, { event: { occurredAt: at } }: MapContext<unknown>): Email {
  const { Payload } = m;
  return {
    // Who sends a message with a user id in its payload is the company's own backend.
    who: person({ record: { Payload }, email: backed(m.email), ids: [personId("contact", m.mj_contact_id)] }),
    at,
    about: { email_id: m.MessageID, campaign_id: m.mj_campaign_id, campaign_name: m.customcampaign },
    custom: customFields("Payload", Payload),
  };
}

function clientOf({ ip, geo: country, agent: user_agent }: Message) {
  return { ip, country, user_agent };
}

function whyOf(m: Message) {
  return { bounce_reason: m.comment || m.error, bounce_kind_raw: m.error_related_to };
}
