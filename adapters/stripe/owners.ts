/**
 * Whom one of Stripe's objects belongs to. Most name their customer by id alone; some lead to one only by way of another object.
 */
import * as z from "zod";
import type { PersonFacts, PersonInput, Properties } from "../../src/contract/adapter.ts";
import { decisive, each, id, optional, person, personId, reference } from "../../src/contract/adapter.ts";

/** What leads from an object to a person, beside its customer. */
const LINKS = ["checkout", "subscription", "invoice", "charge", "payment_intent"] as const;

/** The id of another object; the object itself where it is expanded. */
export const otherId = z.union([id, z.object({ id }).transform((object) => object.id)]);

/** The id of another object, where there is one. */
export const related = optional(otherId);

/** What leads to a person, on whatever object. `customer_account` stands for the customer where customers are accounts (API v2). */
export const owned = z.object({
  // Without both somebody paid as a guest.
  ...each(decisive(otherId), "customer", "customer_account"),
  ...each(related, "subscription", "invoice", "charge", "payment_intent"),
  metadata: optional(z.looseObject({})),
});

/** An object that leads to a person; `checkout` is the id of a session that says so of itself. */
export type Owned = z.output<typeof owned> & { readonly checkout?: string };

/** Whom an object belongs to. Of the object itself only its metadata may hold a user id: the company's backend alone writes it. */
export function ownerOf(object: Owned, more: Pick<PersonInput, "email" | "phone"> = {}): PersonFacts {
  return person({
    record: { metadata: object.metadata },
    ...more,
    ids: [
      personId("customer", object.customer),
      personId("account", object.customer_account),
      ...LINKS.map((kind) => reference(kind, object[kind])),
    ],
  });
}

/** Whether no customer stands behind an object: somebody paid without becoming one. */
export function isGuest(object: Owned): boolean {
  return !object.customer && !object.customer_account;
}

/** The ids of what an object leads to, as properties. */
export function idsOf(object: Owned): Properties {
  return Object.fromEntries(LINKS.map((kind) => [`${kind}_id`, object[kind]]));
}
