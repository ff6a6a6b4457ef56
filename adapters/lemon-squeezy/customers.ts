/**
 * Lemon Squeezy's buyers.
 */
import * as z from "zod";
import type { CustomField, Draft, Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, each, id, identify, maybe, optional, person, personId, reference } from "../../src/contract/adapter.ts";
import { type Attribution, attributionIn, customFields } from "../../src/vocabulary/adapter.ts";

/** Fields of any object that identify its buyer. `id` and `custom` are beside the attributes. */
export const owned = z.object({
  id,
  custom: optional(z.looseObject({})),
  customer_id: maybe.id,
  ...each(maybe.text, "user_name", "user_email"),
});

/** The person of a buyer. */
export type Owned = z.output<typeof owned>;

/**
 * The owner of an object.
 * @param leads references to the same person
 */
export function ownerOf(o: Owned, leads: Readonly<Record<string, Maybe<string>>>): PersonFacts {
  return person({
    record: { customer_id: o.customer_id, custom_data: o.custom },
    email: claimed(o.user_email),
    ids: [personId("customer", o.customer_id), ...Object.entries(leads).map(([kind, value]) => reference(kind, value))],
  });
}

/** Traits of a customer. */
export function identifyOwner(o: Owned): Draft {
  return { ...identify(ownerOf(o, {}), { name: o.user_name }), ...customOf(o) };
}

/** What the checkout was given, as candidates for `custom_fields`. */
export function customOf(o: Owned): { readonly custom: readonly CustomField[] } {
  return { custom: customFields("custom_data", o.custom) };
}

/** Where the buyer came from, if the checkout was given that. */
export function attributionOf(o: Owned): Attribution {
  return attributionIn(o.custom);
}
