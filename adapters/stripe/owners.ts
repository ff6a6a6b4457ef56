/**
 * The owners of Stripe's objects. Most name their customer only by id; some refer to one through another object.
 */
import * as z from "zod";
import type { CustomField, Maybe, PersonFacts, PersonInput } from "../../src/contract/adapter.ts";
import { claimed, decisive, each, id, optional, person, personId, reference } from "../../src/contract/adapter.ts";
import { customFields } from "../../src/vocabulary/adapter.ts";

/** References from an object to a person, beside its customer. */
const LINKS = ["checkout", "subscription", "invoice", "charge", "payment_intent"] as const;

/** The id of another object; the object itself where it is expanded. */
export const otherId = z.union([id, z.object({ id }).transform((object) => object.id)]);

/** The id of another object, if there is one. */
export const related = optional(otherId);

/** Fields of any object that identify its person. `customer_account` replaces the customer where customers are accounts (API v2). */
export const owned = z.object({
  // Without both the payer is a guest.
  ...each(decisive(otherId), "customer", "customer_account"),
  ...each(related, "subscription", "invoice", "charge", "payment_intent"),
  metadata: optional(z.looseObject({})),
});

/** An object with references to a person; `checkout` is the session's own id. */
export type Owned = z.output<typeof owned> & { readonly checkout?: string };

/** The owner of an object. Only the object's metadata may hold a user id: only the company's backend writes it. */
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

/** Is the payer a guest, without a customer? */
export function isGuest(object: Owned): boolean {
  return !object.customer && !object.customer_account;
}

/** A guest is identified by a typed address; for a customer the customer's record is used instead. */
export function guestOr(payment: Owned, address: Maybe<string>): PersonFacts {
  return ownerOf(payment, isGuest(payment) ? { email: claimed(address) } : {});
}

/** The ids of an object's references, as properties. */
export function idsOf(object: Owned) {
  return {
    checkout_id: object.checkout,
    subscription_id: object.subscription,
    invoice_id: object.invoice,
    payment_id: object.payment_intent ?? object.charge,
  };
}

/** What the company wrote into an object's metadata, as candidates for `custom_fields`. */
export function customOf({ metadata }: Pick<Owned, "metadata">): { readonly custom: readonly CustomField[] } {
  return { custom: customFields("metadata", metadata) };
}
