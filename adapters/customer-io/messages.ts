/**
 * Customer.io's messages: what became of them, as the events of the other vendors of such messages.
 */
import type * as z from "zod";
import { each, maybe } from "../../src/contract/adapter.ts";
import { customer } from "./choices.ts";

/** A message to a person. */
export const message = customer.extend({
  ...each(maybe.id, "delivery_id", "campaign_id", "action_id", "newsletter_id", "broadcast_id"),
  ...each(maybe.id, "transactional_message_id", "content_id", "link_id", "inbound_event_id"),
  ...each(maybe.text, "subject", "href", "failure_message", "action_name", "tracked_response", "recipient", "to"),
  ...each(maybe.flag, "prefetched", "machine"),
});

type Message = z.output<typeof message>;

/** An e-mail as properties. */
export function emailOf(m: Message) {
  return { email_id: m.delivery_id, email_subject: m.subject, ...sendingOf(m) };
}

/** An e-mail that was opened or clicked. Customer.io says so only where it was not the person. */
export function engagedOf(m: Message) {
  return { ...emailOf(m), is_machine: m.machine || m.prefetched ? true : (m.machine ?? m.prefetched) };
}

/** A text message as properties. */
export function smsOf(m: Message) {
  return { sms_id: m.delivery_id, channel: "sms", to: m.recipient, ...sendingOf(m) };
}

/** A WhatsApp message as properties. */
export function whatsappOf(m: Message) {
  return { message_id: m.delivery_id, to: m.recipient, ...sendingOf(m) };
}

/** A push notification or a message in the company's app as properties. */
export function appMessageOf(m: Message) {
  return { message_id: m.delivery_id, ...sendingOf(m) };
}

/** An answer to a message: its own id, its sender and its recipient. */
export function replyOf(m: Message) {
  return { from: m.recipient, to: m.to, ...sendingOf(m) };
}

/** A click on a link. */
export function clickOf(m: Message) {
  return { link_url: m.href, link_id: m.link_id };
}

/** The campaign, broadcast, newsletter or transactional message, and which message of it. */
function sendingOf(m: Message) {
  return {
    campaign_id: m.campaign_id ?? m.broadcast_id ?? m.newsletter_id ?? m.transactional_message_id,
    template_id: m.action_id ?? m.content_id,
  };
}
