/**
 * Mailgun's messages: recipients and outcomes.
 */
import * as z from "zod";
import type { ConsentDraft, CustomField, Draft, MapContext, Maybe } from "../../src/contract/adapter.ts";
import { backed, consent, decisive, each, list, maybe, optional, person, text } from "../../src/contract/adapter.ts";
import {
  customFields,
  emailBounced,
  emailBouncedState,
  emailDeferred,
  emailDropped,
  type Maker,
} from "../../src/vocabulary/adapter.ts";

/** Maximum number of tags in an event. */
const MOST_TAGS = 20;

/** An event about a message. */
export const message = z.object({
  recipient: text,
  message: optional(z.object({ headers: optional(z.object(each(maybe.text, "message-id", "subject"))) })),
  tags: optional(list(text)),
  // Only in messages of accounts that are old enough to have campaigns.
  campaigns: optional(list(z.object(each(maybe.text, "id", "name")))),
  // Set by the company's backend when it sent the message; a text if it was sent as a header.
  "user-variables": optional(z.looseObject({})),
});

/** A temporary or permanent failure. */
export const failure = message.extend({
  severity: decisive(text),
  reason: maybe.text,
  "delivery-status": optional(
    z.object({
      code: optional(text.or(z.number().transform(String))),
      "attempt-no": maybe.integer,
      ...each(maybe.text, "message", "description", "enhanced-code"),
    }),
  ),
});

/** A message that Mailgun rejected: its recipients are only in its header. */
export const rejection = message
  .extend({
    recipient: maybe.text,
    message: optional(z.object({ headers: optional(z.object(each(maybe.text, "message-id", "subject", "to"))) })),
    reject: optional(z.object(each(maybe.text, "reason", "description"))),
  })
  .transform((m) => ({ ...m, recipient: m.recipient || addressIn(m.message?.headers?.to) }));

/** An open, a click or an opt-out. */
export const engagement = message.extend({
  ...each(maybe.text, "url", "ip"),
  "client-info": optional(z.object(each(maybe.text, "device-type", "client-name", "user-agent", "bot"))),
  geolocation: optional(z.object(each(maybe.text, "country", "region", "city"))),
});

type Message = Omit<z.output<typeof message>, "recipient"> & { readonly recipient: Maybe<string> };

/** Who sends a message with a user id in its variables is the company's own backend. */
export function recipientOf(m: Message) {
  return person({ record: { "user-variables": m["user-variables"] }, email: backed(m.recipient) });
}

/** A message, as properties of an event. */
export function emailOf(m: Message) {
  const [campaign] = m.campaigns ?? [];
  return {
    email_id: m.message?.headers?.["message-id"],
    email_subject: m.message?.headers?.subject,
    campaign_id: campaign?.id,
    campaign_name: campaign?.name,
    tags: m.tags?.slice(0, MOST_TAGS),
  };
}

/** The company's own variables, which it sent with the message. */
export function customOf(m: Message): { readonly custom: readonly CustomField[] } {
  return { custom: customFields("user-variables", m["user-variables"]) };
}

/** The event of a message that has nothing more to tell. */
export function about(make: Maker<ReturnType<typeof emailOf>>, m: Message): Draft {
  return make(recipientOf(m), emailOf(m), customOf(m));
}

/** The client; `bot` names the program that opened or clicked instead of a person. */
export function clientOf(m: z.output<typeof engagement>) {
  const client = m["client-info"];
  const known = (value: Maybe<string>) => (value?.toLowerCase() === "unknown" ? null : value);
  return {
    is_machine: client ? Boolean(client.bot) : null,
    user_agent: known(client?.["user-agent"]),
    device_type: known(client?.["device-type"]),
    client_name: known(client?.["client-name"]),
    ip: m.ip,
    city: known(m.geolocation?.city),
    region: known(m.geolocation?.region),
    country: known(m.geolocation?.country),
  };
}

/** Reasons of permanent failures that are the address's, or the word of its owner. Mailgun no longer sends to either. */
const REFUSED: ReadonlyMap<string, NonNullable<ConsentDraft["because"]>> = new Map([
  ["bounce", "hard_bounce"],
  ["suppress-bounce", "hard_bounce"],
  ["suppress-complaint", "complaint"],
]);

/** What a failure means: it is tried again, it was not tried because of an earlier one, or it is final. */
export function failed(m: z.output<typeof failure>, context: MapContext<unknown>): readonly Draft[] {
  const status = m["delivery-status"];
  const details = {
    ...emailOf(m),
    bounce_reason: status?.description || status?.message,
    bounce_code: status?.["enhanced-code"] || status?.code,
    bounce_kind_raw: m.reason,
  };
  const who = recipientOf(m);
  if (m.severity === "temporary")
    return [emailDeferred(who, { ...details, bounce_type: "soft", attempt: status?.["attempt-no"] }, customOf(m))];
  const because = m.severity === "permanent" ? REFUSED.get(m.reason ?? "") : undefined;
  if (m.reason?.startsWith("suppress-")) return [...refused(m, because, context), emailDropped(who, details, customOf(m))];
  const isHard = because === "hard_bounce";
  return [
    ...refused(m, because, context),
    ...(isHard ? [emailBouncedState(who, context.event.occurredAt)] : []),
    emailBounced(who, { ...details, bounce_type: isHard ? "hard" : "soft" }, customOf(m)),
  ];
}

/** An opt-out that no later opt-in lifts; nothing where there is no reason for one. */
export function refused(m: Message, because: ConsentDraft["because"], { event }: MapContext<unknown>): readonly Draft[] {
  return because ? [consent(recipientOf(m), { channel: "email", state: "unsubscribed", at: event.occurredAt, because })] : [];
}

/** The only address in a header; `null` if it has several. */
function addressIn(header: Maybe<string>): Maybe<string> {
  const [address, ...others] = header?.match(/[^\s<>,;"()]+@[^\s<>,;"()]+/g) ?? [];
  return others.length === 0 ? address : null;
}
