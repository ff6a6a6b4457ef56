/**
 * Brevo's e-mails and contacts.
 */
import * as z from "zod";
import type { MapContext } from "../../src/contract/adapter.ts";
import {
  backed,
  claimed,
  each,
  id,
  identify,
  jsonText,
  list,
  maybe,
  number,
  on,
  optional,
  person,
  personId,
  text,
  unixSeconds,
} from "../../src/contract/adapter.ts";
import { contactDeleted, customFields, type Email, emailSubscribed } from "../../src/vocabulary/adapter.ts";

/** Seconds in milliseconds since 1970, or seconds: both were seen under one name. The other times are in the account's time zone. */
export const time = optional(
  number.transform((value): number | string => (value > 1e11 ? value / 1000 : value)).pipe(unixSeconds),
);

/** A webhook about an e-mail. */
export const message = z.object({
  email: text,
  ...each(maybe.text, "message-id", "subject", "reason", "link", "URL", "campaign name"),
  ...each(maybe.id, "camp_id", "template_id", "contact_id"),
  // What the company's backend sent with the message: JSON, or any text.
  "X-Mailin-custom": optional(jsonText.pipe(z.looseObject({}))),
  tags: optional(list(text)),
  list_id: optional(list(id)),
});

type Message = z.output<typeof message>;

/** The message and its recipient. */
export function emailOf(m: Message, { event: { occurredAt: at } }: MapContext<unknown>): Email {
  const record = { "X-Mailin-custom": m["X-Mailin-custom"] };
  return {
    // Who sends a message with a user id in its custom header is the company's own backend.
    who: person({ record, email: backed(m.email), ids: [personId("contact", m.contact_id)] }),
    at,
    about: {
      email_id: m["message-id"],
      email_subject: m.subject,
      campaign_id: m.camp_id,
      campaign_name: m["campaign name"]?.trim(),
      template_id: m.template_id,
      tags: m.tags,
    },
    custom: customFields("X-Mailin-custom", m["X-Mailin-custom"]),
  };
}

/** Why a message did not arrive. */
export function whyOf({ reason }: Message) {
  return { bounce_reason: reason?.trim() };
}

const contact = z.object({ email: text });

/** A contact was added to lists: by a form, an import or the API, which is no opt-in by itself. */
export const onAddition = on(contact.extend({ list_id: optional(list(id)) }), ({ email, list_id }) =>
  (list_id ?? []).map((topic) => emailSubscribed(person({ email: claimed(email) }), { topic })),
);

/** Attributes of a contact changed. Their names are the company's, but for these. */
export const onChange = on(contact.extend({ content: optional(list(z.looseObject({}))) }), ({ email, content }) => {
  const given: Record<string, unknown> = Object.assign({}, ...(content ?? []));
  const { FIRSTNAME, LASTNAME, ...others } = given;
  const nameOf = (value: unknown) => maybe.text.parse(value) || undefined;
  return {
    ...identify(person({ record: given, email: claimed(email) }), {
      first_name: nameOf(FIRSTNAME),
      last_name: nameOf(LASTNAME),
    }),
    custom: customFields("content", others),
  };
});

/** A contact was deleted. */
export const onDeletion = on(contact, ({ email }) => contactDeleted(person({ email: claimed(email) }), {}));
