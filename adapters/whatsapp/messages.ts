/**
 * WhatsApp's messages and their outcomes. People without a phone number to show have an id that is the business's own for them.
 */
import * as z from "zod";
import {
  consent,
  decisive,
  each,
  id,
  identify,
  ignore,
  integer,
  type Maybe,
  maybe,
  on,
  optional,
  person,
  personId,
  text,
} from "../../src/contract/adapter.ts";
import {
  attribution,
  attributionFrom,
  attributionIn,
  whatsappMessageFailed,
  type whatsappMessageRead,
  whatsappMessageReceived,
} from "../../src/vocabulary/adapter.ts";

const titled = optional(z.object({ title: maybe.text }));
const media = optional(z.object({ caption: maybe.text }));
const MEDIA = ["image", "video", "document", "audio", "sticker"] as const;

const message = z.looseObject({
  id,
  type: text,
  ...each(decisive(id), "from", "from_user_id"),
  text: optional(z.object({ body: text })),
  button: optional(z.object({ text: maybe.text })),
  interactive: optional(z.object({ button_reply: titled, list_reply: titled })),
  ...each(media, ...MEDIA),
  // Of a message that an advertisement led to. @see https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components#messages-object
  referral: optional(z.object(each(maybe.text, "source_url", "headline", "ctwa_clid"))),
  contact: optional(z.looseObject({ profile: optional(z.looseObject({ name: maybe.text })) })),
});

function personOf(waId: Maybe<string>, userId: Maybe<string>) {
  return person({
    phone: waId ? `+${waId.replace(/^\+/, "")}` : undefined,
    ids: [personId("contact", waId), personId("user", userId)],
  });
}

/** A person wrote. */
export const onMessage = on(message, (m) => {
  if (["reaction", "system", "unsupported", "errors"].includes(m.type)) return ignore("no message that a person wrote");
  const who = personOf(m.from, m.from_user_id);
  const attached = MEDIA.find((kind) => m[kind]);
  const reply = m.interactive?.button_reply ?? m.interactive?.list_reply;
  const { landing_url: _, ...campaign } = attributionFrom(m.referral?.source_url);
  return [
    identify(who, { profile_name: m.contact?.profile?.name }),
    whatsappMessageReceived(who, {
      message_id: m.id,
      body: m.text?.body ?? m.button?.text ?? reply?.title ?? (attached && m[attached]?.caption),
      ...(attached ? { media_count: 1 } : {}),
      ...attribution(attributionIn({ ctwa_clid: m.referral?.ctwa_clid }), campaign),
    }),
  ];
});

const status = z.looseObject({
  id,
  ...each(decisive(id), "recipient_id", "recipient_user_id"),
  errors: optional(z.array(z.object({ code: optional(integer), ...each(maybe.text, "title", "message") }))),
});

const about = (s: z.output<typeof status>) => ({ message_id: s.id });

/** A message went out, arrived or was read. */
export const onStatus = (make: typeof whatsappMessageRead) =>
  on(status, (s) => make(personOf(s.recipient_id, s.recipient_user_id), about(s)));

/** A message did not arrive. */
export const onFailed = on(status, (s) => {
  const [error] = s.errors ?? [];
  const error_code = typeof error?.code === "number" ? String(error.code) : undefined;
  const reason = error?.title ?? error?.message;
  return whatsappMessageFailed(personOf(s.recipient_id, s.recipient_user_id), { ...about(s), error_code, reason });
});

const preference = z.looseObject({ wa_id: id, user_id: decisive(id), category: decisive(text), value: decisive(text) });

/** A person chose in WhatsApp whether the business may send them marketing messages. */
export const onPreference = on(preference, (p, { event: { occurredAt: at } }) => {
  if (p.category !== "marketing_messages" || (p.value !== "stop" && p.value !== "resume")) return ignore("another preference");
  const state = p.value === "stop" ? "unsubscribed" : "subscribed";
  return consent(personOf(p.wa_id, p.user_id), { channel: "whatsapp", state, at, trust: "verified" });
});
