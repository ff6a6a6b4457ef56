/**
 * Pipedrive's people: their webhooks and their look-up.
 */
import * as z from "zod";
import type { Draft, PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  each,
  firstItem,
  id,
  identify,
  type Lookup,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  text,
} from "../../src/contract/adapter.ts";
import { contactDeleted, customFields } from "../../src/vocabulary/adapter.ts";

const values = optional(list(z.object({ value: text, primary: maybe.boolean })));

const contact = z.object({
  id,
  ...each(maybe.text, "name", "first_name", "last_name"),
  ...each(values, "emails", "phones"),
  add_time: maybe.isoTime,
  // By keys of 40 characters, each with its type and value.
  custom_fields: optional(z.looseObject({})),
});

type Contact = z.output<typeof contact>;

/** A created or changed person. */
export const record = z.object({ data: contact });

/** Salespeople write down whatever address they are given: it is claimed. */
export function personOf(c: Contact): PersonFacts {
  return person({
    record: c,
    email: claimed(primary(c.emails)),
    phone: primary(c.phones),
    ids: [personId("person", c.id)],
  });
}

/** What is known of a person. */
export function profileOf(c: Contact): Draft {
  const { name, first_name, last_name, add_time: created_at } = c;
  return {
    ...identify(personOf(c), { name, first_name, last_name, created_at }),
    custom: customFields("custom_fields", c.custom_fields),
  };
}

/** A deleted person; where two were merged, the one that is left. */
export const onDeletedPerson = on(
  z.object({
    meta: z.object({ merged_to_id: decisive(id), entity_id: maybe.id }),
    previous: optional(z.object({ id: maybe.id })),
  }),
  ({ meta, previous }) => {
    const gone = personId("person", meta.entity_id ?? previous?.id);
    return meta.merged_to_id
      ? identify(person({ ids: [personId("person", meta.merged_to_id)], merged: [gone] }), {})
      : contactDeleted(person({ ids: [gone] }), {});
  },
);

/** @see https://developers.pipedrive.com/docs/api/v1/Persons#getPerson */
export const lookup: Lookup = {
  hosts: ["api.pipedrive.com"],
  request: ({ kind, id: personIdText }, apiKey) =>
    kind === "person" && /^\d+$/.test(personIdText)
      ? { host: "api.pipedrive.com", path: `/api/v2/persons/${personIdText}`, headers: { "x-api-token": apiKey } }
      : null,
  read: (body) => {
    const found = record.safeParse(body).data;
    return found ? [profileOf(found.data)] : null;
  },
};

function primary(all: z.output<typeof values>) {
  return all?.find((one) => one.primary)?.value ?? firstItem(all?.map(({ value }) => value));
}
