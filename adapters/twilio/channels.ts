/**
 * Twilio's channels: the person at an address, and the events that tell of a message on its channel.
 */
import { type CustomField, type Draft, type Maybe, type PersonFacts, person, personId } from "../../src/contract/adapter.ts";
import {
  type Attribution,
  type Maker,
  ownEvents,
  smsDelivered,
  smsFailed,
  smsLinkClicked,
  smsReceived,
  smsSent,
  whatsappMessageDelivered,
  whatsappMessageFailed,
  whatsappMessageLinkClicked,
  whatsappMessageRead,
  whatsappMessageReceived,
  whatsappMessageSent,
} from "../../src/vocabulary/adapter.ts";
import type { TWILIO } from "./plan.schema.ts";

const own = ownEvents<typeof TWILIO>();

/** What became of an outgoing message. */
export type Status = "sent" | "delivered" | "read";

/** A message, whatever its channel. */
export interface Message {
  readonly id: string;
  readonly from?: Maybe<string>;
  readonly to: string;
  readonly sender_id?: Maybe<string>;
  readonly segments?: Maybe<number>;
  readonly custom?: readonly CustomField[];
}

/** Why a message did not arrive. */
export type Failure = { readonly [Name in "error_code" | "reason"]: Maybe<string> };

/** What an incoming message says, and what led to it. */
export type Words = Attribution & { readonly body: Maybe<string>; readonly media_count: Maybe<number> };

/** A click on a link in a message. */
export type Click = { readonly link_url: string; readonly user_agent: Maybe<string> };

type Statuses<Properties> = Readonly<Record<Status, Maker<Properties>>>;

const SMS: Statuses<ReturnType<typeof smsOf>> = { sent: smsSent, delivered: smsDelivered, read: own("SMS Read") };
const WHATSAPP: Statuses<ReturnType<typeof whatsappOf>> = {
  sent: whatsappMessageSent,
  delivered: whatsappMessageDelivered,
  read: whatsappMessageRead,
};
const CHAT_APP: Statuses<ReturnType<typeof chatOf>> = {
  sent: own("Chat App Message Sent"),
  delivered: own("Chat App Message Delivered"),
  read: own("Chat App Message Read"),
};

/** An address: its prefix, and the number or id behind it (`whatsapp:+15550100001`). */
export function partyOf(address: string): { readonly channel: string; readonly value: string } {
  const [, channel, value] = /^([a-z]+):(.*)$/s.exec(address) ?? [];
  return channel === undefined || value === undefined ? { channel: "sms", value: address } : { channel, value };
}

/** The person of a number, which is an id of its own in every channel. */
export function personAt(address: string): PersonFacts {
  const { channel, value } = partyOf(address);
  const isNumber = /^\+\d{5,15}$/.test(value);
  return person({ phone: isNumber ? value : undefined, ids: [personId(isNumber ? "phone" : channel, value)] });
}

/** The events of a channel: RCS messages come by the same numbers as text messages, and stand in for them. */
export function kindOf(address: string): "sms" | "whatsapp" | "other" {
  const { channel } = partyOf(address);
  return channel === "sms" || channel === "rcs" ? "sms" : channel === "whatsapp" ? "whatsapp" : "other";
}

/** What became of a message to a person. */
export function statusOf(status: Status, m: Message): Draft {
  const who = personAt(m.to);
  switch (kindOf(m.to)) {
    case "sms":
      return SMS[status](who, smsOf(m, m.to), m);
    case "whatsapp":
      return WHATSAPP[status](who, whatsappOf(m), m);
    case "other":
      return CHAT_APP[status](who, chatOf(m, m.to), m);
  }
}

/** A message to a person that did not arrive. */
export function failureOf(m: Message, failure: Failure): Draft {
  const who = personAt(m.to);
  switch (kindOf(m.to)) {
    case "sms":
      return smsFailed(who, { ...smsOf(m, m.to), ...failure }, m);
    case "whatsapp":
      return whatsappMessageFailed(who, { ...whatsappOf(m), ...failure }, m);
    case "other":
      return own("Chat App Message Failed")(who, { ...chatOf(m, m.to), ...failure }, m);
  }
}

/** A message of a person. */
export function receivedFrom(from: string, m: Message, words: Words): Draft {
  const who = personAt(from);
  switch (kindOf(from)) {
    case "sms":
      return smsReceived(who, { ...smsOf(m, from), ...words }, m);
    case "whatsapp":
      return whatsappMessageReceived(who, { ...whatsappOf(m), ...words }, m);
    case "other":
      return own("Chat App Message Received")(who, { ...chatOf(m, from), ...words }, m);
  }
}

/** A click on a link; `null` on channels whose links are not shortened. */
export function clickOf(m: Message, click: Click): Draft | null {
  const who = personAt(m.to);
  const kind = kindOf(m.to);
  if (kind === "other") return null;
  return kind === "sms"
    ? smsLinkClicked(who, { ...smsOf(m, m.to), ...click }, m)
    : whatsappMessageLinkClicked(who, { ...whatsappOf(m), ...click }, m);
}

/** An SMS, MMS or RCS message as properties. @param address the person's, which implies the channel */
export function smsOf(m: Message, address: string) {
  const { channel } = partyOf(address);
  const isMultimedia = channel === "sms" && m.id.startsWith("MM");
  return { sms_id: m.id, channel: isMultimedia ? "mms" : channel, ...partiesOf(m) };
}

/** A WhatsApp message as properties. */
export function whatsappOf(m: Message) {
  return { message_id: m.id, ...partiesOf(m) };
}

function chatOf(m: Message, address: string) {
  return { message_id: m.id, channel: partyOf(address).channel, ...partiesOf(m) };
}

function partiesOf({ from, to, sender_id, segments }: Message) {
  return { from: from && partyOf(from).value, to: partyOf(to).value, sender_id, segments: segments || null };
}
