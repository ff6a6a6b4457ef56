/**
 * Twilio and the tracking plan.
 */
import { adapterPlan, because, count, event, family, number, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const message = {
  from: text("number or id that it came from"),
  to: text("number or id that it went to"),
  sender_id: text("id of the Messaging Service"),
  segments: count("number of messages that it was sent in"),
};
const sms = { sms_id: text("id of the message"), channel: text("`sms`, `mms` or `rcs`"), ...message };
const whatsapp = { message_id: text("id of the message"), ...message };
const chat = { message_id: text("id of the message"), channel: text("the app, in Twilio's words: `messenger` …"), ...message };
const body = { body: text("the message") };

const call = {
  call_id: text("id of the call"),
  direction: text("`inbound`, `outbound-api` or `outbound-dial`"),
  from: text("number or id of the caller"),
  to: text("number or id of the callee"),
  duration_seconds: number("length in seconds"),
  answered_by: text("`human`, `machine_start`, `fax` …, where Twilio detects it"),
};
const callExample = { call_id: "CA1", direction: "outbound-api", duration_seconds: 63 };

/** Events that Twilio alone has. */
export const TWILIO = family("Twilio", "Events that Twilio alone has.", {
  "SMS Read": event({ when: "A person read an RCS message.", optional: sms, example: { sms_id: "SM1", channel: "rcs" } }),
  "SMS Unsubscribed": event({
    when: "A person opted out of text messages by a reply.",
    optional: { ...sms, ...body },
    example: { sms_id: "SM1", channel: "sms", body: "STOP" },
  }),
  "SMS Subscribed": event({
    when: "A person opted in to text messages by a reply.",
    optional: { ...sms, ...body },
    example: { sms_id: "SM1", channel: "sms", body: "START" },
  }),
  "WhatsApp Unsubscribed": event({
    when: "A person opted out of WhatsApp messages by a reply.",
    optional: { ...whatsapp, ...body },
    example: { message_id: "SM1", body: "STOP" },
  }),
  "WhatsApp Subscribed": event({
    when: "A person opted in to WhatsApp messages by a reply.",
    optional: { ...whatsapp, ...body },
    example: { message_id: "SM1", body: "START" },
  }),
  "Chat App Message Sent": event({
    when: "A message was sent to a person on another app.",
    optional: chat,
    example: { message_id: "SM1", channel: "messenger" },
  }),
  "Chat App Message Delivered": event({
    when: "A message arrived on another app.",
    optional: chat,
    example: { message_id: "SM1", channel: "messenger" },
  }),
  "Chat App Message Read": event({
    when: "A person read a message on another app.",
    optional: chat,
    example: { message_id: "SM1", channel: "messenger" },
  }),
  "Chat App Message Failed": event({
    when: "A message could not be delivered on another app.",
    optional: { ...chat, error_code: text("Twilio's code of the failure"), reason: text("why, in the channel's words") },
    example: { message_id: "SM1", channel: "messenger", error_code: "63003" },
  }),
  "Chat App Message Received": event({
    when: "A person sent a message on another app.",
    optional: { ...chat, ...body, media_count: count("number of attachments") },
    example: { message_id: "SM1", channel: "messenger", body: "Hi" },
  }),
  "Call Completed": event({ when: "A call was answered and has ended.", optional: call, example: callExample }),
  "Call Not Answered": event({ when: "A call found the line busy, or nobody answered.", optional: call, example: callExample }),
  "Call Failed": event({ when: "A call could not be made.", optional: call, example: callExample }),
  "Phone Verified": event({
    when: "A person proved a phone number to be theirs, with Twilio Verify.",
    optional: {
      verification_id: text("id of the verification"),
      verification_service_id: text("id of the Verify Service"),
    },
    example: { verification_id: "VE1" },
  }),
});

export default adapterPlan({
  families: ["engagement"],
  lacks: because(
    "sends no e-mail; SendGrid is a vendor of its own",
    "Email Delivered",
    "Email Opened",
    "Email Link Clicked",
    "Email Bounced",
    "Email Marked as Spam",
    "Email Unsubscribed",
    "Email Subscribed",
    "Email Dropped",
    "Email Deferred",
  ),
  own: TWILIO,
});
