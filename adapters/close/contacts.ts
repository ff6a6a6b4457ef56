/**
 * Close's contacts: the people of a lead.
 */
import * as z from "zod";
import {
  claimed,
  deleted,
  firstItem,
  id,
  identify,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  text,
} from "../../src/contract/adapter.ts";
import { contactCreated, customFields } from "../../src/vocabulary/adapter.ts";

const contact = z.object({
  object_id: id,
  data: z.looseObject({
    name: maybe.text,
    emails: optional(list(z.object({ email: text }))),
    phones: optional(list(z.object({ phone: text }))),
  }),
});

type Contact = z.output<typeof contact>;

/** A new contact. */
export const onCreatedContact = on(contact, (c) => [profileOf(c), contactCreated(personOf(c), {})]);

/** A changed contact. */
export const onChangedContact = on(contact, profileOf);

/** A deleted contact. */
export const onDeletedContact = on(z.object({ object_id: id }), ({ object_id }) =>
  deleted(person({ ids: [personId("contact", object_id)] }), "Contact Deleted"),
);

/** Salespeople write down whatever address they are given: it is claimed. */
function personOf({ object_id, data }: Contact) {
  return person({
    record: data,
    email: claimed(data.emails?.[0]?.email),
    phone: firstItem(data.phones?.map(({ phone }) => phone)),
    ids: [personId("contact", object_id)],
  });
}

function profileOf(c: Contact) {
  return { ...identify(personOf(c), { name: c.data.name }), ...customOf(c.data) };
}

/** The company's own fields, which stand beside Close's, as `custom.cf_…`. */
export function customOf(data: object) {
  return { custom: customFields("custom", fieldsOf(data)) };
}

function fieldsOf(data: object) {
  const own = Object.entries(data).filter(([name]) => name.startsWith("custom."));
  return Object.fromEntries(own.map(([name, value]) => [name.slice("custom.".length), value]));
}
