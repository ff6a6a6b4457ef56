/**
 * Mailgun's messages: recipients and outcomes.
 */
import * as z from "zod";
import type { Draft, MapContext, Maybe, Properties } from "../../src/contract/adapter.ts";
import {
  claimed,
  consent,
  decisive,
  each,
  list,
  maybe,
  optional,
  person,
  pick,
  text,
  track,
} from "../../src/contract/adapter.ts";

/** Maximum number of tags in an event. */
const MOST_TAGS = 20;

/** An event about a message. */
export const message = z.object({
  recipient: text,
  message: optional(z.object({ headers: optional(z.object(each(maybe.text, "message-id", "subject"))) })),
  tags: optional(list(text)),
  // Set by the company's backend when it sent the message; a text if it was sent as a header.
  "user-variables": optional(z.looseObject({})),
});

/** A temporary or permanent failure. */
export const failure = message.extend({
  severity: decisive(text),
  reason: maybe.text,
  "delivery-status": optional(z.object({ code: maybe.integer, ...each(maybe.text, "message", "description") })),
});

/** A message that Mailgun rejected: its recipients are only in its header. */
export const rejection = message
  .extend({
    recipient: maybe.text,
    message: optional(z.object({ headers: optional(z.object(each(maybe.text, "message-id", "subject", "to"))) })),
    reject: optional(z.object({ reason: maybe.text })),
  })
  .transform((m) => ({ ...m, recipient: m.recipient || addressIn(m.message?.headers?.to) }));

/** An open, a click or a complaint. */
export const engagement = message.extend({
  url: maybe.text,
  "client-info": optional(z.object(each(maybe.text, "device-type", "client-name", "bot"))),
  geolocation: optional(z.object(each(maybe.text, "country", "region", "city"))),
});

type Message = Omit<z.output<typeof message>, "recipient"> & { readonly recipient: Maybe<string> };

function recipientOf(m: Message) {
  return person({ record: { "user-variables": m["user-variables"] }, email: claimed(m.recipient) });
}

/** The event of a message. */
export function about(m: Message, event: string, properties: Properties = {}): Draft {
  return track(recipientOf(m), event, {
    message_id: m.message?.headers?.["message-id"],
    subject: m.message?.headers?.subject,
    tags: m.tags?.slice(0, MOST_TAGS),
    ...properties,
  });
}

/** The client; `bot` names the program that opened or clicked instead of a person. */
export function clientOf(m: z.output<typeof engagement>): Properties {
  const client = m["client-info"];
  return {
    device_type: client?.["device-type"],
    client_name: client?.["client-name"],
    bot: client?.bot || null,
    ...pick(m.geolocation, "country", "region", "city"),
  };
}

/** An opt-out. */
export function optOut(m: Message, event: string, { event: { occurredAt: at } }: MapContext<unknown>): readonly Draft[] {
  return [consent(recipientOf(m), { channel: "email", state: "unsubscribed", at }), about(m, event)];
}

/** The only address in a header; `null` if it has several. */
function addressIn(header: Maybe<string>): Maybe<string> {
  const [address, ...others] = header?.match(/[^\s<>,;"()]+@[^\s<>,;"()]+/g) ?? [];
  return others.length === 0 ? address : null;
}
