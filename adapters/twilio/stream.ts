/**
 * Twilio's Event Streams: CloudEvents about messages, which the other webhooks cover too, and about other events.
 *
 * @see https://www.twilio.com/docs/events/webhook-quickstart
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
import * as z from "zod";
import type { Handler, MapResult, VendorEvent } from "../../src/contract/adapter.ts";
import { each, id, ignore, ignoring, maybe, on, text } from "../../src/contract/adapter.ts";
import { ownEvents } from "../../src/vocabulary/adapter.ts";
import { clickOf, personAt } from "./channels.ts";
import type { TWILIO } from "./plan.schema.ts";

const own = ownEvents<typeof TWILIO>();

const cloudEvent = z.looseObject({
  specversion: text,
  id,
  type: text,
  time: maybe.isoTime,
  data: z.looseObject({ messageSid: maybe.id }),
});

/** A list of CloudEvents; a sink that does not batch may send a single one. */
export const cloudEvents = z.union([z.array(cloudEvent), cloudEvent.transform((event) => [event])]);

/** Sent by a test of a sink. Its id is always the account's. */
const TEST = "com.twilio.eventstreams.test-event";

/**
 * The names of the same events in the other webhooks.
 * @see https://www.twilio.com/docs/events/event-types/messaging/outbound-message
 * @see https://www.twilio.com/docs/events/event-types/messaging/inbound-message
 */
const MESSAGES: ReadonlyMap<string, string> = new Map([
  ["com.twilio.messaging.inbound-message.received", "message.received"],
  ...["queued", "sent", "delivered", "undelivered", "failed", "read"].map(
    (status) => [`com.twilio.messaging.message.${status}`, `message.${status}`] as const,
  ),
]);

/**
 * A CloudEvent as an event. One about a message has the type, the fields and the id that the form of the same fact has, so that an account
 * that uses both has one event of the two; every other has the id of its own.
 */
export function eventOf({ id: own, type, time, data }: z.output<typeof cloudEvent>, receivedAt: string): VendorEvent {
  const known = { occurredAt: time ?? receivedAt, test: type === TEST };
  const status = MESSAGES.get(type);
  if (status === undefined) return { ...known, id: own, type, data };
  return { ...known, id: data.messageSid ? `${status}:${data.messageSid}` : own, type: status, data: asForm(data) };
}

/** Event Streams writes a form's field names with a lower-case first letter. */
function asForm(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]));
}

/** @see https://www.twilio.com/docs/events/event-types/link-shortening/link */
const click = z.object({
  message_sid: id,
  ...each(text, "to", "link"),
  ...each(maybe.text, "from", "messaging_service_sid", "user_agent"),
});

/** A click on a shortened link; previews cause one too, and the user agent distinguishes them. */
const onClick = on(click, (c): MapResult => {
  const message = { id: c.message_sid, to: c.to, from: c.from, sender_id: c.messaging_service_sid };
  return clickOf(message, { link_url: c.link, user_agent: c.user_agent }) ?? ignore("a channel without shortened links");
});

/** @see https://www.twilio.com/docs/events/event-types/verify/verification-status */
const verification = z.object({ verification_sid: id, to: text, service_sid: maybe.text });

/** A verified number. */
const onApproved = on(verification, (v): MapResult => {
  if (!v.to.startsWith("+")) return ignore("not about a phone number");
  return own("Phone Verified")(personAt(v.to), {
    verification_id: v.verification_sid,
    verification_service_id: v.service_sid,
  });
});

/** Handlers of CloudEvents that no other webhook covers. */
export const streamHandlers: Readonly<Record<string, Handler<unknown>>> = {
  "com.twilio.daptbt.link-shortening.link-clicked": onClick,
  "com.twilio.daptbt.link-shortening.link-shortened": ignore("done by the company"),
  "com.twilio.accountsecurity.verify.verification.approved": onApproved,
  ...ignoring(
    "a verification that failed or is pending",
    `com.twilio.accountsecurity.verify.verification.pending com.twilio.accountsecurity.verify.verification.canceled
    com.twilio.accountsecurity.verify.verification.expired com.twilio.accountsecurity.verify.verification.max_attempts_reached`,
  ),
  ...ignoring(
    "about the message with the code, not the verification",
    `com.twilio.accountsecurity.verify.message.sent com.twilio.accountsecurity.verify.message.delivered
    com.twilio.accountsecurity.verify.message.undelivered com.twilio.accountsecurity.verify.message.failed
    com.twilio.accountsecurity.verify.message.read`,
  ),
  // @see https://www.twilio.com/docs/events/event-types/voice/status-callback
  ...ignoring(
    "its payload is not documented; covered by a call's StatusCallback",
    `com.twilio.voice.status-callback.call.initiated com.twilio.voice.status-callback.call.ringing
    com.twilio.voice.status-callback.call.answered com.twilio.voice.status-callback.call.completed`,
  ),
  [TEST]: ignore("a test of the sink"),
};
