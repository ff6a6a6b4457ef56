/**
 * Twilio's messages: incoming ones, the status of outgoing ones, and opt-outs.
 */
import * as z from "zod";
import type { Draft, MapContext, MapResult } from "../../src/contract/adapter.ts";
import { consent, decisive, each, id, integer, maybe, on, optional, text } from "../../src/contract/adapter.ts";
import { type Attribution, customFields, ownEvents } from "../../src/vocabulary/adapter.ts";
import { failureOf, kindOf, type Message, personAt, receivedFrom, type Status, smsOf, statusOf, whatsappOf } from "./channels.ts";
import type { TWILIO } from "./plan.schema.ts";

const own = ownEvents<typeof TWILIO>();

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

const message = z.object({
  MessageSid: id,
  ...each(text, "From", "To"),
  MessagingServiceSid: maybe.text,
  ...each(count, "NumSegments", "NumberOfSegments"),
});

/** Either of the first two may hold an opt-out. The others say which advertisement led to WhatsApp. */
const inbound = message.extend({
  ...each(decisive(text), "Body", "OptOutType"),
  NumMedia: count,
  ...each(maybe.text, "ReferralCtwaClid", "ReferralSourceUrl"),
});

/** A text in a form, empty for none; a number in Event Streams. */
const code = decisive(text.or(integer.transform(String)));

/** `Tags` are the company's; only Event Streams has them. */
const outbound = message.extend({
  From: maybe.text,
  ErrorCode: code,
  ChannelStatusMessage: maybe.text,
  Tags: optional(z.record(z.string(), z.unknown())),
});

/** An incoming message: a reply, or an opt-in or opt-out. */
export const onReceived = on(inbound, (m, context): MapResult => {
  const hasKeywords = kindOf(m.From) === "sms";
  const keyword = hasKeywords ? KEYWORDS.get(m.Body?.trim().toUpperCase() ?? "") : null;
  const choice = m.OptOutType?.toUpperCase() ?? keyword;
  const isChoice = (choice === "STOP" || choice === "START") && kindOf(m.From) !== "other";
  return isChoice
    ? chosen(m.From, choice === "STOP" ? "unsubscribed" : "subscribed", context, { message: messageOf(m), body: m.Body })
    : receivedFrom(m.From, messageOf(m), { body: m.Body, media_count: m.NumMedia, ...referralOf(m) });
});

/** What became of an outgoing message. */
export function onStatus(status: Status) {
  return on(outbound, (m): MapResult => statusOf(status, messageOf(m)));
}

/** An outgoing message that did not arrive. */
export const onFailed = on(outbound, (m, context): MapResult => {
  const failure = { error_code: m.ErrorCode, reason: m.ChannelStatusMessage };
  return [...(m.ErrorCode === OPTED_OUT ? choiceOf(m.To, "unsubscribed", context) : []), failureOf(messageOf(m), failure)];
});

type Choice = "subscribed" | "unsubscribed";

/** What a person chose by a message. */
function chosen(
  from: string,
  choice: Choice,
  context: MapContext<unknown>,
  { message: m, body }: { readonly message: Message; readonly body: z.output<typeof inbound>["Body"] },
): readonly Draft[] {
  const isIn = choice === "subscribed";
  const event =
    kindOf(from) === "sms"
      ? own(isIn ? "SMS Subscribed" : "SMS Unsubscribed")(personAt(from), { ...smsOf(m, from), body }, m)
      : own(isIn ? "WhatsApp Subscribed" : "WhatsApp Unsubscribed")(personAt(from), { ...whatsappOf(m), body }, m);
  return [...choiceOf(from, choice, context), event];
}

/** Whoever answers from a number is its holder. */
function choiceOf(address: string, state: Choice, { event: { occurredAt: at } }: MapContext<unknown>): readonly Draft[] {
  const channel = kindOf(address);
  return channel === "other" ? [] : [consent(personAt(address), { channel, state, at, trust: "verified" })];
}

function messageOf(m: Partial<z.output<typeof outbound>> & Pick<z.output<typeof outbound>, "MessageSid" | "To">): Message {
  return {
    id: m.MessageSid,
    from: m.From,
    to: m.To,
    sender_id: m.MessagingServiceSid,
    segments: m.NumSegments ?? m.NumberOfSegments,
    custom: customFields("tags", m.Tags),
  };
}

/** The advertisement that led to WhatsApp. @see https://www.twilio.com/docs/messaging/guides/webhook-request */
function referralOf({ ReferralCtwaClid: click, ReferralSourceUrl: url }: z.output<typeof inbound>): Attribution {
  return { ...(click ? { click_id: click, click_id_type: "ctwa_clid" } : {}), ...(url ? { referrer: url } : {}) };
}
