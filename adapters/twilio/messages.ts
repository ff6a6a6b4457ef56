/**
 * Twilio's messages: incoming ones, the status of outgoing ones, and opt-outs.
 */
import * as z from "zod";
import type { Channel, Draft, MapContext, MapResult, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  consent,
  decisive,
  each,
  id,
  integer,
  maybe,
  on,
  optional,
  person,
  personId,
  text,
  track,
} from "../../src/contract/adapter.ts";

/** Prefixes of addresses that are not SMS, and the names of their messages. */
const CHANNELS: ReadonlyMap<string, { readonly name: string; readonly consent: Channel | null }> = new Map([
  ["sms", { name: "SMS", consent: "sms" }],
  ["whatsapp", { name: "WhatsApp Message", consent: "whatsapp" }],
  ["rcs", { name: "RCS Message", consent: "sms" }],
  ["messenger", { name: "Messenger Message", consent: null }],
]);

/**
 * What opts out or in, of SMS and RCS at once, where the company has set nothing up itself; with Advanced Opt-Out, `OptOutType` says it. YES
 * opts in as well, but is mostly the answer to a question.
 * @see https://help.twilio.com/articles/223134027
 */
const KEYWORDS: ReadonlyMap<string, "STOP" | "START"> = new Map([
  ...["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"].map((word) => [word, "STOP"] as const),
  ...["START", "UNSTOP"].map((word) => [word, "START"] as const),
]);

/** The recipient has opted out, and Twilio sent nothing. @see https://www.twilio.com/docs/api/errors/21610 */
const OPTED_OUT = "21610";

/** An integer; Twilio sends an empty text for none. */
export const count = optional(
  z
    .literal("")
    .transform(() => null)
    .or(integer),
);

const message = z.object({ MessageSid: id, ...each(text, "From", "To"), MessagingServiceSid: maybe.text });

/** Either field may hold an opt-out. */
const inbound = message.extend({ ...each(decisive(text), "Body", "OptOutType"), NumMedia: count });

/** A text in a form, empty for none; a number in Event Streams. */
const code = decisive(text.or(integer.transform(String)));

const outbound = message.extend({ From: maybe.text, ErrorCode: code });

/** A number or id without its channel prefix: `whatsapp:+15550100001`. */
function partyOf(address: string): { readonly channel: string; readonly value: string } {
  const [, channel, value] = /^([a-z]+):(.*)$/s.exec(address) ?? [];
  return channel === undefined || value === undefined ? { channel: "sms", value: address } : { channel, value };
}

/** The person of a number, which is an id of its own in every channel. */
export function personAt(address: string): PersonFacts {
  const { channel, value } = partyOf(address);
  const isNumber = /^\+\d{5,15}$/.test(value);
  return person({ phone: isNumber ? value : null, ids: [personId(isNumber ? "phone" : channel, value)] });
}

/** An incoming message: a reply, or an opt-in or opt-out. */
export const onReceived = on(inbound, (m, context): MapResult => {
  const hasKeywords = ["sms", "rcs"].includes(partyOf(m.From).channel);
  const keyword = hasKeywords ? KEYWORDS.get(m.Body?.trim().toUpperCase() ?? "") : null;
  const choice = m.OptOutType?.toUpperCase() ?? keyword;
  const said = { ...aboutMessage(m, m.From), body: m.Body, media_count: m.NumMedia };
  if (choice === "STOP")
    return [...choiceOf(m.From, "unsubscribed", context), track(personAt(m.From), `${nameOf(m.From)} Unsubscribed`, said)];
  if (choice === "START")
    return [...choiceOf(m.From, "subscribed", context), track(personAt(m.From), `${nameOf(m.From)} Subscribed`, said)];
  return track(personAt(m.From), `${nameOf(m.From)} Received`, said);
});

/** The status of an outgoing message. */
export function onStatus(status: string) {
  return on(
    outbound,
    (m, context): MapResult => [
      ...(m.ErrorCode === OPTED_OUT ? choiceOf(m.To, "unsubscribed", context) : []),
      track(personAt(m.To), `${nameOf(m.To)} ${status}`, { ...aboutMessage(m, m.To), error_code: m.ErrorCode || null }),
    ],
  );
}

function choiceOf(
  address: string,
  state: "subscribed" | "unsubscribed",
  { event: { occurredAt: at } }: MapContext<unknown>,
): readonly Draft[] {
  const channel = CHANNELS.get(partyOf(address).channel)?.consent;
  return channel ? [consent(personAt(address), { channel, state, at })] : [];
}

/** The name of messages to or from this address. */
export function nameOf(address: string): string {
  return CHANNELS.get(partyOf(address).channel)?.name ?? "Message";
}

/** @param address the person's address, which implies the channel */
export function aboutMessage(m: Omit<z.output<typeof outbound>, "ErrorCode">, address: string): Properties {
  return {
    message_id: m.MessageSid,
    channel: partyOf(address).channel,
    to: m.To,
    from: m.From,
    messaging_service_id: m.MessagingServiceSid,
  };
}
