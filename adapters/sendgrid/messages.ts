/**
 * SendGrid's messages: recipients, campaigns, the company's own arguments, and why a message did not arrive.
 */
import * as z from "zod";
import type { ConsentDraft, CustomField, Draft, MapContext, PersonFacts } from "../../src/contract/adapter.ts";
import { backed, consent, each, integer, list, maybe, optional, person, text } from "../../src/contract/adapter.ts";
import { type BounceType, customFields, type Maker } from "../../src/vocabulary/adapter.ts";

/** Maximum number of categories in an event. */
const MOST_CATEGORIES = 20;

/** SendGrid's own fields; what is beside them is the company's, written by `custom_args` or `unique_args`. */
const OWN_FIELDS =
  /^(email|event|timestamp|category|pool|ip|useragent|url|url_offset|reason|response|status|type|tls|attempt|domain|from|bounce_classification|asm_group_id|newsletter|phase_id|send_at|post_type|cert_err|smtp-id|(sg|mc|singlesend|marketing_campaign|template)_.*)$/;

/** Classes of bounces that say nothing of the address. */
const PASSING: ReadonlySet<string> = new Set([
  "technical",
  "technical failure",
  "content",
  "reputation",
  "frequency or volume too high",
  "frequency/volume",
  "mailbox unavailable",
]);

/** Why SendGrid itself no longer sends to an address. */
const DROPPED: ReadonlyMap<string, "complaint" | "hard_bounce"> = new Map([
  ["Bounced Address", "hard_bounce"],
  ["Invalid", "hard_bounce"],
  ["Spam Reporting Address", "complaint"],
]);

/** Loose: the company's arguments are beside SendGrid's fields, and one of them may hold a user id. */
export const message = z.looseObject({
  email: text,
  sg_message_id: maybe.text,
  category: optional(z.union([text.transform((category) => [category]), list(text)])),
  ...each(maybe.id, "singlesend_id", "marketing_campaign_id", "mc_auto_id"),
  ...each(maybe.text, "singlesend_name", "marketing_campaign_name", "mc_auto_name"),
  ...each(maybe.text, "template_id", "sg_template_id", "sg_template_name"),
});

/** A message that did not arrive, or not yet. */
export const failure = message.extend({
  ...each(maybe.text, "reason", "response", "status", "type", "bounce_classification"),
  attempt: maybe.integer,
});

/** An open or a click. */
export const engagement = message.extend({ ...each(maybe.text, "url", "useragent", "ip"), sg_machine_open: maybe.flag });

/** A choice about an unsubscribe group. */
export const groupChoice = message.extend({
  asm_group_id: integer.pipe(z.number().nonnegative()).transform(String),
  ...each(maybe.text, "useragent", "ip"),
  sg_machine_open: maybe.flag,
});

type Message = z.output<typeof message>;

/** Who sends a message with a user id in its arguments is the company's own backend. */
export function recipientOf(m: Message): PersonFacts {
  return person({ record: m, email: backed(m.email) });
}

/** A message, as properties of an event. A delayed bounce has no message id. */
export function emailOf(m: Message) {
  return {
    email_id: m.sg_message_id?.trim(),
    campaign_id: m.singlesend_id ?? m.mc_auto_id ?? m.marketing_campaign_id,
    campaign_name: m.singlesend_name ?? m.mc_auto_name ?? m.marketing_campaign_name,
    template_id: m.sg_template_id || m.template_id,
    template_name: m.sg_template_name,
    tags: m.category?.slice(0, MOST_CATEGORIES),
  };
}

/** The company's own arguments, which it sent with the message. */
export function customOf(m: Message): { readonly custom: readonly CustomField[] } {
  const own = Object.entries(m).filter(([name]) => !OWN_FIELDS.test(name));
  return { custom: customFields("custom_args", Object.fromEntries(own)) };
}

/** The event of a message that has nothing more to tell. */
export function about(make: Maker<ReturnType<typeof emailOf>>, m: Message): Draft {
  return make(recipientOf(m), emailOf(m), customOf(m));
}

/** Who opened or clicked, and with what. */
export function clientOf(m: Pick<z.output<typeof engagement>, "useragent" | "ip" | "sg_machine_open">) {
  return { is_machine: m.sg_machine_open, user_agent: m.useragent, ip: m.ip };
}

/** Why a message did not arrive. */
export function whyOf(m: z.output<typeof failure>) {
  return {
    bounce_reason: m.reason || m.response,
    bounce_code: m.status,
    bounce_kind_raw: m.bounce_classification || m.type,
  };
}

/**
 * Whether the address itself is at fault: `type` distinguishes a permanent bounce from a message that only this once was not wanted, a block.
 * @see https://www.twilio.com/docs/sendgrid/ui/analytics-and-reporting/bounce-and-block-classifications
 */
export function bounceType({ type, bounce_classification }: z.output<typeof failure>): BounceType | undefined {
  if (!type) return undefined;
  return type === "bounce" && !PASSING.has(bounce_classification?.toLowerCase() ?? "") ? "hard" : "soft";
}

/** Why SendGrid dropped a message, if an earlier one is the reason. */
export function droppedBecause({ reason }: z.output<typeof failure>): ConsentDraft["because"] | undefined {
  return DROPPED.get(reason ?? "");
}

/** An opt-out that no later opt-in lifts; nothing where there is no reason for one. */
export function refused(
  m: Message,
  because: ConsentDraft["because"] | undefined,
  { event }: MapContext<unknown>,
): readonly Draft[] {
  return because ? [consent(recipientOf(m), { channel: "email", state: "unsubscribed", at: event.occurredAt, because })] : [];
}
