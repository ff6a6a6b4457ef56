/**
 * Twilio: messages that people send, what becomes of messages sent to them, and calls.
 *
 * The webhooks name no type of their own: it is made of what they are about and of its status (`message.received`, `call.completed`).
 *
 * @see https://www.twilio.com/docs/messaging/guides/webhook-request
 * @see https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
 */
import * as z from "zod";
import { defineAdapter, type MapContext, type MapResult, off, on } from "../src/contract/define.ts";
import { type Channel, consent, type Draft, ignore, ignoring, type Properties, track } from "../src/contract/drafts.ts";
import { type PersonFacts, person, personId } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { bare } from "../src/contract/verify/layouts.ts";

/** What stands before a number or id that is not an SMS one, and what its messages are called. */
const CHANNELS: ReadonlyMap<string, { readonly name: string; readonly consent: Channel | null }> = new Map([
  ["sms", { name: "SMS", consent: "sms" }],
  ["whatsapp", { name: "WhatsApp Message", consent: "whatsapp" }],
  ["rcs", { name: "RCS Message", consent: "sms" }],
  ["messenger", { name: "Messenger Message", consent: null }],
]);

/**
 * What opts out or in where the company has set nothing up itself; with Advanced Opt-Out, `OptOutType` says it.
 * @see https://help.twilio.com/articles/223134027
 */
const KEYWORDS: ReadonlyMap<string, "STOP" | "START"> = new Map([
  ...["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"].map((word): [string, "STOP"] => [
    word,
    "STOP",
  ]),
  ...["START", "UNSTOP"].map((word): [string, "START"] => [word, "START"]),
]);

/** The recipient has opted out, and Twilio sent nothing. @see https://www.twilio.com/docs/api/errors/21610 */
const OPTED_OUT = "21610";

const { id } = fields;
const text = fields.text.nullish();
const empty = z.literal("").transform(() => null);
const integer = empty.or(fields.integer).nullish();

const message = z.object({ MessageSid: id, From: fields.text, To: fields.text, MessagingServiceSid: text });

const inbound = message.extend({ Body: text, NumMedia: integer, OptOutType: text });

const outbound = message.extend({ From: text, ErrorCode: text });

const call = z.object({
  CallSid: id,
  From: fields.text,
  To: fields.text,
  Direction: text,
  CallDuration: integer,
  AnsweredBy: text,
});

const envelope = z.looseObject({
  MessageSid: id.optional(),
  MessageStatus: fields.text.optional(),
  SmsStatus: fields.text.optional(),
  CallSid: id.optional(),
  CallStatus: fields.text.optional(),
});

