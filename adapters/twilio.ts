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
import { decisive, defineAdapter, each, id, ignore, ignoring, maybe, off, on, text, track } from "../src/contract/adapter.ts";
import { count, onReceived, onStatus, personAt } from "./twilio/messages.ts";
import { signature } from "./twilio/signature.ts";
import { cloudEvents, eventOf, streamHandlers } from "./twilio/stream.ts";

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
  docs: "https://www.twilio.com/docs/usage/webhooks",
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
    "message.sent": off("one for every message", onStatus("Sent")),
    "message.delivered": off("one for every message", onStatus("Delivered")),
    "message.read": onStatus("Read"),
    "message.undelivered": onStatus("Failed"),
    "message.failed": onStatus("Failed"),
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
  habits: {
    // Event Streams; the other webhooks wait for 15.
    timeoutSeconds: 5,
    // @see https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
    retries:
      "once, and only if the connection fails; with #rc=5&rp=all at the end of the URL, five times, also after a 5xx; Event Streams: for up to four hours",
    // @see https://www.twilio.com/docs/events/event-delivery-and-duplication
    disables: "never; undelivered webhooks are lost",
    setup: [
      "Set the source's public_url to exactly the URL that you enter at Twilio: the signature covers it.",
      "In the Console, go to Messaging > Services > your service > Integration, choose 'Send a webhook' for incoming messages and enter the URL as Request URL.",
      "Enter the same URL as Delivery Status Callback: it reports the status of outgoing messages.",
      "For calls, enter the URL under 'Call status changes' of a phone number, or as StatusCallback if your backend makes the calls.",
      "Append #rc=5&rp=all to each of these URLs, so that Twilio retries failed deliveries.",
      "To use Event Streams as well or instead, create a Sink of type webhook with the URL as destination (without #rc), the method POST and batch_events true.",
      "Subscribe that Sink to com.twilio.messaging.inbound-message.received and com.twilio.messaging.message.delivered, .undelivered, .failed and .read. Add com.twilio.daptbt.link-shortening.link-clicked and com.twilio.accountsecurity.verify.verification.approved if you use them.",
    ],
  },
});

/** The end of a call. The person is the caller of an incoming call and the callee of an outgoing one. */
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
