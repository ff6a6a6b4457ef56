/**
 * Twilio's messages: what people write, what becomes of what is sent to them, and who opts out.
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

/** What stands before a number or id that is not an SMS one, and what its messages are called. */
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

/** A whole number, which Twilio sends as an empty text where there is none. */
export const count = optional(
  z
    .literal("")
    .transform(() => null)
    .or(integer),
);

const message = z.object({ MessageSid: id, ...each(text, "From", "To"), MessagingServiceSid: maybe.text });

/** Either may say that somebody opts out. */
const inbound = message.extend({ ...each(decisive(text), "Body", "OptOutType"), NumMedia: count });

/** A form has it as text, empty where there is none; Event Streams as a number. */
const code = decisive(text.or(integer.transform(String)));

const outbound = message.extend({ From: maybe.text, ErrorCode: code });

/** A number or id, without the channel that it may stand behind: `whatsapp:+15550100001`. */
function partyOf(address: string): { readonly channel: string; readonly value: string } {
  const [, channel, value] = /^([a-z]+):(.*)$/s.exec(address) ?? [];
  return channel === undefined || value === undefined ? { channel: "sms", value: address } : { channel, value };
}

/** Whoever has the number: it is an id of its own, the same in every channel that uses numbers. */
export function personAt(address: string): PersonFacts {
  const { channel, value } = partyOf(address);
  const isNumber = /^\+\d{5,15}$/.test(value);
  return person({ phone: isNumber ? value : null, ids: [personId(isNumber ? "phone" : channel, value)] });
}

/** A message of a person's: an answer, or a choice about getting more. */
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

/** What became of a message to a person. */
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

/** What messages to or from this address are called. */
export function nameOf(address: string): string {
  return CHANNELS.get(partyOf(address).channel)?.name ?? "Message";
}

/** @param address the person's, which tells the channel */
export function aboutMessage(m: Omit<z.output<typeof outbound>, "ErrorCode">, address: string): Properties {
  return {
    message_id: m.MessageSid,
    channel: partyOf(address).channel,
    to: m.To,
    from: m.From,
    messaging_service_id: m.MessagingServiceSid,
  };
}
