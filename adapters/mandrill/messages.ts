/**
 * Mandrill's messages: recipients, outcomes and the denylist.
 */
import * as z from "zod";
import type { MapContext, Maybe } from "../../src/contract/adapter.ts";
import { backed, decisive, each, list, maybe, optional, person, text } from "../../src/contract/adapter.ts";
import { customFields, type Email, fold } from "../../src/vocabulary/adapter.ts";

const reject = z.object({ reason: maybe.text });

/** An event about a message. */
export const message = z.object({
  ...each(maybe.text, "url", "ip", "user_agent"),
  location: optional(z.object(each(maybe.text, "country", "region", "city"))),
  user_agent_parsed: optional(z.object({ ua_name: maybe.text })),
  msg: z.object({
    email: text,
    ...each(maybe.text, "_id", "subject", "template", "diag", "bounce_description"),
    tags: optional(list(text)),
    // Set by the company's backend when it sent the message.
    metadata: optional(z.looseObject({})),
    reject: optional(reject),
  }),
});

type Message = z.output<typeof message>;

/** A change of the denylist. */
export const entry = z.object({ action: decisive(text), reject: reject.extend({ email: text }) });

/** The person of an entry of the denylist. */
export function ownerOf(e: z.output<typeof entry>) {
  return person({ email: backed(e.reject.email) });
}

/** Why an address is on the denylist, if by its owner's complaint or because it does not work. */
export function because(reason: Maybe<string>) {
  return fold(reason, { "hard-bounce": "hard_bounce", spam: "complaint" });
}

/** The message and its recipient. */
export function emailOf({ msg }: Message, { event: { occurredAt: at } }: MapContext<unknown>): Email {
  const { metadata } = msg;
  return {
    // Who sends a message with a user id in its metadata is the company's own backend.
    who: person({ record: { metadata }, email: backed(msg.email) }),
    at,
    about: { email_id: msg._id, email_subject: msg.subject, template_id: msg.template, tags: msg.tags },
    custom: customFields("metadata", metadata),
  };
}

/** Who opened or clicked, and with what. */
export function clientOf(m: Message) {
  const { country, region, city } = m.location ?? {};
  return { ip: m.ip, user_agent: m.user_agent, client_name: m.user_agent_parsed?.ua_name, country, region, city };
}

/** Why a message did not arrive. */
export function whyOf({ msg }: Message) {
  return { bounce_reason: msg.diag, bounce_kind_raw: msg.bounce_description };
}
