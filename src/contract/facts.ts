/**
 * What an adapter may say about a person. Facts only: `src/identity` decides who it is in Customer.io.
 */

/** `verified`: set by the company's own backend, or verified by the vendor. `claimed`: typed by a visitor or read from a URL. */
export type Trust = "verified" | "claimed";

/** An e-mail address and how far it may be trusted. */
export interface EmailFact {
  readonly value: string;
  readonly trust: Trust;
}

/** An id in the vendor's world. A `reference` (order, charge, subscription) points to a person and never becomes an anonymous id. */
export interface IdFact {
  readonly kind: string;
  readonly id: string;
  readonly role: "person" | "reference";
}

/** Everything an adapter knows about the subject of an event. */
export interface PersonFacts {
  /** The vendor's record of the person. The source's `user_id_from` paths are read only from it. */
  readonly record?: unknown;
  readonly email?: EmailFact;
  readonly phone?: string;
  readonly ids: readonly IdFact[];
}

/** What a vendor may leave out, or send as null. */
export type Maybe<T> = T | null | undefined;

/** The loose form that mappers write: missing values may be `null`, `undefined` or empty. */
export interface PersonInput {
  readonly record?: unknown;
  readonly email?: Maybe<{ readonly value: Maybe<string>; readonly trust: Trust }>;
  readonly phone?: Maybe<string>;
  readonly ids?: readonly Maybe<IdFact>[];
}

/** Person facts from what the vendor sent, without empty values. */
export function person(input: PersonInput): PersonFacts {
  const address = input.email?.value?.trim();
  const phone = input.phone?.trim();
  const ids = (input.ids ?? []).filter((fact): fact is IdFact => fact !== null && fact !== undefined);
  return {
    ...(input.record === undefined || input.record === null ? {} : { record: input.record }),
    ...(input.email && address ? { email: { value: address, trust: input.email.trust } } : {}),
    ...(phone ? { phone } : {}),
    ids,
  };
}

/** An address that the company's own backend set or the vendor verified. */
export function verified(value: Maybe<string>): PersonInput["email"] {
  return { value, trust: "verified" };
}

/** An address that a visitor typed. */
export function claimed(value: Maybe<string>): PersonInput["email"] {
  return { value, trust: "claimed" };
}

/** The vendor's id of a person (`customer`, `contact`, `user`); empty if the vendor sent none. */
export function personId(kind: string, id: Maybe<string>): IdFact | null {
  return id ? { kind, id, role: "person" } : null;
}

/** The vendor's id of a thing that leads to a person (`order`, `subscription`, `checkout`); empty if the vendor sent none. */
export function reference(kind: string, id: Maybe<string>): IdFact | null {
  return id ? { kind, id, role: "reference" } : null;
}
