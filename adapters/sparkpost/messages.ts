/**
 * SparkPost's messages: recipients and outcomes.
 */
import * as z from "zod";
import type { MapContext, MapResult } from "../../src/contract/adapter.ts";
import { backed, decisive, each, id, ignore, list, maybe, on, optional, person, text } from "../../src/contract/adapter.ts";
import { bouncedEmail, customFields, type Email, unsubscribedEmail } from "../../src/vocabulary/adapter.ts";

/** An event about a message. */
export const message = z
  .object({
    // The second as the company wrote it.
    ...each(maybe.text, "rcpt_to", "raw_rcpt_to"),
    ...each(maybe.text, "message_id", "transmission_id", "subject", "target_link_url", "user_agent", "ip_address"),
    ...each(maybe.id, "campaign_id", "template_id"),
    rcpt_tags: optional(list(text)),
    // Set by the company's backend when it sent the message.
    rcpt_meta: optional(z.looseObject({})),
    geo_ip: optional(z.object(each(maybe.text, "country", "region", "city"))),
    user_agent_parsed: optional(z.object({ agent_family: maybe.text, is_prefetched: maybe.flag, device_family: maybe.text })),
  })
  .refine((m) => m.raw_rcpt_to || m.rcpt_to, "no recipient");

type Message = z.output<typeof message>;

/** A message that did not arrive, or not yet. */
export const failure = message.and(
  z.object({
    ...each(maybe.text, "raw_reason", "reason", "error_code"),
    bounce_class: decisive(id),
    num_retries: maybe.integer,
  }),
);

/** A bounce, by its class. @see https://support.sparkpost.com/docs/deliverability/bounce-classification-codes */
export const onBounce = on(failure, (m, context): MapResult => {
  const email = emailOf(m, context);
  switch (m.bounce_class) {
    case "10":
    case "30":
      return bouncedEmail(email, { ...whyOf(m), bounce_type: "hard" });
    case "90":
      return unsubscribedEmail(email);
    case "60":
    case "80":
    case "100":
      return ignore("an automatic answer, not a bounce");
    default:
      return bouncedEmail(email, { ...whyOf(m), bounce_type: "soft" });
  }
});

/** The message and its recipient. */
export function emailOf(m: Message, { event: { occurredAt: at } }: MapContext<unknown>): Email {
  const { rcpt_meta } = m;
  return {
    // Who sends a message with a user id in its metadata is the company's own backend.
    who: person({ record: { rcpt_meta }, email: backed(m.raw_rcpt_to || m.rcpt_to) }),
    at,
    about: {
      email_id: m.transmission_id || m.message_id,
      email_subject: m.subject,
      campaign_id: m.campaign_id,
      template_id: m.template_id,
      tags: m.rcpt_tags,
    },
    custom: customFields("rcpt_meta", rcpt_meta),
  };
}

/** Who opened or clicked, and with what. */
export function clientOf(m: Message) {
  const { agent_family: client_name, is_prefetched: is_machine, device_family: device_type } = m.user_agent_parsed ?? {};
  const { country, region, city } = m.geo_ip ?? {};
  return { is_machine, client_name, device_type, user_agent: m.user_agent, ip: m.ip_address, country, region, city };
}

/** Why a message did not arrive. */
export function whyOf(m: z.output<typeof failure>) {
  return { bounce_reason: m.raw_reason || m.reason, bounce_code: m.error_code, bounce_kind_raw: m.bounce_class };
}