export default defineAdapter({
  id: "twilio",
  name: "Twilio",
  docs: "https://www.twilio.com/docs/usage/webhooks",
  secret: {
    format: /^[0-9a-f]{32}$/,
    hint: "Auth Token of the account (Console > Account Dashboard > Account Info); a subaccount has its own",
    demo: "7472696275746172795f64656d6f0003",
  },
  // @see https://www.twilio.com/docs/usage/webhooks/webhooks-security
  verify: hmac({
    hash: "SHA-1",
    header: "x-twilio-signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    message: ({ url, sortedForm }) => [url, sortedForm()],
    format: "form",
  }),
  format: "form",
  people: "known",
  webhook: z.object({ body: envelope }),
  events: ({ body }, { bodyHash, receivedAt }) => {
    const status = body.MessageStatus ?? body.SmsStatus;
    const [type, sid] =
      body.MessageSid && status
        ? [`message.${status}`, body.MessageSid]
        : body.CallSid && body.CallStatus
          ? [`call.${body.CallStatus}`, body.CallSid]
          : ["other", bodyHash];
    return [{ id: `${type}:${sid}`, type, occurredAt: receivedAt, test: false, data: body }];
  },
  handlers: {
    "message.received": on(inbound, received),
    ...ignoring(
      "a step of sending, not its end",
      `message.accepted message.scheduled message.queued message.sending message.receiving`,
    ),
    "message.sent": off("one for each message", onStatus("Sent")),
    "message.delivered": off("one for each message", onStatus("Delivered")),
    "message.read": onStatus("Read"),
    "message.undelivered": onStatus("Failed"),
    "message.failed": onStatus("Failed"),
    "message.canceled": ignore("the company took it back"),

    "call.completed": onCall("Call Completed"),
    "call.busy": onCall("Call Not Answered"),
    "call.no-answer": onCall("Call Not Answered"),
    "call.failed": onCall("Call Failed"),
    ...ignoring("a step of a call, not its end", "call.queued call.initiated call.ringing call.answered call.in-progress"),
    "call.canceled": ignore("the company took it back"),
    other: ignore("neither a message nor a call"),
  },
  habits: {
    timeoutSeconds: 15,
    // @see https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
    retries: "once, and only if the connection fails; #rc=5&rp=all behind the URL makes it five times, also after a 5xx",
    givesUp: "never: each webhook stands for itself, and an undelivered one is gone",
    setup: [
      "Set the source's public_url to the URL that Twilio is given, letter for letter: it is signed.",
      "In the Console open Messaging > Services > your service > Integration, choose Send a webhook for incoming messages, and enter the URL as Request URL.",
      "Enter the same URL as Delivery Status Callback: it tells what becomes of outgoing messages.",
      "For calls, enter it as Call status changes of a phone number, or as StatusCallback where your backend makes the call.",
      "Put #rc=5&rp=all behind each URL, so that Twilio tries again where it cannot deliver.",
      "An Event Streams sink sends JSON, which this source does not take.",
    ],
  },
});

type Inbound = z.output<typeof inbound>;

/** A number or id, without the channel that it may stand behind: `whatsapp:+15550100001`. */
function partyOf(address: string): { readonly channel: string; readonly value: string } {
  const [, channel, value] = /^([a-z]+):(.*)$/s.exec(address) ?? [];
  return channel === undefined || value === undefined ? { channel: "sms", value: address } : { channel, value };
}

/** Whoever has the number: it is an id of its own, the same in every channel that uses numbers. */
function personAt(address: string): PersonFacts {
  const { channel, value } = partyOf(address);
  const isNumber = /^\+\d{5,15}$/.test(value);
  return person({ phone: isNumber ? value : null, ids: [personId(isNumber ? "phone" : channel, value)] });
}

function received(m: Inbound, context: MapContext<unknown>): MapResult {
  const keyword = partyOf(m.From).channel === "sms" ? KEYWORDS.get(m.Body?.trim().toUpperCase() ?? "") : null;
  const choice = m.OptOutType?.toUpperCase() ?? keyword;
  const said = { ...aboutMessage(m, m.From), body: m.Body, media_count: m.NumMedia };
  if (choice === "STOP")
    return [...choiceOf(m.From, "unsubscribed", context), track(personAt(m.From), `${nameOf(m.From)} Unsubscribed`, said)];
  if (choice === "START")
    return [...choiceOf(m.From, "subscribed", context), track(personAt(m.From), `${nameOf(m.From)} Subscribed`, said)];
  return track(personAt(m.From), `${nameOf(m.From)} Received`, said);
}

function onStatus(status: string) {
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

function nameOf(address: string): string {
  return CHANNELS.get(partyOf(address).channel)?.name ?? "Message";
}

function aboutMessage(m: z.output<typeof outbound>, address: string): Properties {
  return {
    message_id: m.MessageSid,
    channel: partyOf(address).channel,
    to: m.To,
    from: m.From,
    messaging_service_id: m.MessagingServiceSid,
  };
}

/** The person is at the other end: who calls, or who is called. */
function onCall(event: string) {
  return on(call, (c) =>
    track(personAt(c.Direction?.startsWith("outbound") ? c.To : c.From), event, {
      call_id: c.CallSid,
      direction: c.Direction,
      to: c.To,
      from: c.From,
      duration_seconds: c.CallDuration,
      answered_by: c.AnsweredBy,
    }),
  );
}
