/**
 * What an adapter may say about a person. Facts only: `src/identity` decides who it is in Customer.io.
 */

/** `verified`: set by the company's own backend, or verified by the vendor. `claimed`: typed by a visitor or read from a URL. */
export type Trust = "verified" | "claimed";

/**
 * An e-mail address and how far it may be trusted. `with_user_id`: verified where the record holds the company's own user id, because then the
 * company's own backend wrote the record; else claimed.
 */
export interface EmailFact {
  readonly value: string;
  readonly trust: Trust | "with_user_id";
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
  /** `null`: the vendor says that the person has none. */
  readonly phone?: string | null;
  readonly ids: readonly IdFact[];
  /** Ids that the vendor itself merged into this person. */
  readonly merged?: readonly IdFact[];
  /** The company's own user ids that it merged into this person's. */
  readonly mergedUserIds?: readonly string[];
}

/** What a vendor may leave out, or send as null. */
export type Maybe<T> = T | null | undefined;

/** The loose form that mappers write: missing values may be `null`, `undefined` or empty. */
export interface PersonInput {
  readonly record?: unknown;
  readonly email?: Maybe<{ readonly value: Maybe<string>; readonly trust: EmailFact["trust"] }>;
  readonly phone?: Maybe<string>;
  readonly ids?: readonly Maybe<IdFact>[];
  /** Ids that the vendor itself merged into this person: its own fact, never a guess. */
  readonly merged?: readonly Maybe<IdFact>[];
  /** The company's own user ids that it merged into this person's. */
  readonly mergedUserIds?: readonly Maybe<string>[];
}

/** Person facts from what the vendor sent; what is empty is left out, but for a phone number that is null: the person has none. */
export function person(input: PersonInput): PersonFacts {
  const address = input.email?.value?.trim();
  const phone = input.phone?.trim();
  const merged = present(input.merged);
  const mergedUserIds = present(input.mergedUserIds);
  return {
    ...(input.record === undefined || input.record === null ? {} : { record: input.record }),
    ...(input.email && address ? { email: { value: address, trust: input.email.trust } } : {}),
    ...(phone ? { phone } : input.phone === null ? { phone: null } : {}),
    ids: present(input.ids),
    ...(merged.length === 0 ? {} : { merged }),
    ...(mergedUserIds.length === 0 ? {} : { mergedUserIds }),
  };
}

/**
 * The first value that says something. Without one `null` where the vendor sent null, so that what was known before is removed, and
 * `undefined` where it left them all out.
 */
export function firstStated<Value>(...values: readonly Maybe<Value>[]): Maybe<Value> {
  return (
    values.find((value) => value !== null && value !== undefined && value !== "") ?? (values.includes(null) ? null : undefined)
  );
}

/** The first item of a list; `null` where the vendor sent an empty list, or null. */
export function firstItem<Item>(list: Maybe<readonly Item[]>): Maybe<Item> {
  return list && list.length > 0 ? list[0] : list && null;
}

function present<Value>(values: readonly Maybe<Value>[] | undefined): readonly Value[] {
  return (values ?? []).flatMap((value) => value ?? []);
}

/** An address that the company's own backend stated or the vendor verified. */
export function verified(value: Maybe<string>): PersonInput["email"] {
  return { value, trust: "verified" };
}

/** An address that a visitor typed. */
export function claimed(value: Maybe<string>): PersonInput["email"] {
  return { value, trust: "claimed" };
}

/** An address that the company's own backend stated if the record holds the company's user id, and that a visitor typed if not. */
export function backed(value: Maybe<string>): PersonInput["email"] {
  return { value, trust: "with_user_id" };
}

/** The vendor's id of a person (`customer`, `contact`, `user`), or nothing when the vendor left it out. */
export function personId(kind: string, id: Maybe<string>): IdFact | null {
  return id ? { kind, id, role: "person" } : null;
}

/** The vendor's id of a thing that leads to a person (`order`, `subscription`, `checkout`); empty if the vendor sent none. */
export function reference(kind: string, id: Maybe<string>): IdFact | null {
  return id ? { kind, id, role: "reference" } : null;
}
