/**
 * Twilio: incoming messages, the status of outgoing ones, and calls.
 *
 * Most webhooks are forms and name no type of their own: it is made of what they are about and of its status (`message.received`,
 * `call.completed`). Event Streams sends JSON: CloudEvents, which do.
 *
 * @see https://www.twilio.com/docs/messaging/guides/webhook-request
 * @see https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
 */
import * as z from "zod";
import { decisive, defineAdapter, each, id, ignore, ignoring, maybe, off, on, text } from "../src/contract/adapter.ts";
import { ownEvents } from "../src/vocabulary/adapter.ts";
import { personAt } from "./twilio/channels.ts";
import { count, onFailed, onReceived, onStatus } from "./twilio/messages.ts";
import type { TWILIO } from "./twilio/plan.schema.ts";
import { signature } from "./twilio/signature.ts";
import { cloudEvents, eventOf, streamHandlers } from "./twilio/stream.ts";

const own = ownEvents<typeof TWILIO>();

const envelope = z.looseObject({
  ...each(decisive(id), "MessageSid", "CallSid"),
  ...each(decisive(text), "MessageStatus", "SmsStatus", "CallStatus"),
});

const call = z.object({
  CallSid: id,
  ...each(text, "From", "To"),
  Direction: decisive(text),
  AnsweredBy: maybe.text,
  CallDuration: count,
});

export default defineAdapter({
  id: "twilio",
  name: "Twilio",
  secret: {
    format: /^[0-9a-f]{32}$/,
    hint: "Auth Token of the account (Console > Account Dashboard > Account Info); each subaccount has its own",
    demo: "7472696275746172795f64656d6f0003",
  },
  verify: signature,
  format: ["form", "json"],
  people: "known",
  batch: "[]",
  webhook: z.object({ body: cloudEvents.or(envelope) }),
  events: ({ body }, { bodyHash, receivedAt }) => {
    if (Array.isArray(body)) return body.map((event) => eventOf(event, receivedAt));
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
    "message.received": onReceived,
    ...ignoring(
      "an intermediate step of sending",
      `message.accepted message.scheduled message.queued message.sending message.partially_delivered message.receiving`,
    ),
    "message.sent": off("one for every message", onStatus("sent")),
    "message.delivered": off("one for every message", onStatus("delivered")),
    "message.read": onStatus("read"),
    "message.undelivered": onFailed,
    "message.failed": onFailed,
    "message.canceled": ignore("cancelled by the company"),

    "call.completed": onCall("Call Completed"),
    "call.busy": onCall("Call Not Answered"),
    "call.no-answer": onCall("Call Not Answered"),
    "call.failed": onCall("Call Failed"),
    ...ignoring("an intermediate step of a call", "call.queued call.initiated call.ringing call.answered call.in-progress"),
    "call.canceled": ignore("cancelled by the company"),
    other: ignore("neither a message nor a call"),
    ...streamHandlers,
  },
});

/** The end of a call. The person is the caller of an incoming call and the callee of an outgoing one. */
function onCall(event: "Call Completed" | "Call Not Answered" | "Call Failed") {
  return on(call, (c) =>
    own(event)(personAt(c.Direction?.startsWith("outbound") ? c.To : c.From), {
      call_id: c.CallSid,
      direction: c.Direction,
      to: c.To,
      from: c.From,
      duration_seconds: c.CallDuration,
      answered_by: c.AnsweredBy,
    }),
  );
}
