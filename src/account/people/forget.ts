/**
 * Removes people from the tables of the book: their own rows, and what other rows say of them.
 */
import type { BookRows } from "../../identity/book.ts";
import { addressKeyOf, emailKeyOf, userKeyOf } from "../../identity/identifiers.ts";
import { type AddressLinks, joinLinks, type Links, NO_LINKS, withoutValues } from "../../identity/links.ts";
import type { Profile } from "../../identity/profile.ts";
import { withoutMentions } from "../../identity/profile-without.ts";
import { type Store, textOf } from "../state/store.ts";
import { addressText, linksText, profileText, readAddress, readLinks, readProfile } from "./rows.ts";

/** The identifiers that are forgotten. */
export interface Forgotten {
  readonly userIds: readonly string[];
  /** Lower case. */
  readonly addresses: readonly string[];
  /** `<source>:<kind>:<id>`. */
  readonly ids: readonly string[];
}

/** What was removed. */
export interface Removed extends BookRows {
  /** Addresses that other users have too: they stay. */
  readonly shared: ReadonlySet<string>;
  /** Former addresses that Customer.io still has of these people, and that are no other user's by now. */
  readonly kept: ReadonlySet<string>;
}

/** The tables to remove people from. */
export interface ForgetTables {
  readonly store: Store;
  readonly referenceTables: readonly string[];
  readonly readProfiles: (keys: readonly string[]) => ReadonlyMap<string, Profile>;
}

/** Removes people; inside the caller's transaction. Reads every row. @returns all rows that changed, as they were */
export function forgetPeople(
  { store, referenceTables, readProfiles }: ForgetTables,
  { userIds, addresses, ids }: Forgotten,
): Removed {
  const { removed: owned, shared } = forgetAddresses(store, addresses, userIds);
  const own = [...new Set([...addresses, ...owned.keys()])];
  const values = new Set([...userIds, ...own, ...ids]);
  const { found: people, gone } = strip(store, "book_person", [...ids, ...userIds.map(userKeyOf)], values);
  for (const key of gone) values.add(key);
  const references = new Map<string, Links>();
  for (const table of referenceTables) {
    for (const [key, links] of strip(store, table, ids, values).found)
      references.set(key, joinLinks(references.get(key) ?? NO_LINKS, links));
  }
  const keys = [
    ...new Set([
      ...ids,
      ...gone,
      ...userIds.map(userKeyOf),
      ...own.flatMap((address) => [emailKeyOf(address), addressKeyOf(address) ?? emailKeyOf(address)]),
    ]),
  ];
  const profiles = new Map(readProfiles(keys));
  store.run("DELETE FROM profile WHERE key IN (SELECT value FROM json_each(?))", JSON.stringify(keys));
  const kept = keptOnly(store, new Set([...profiles.values()].flatMap((profile) => profile.kept ?? [])), userIds);
  for (const [key, profile] of forgetMentions(store, new Set(keys), new Set(own))) profiles.set(key, profile);
  return { people, references, addresses: owned, profiles, shared, kept };
}

/** Those of some addresses that no user has but these. */
function keptOnly(store: Store, addresses: ReadonlySet<string>, userIds: readonly string[]): ReadonlySet<string> {
  const rows = store.run(
    "SELECT key, value FROM book_address WHERE key IN (SELECT value FROM json_each(?))",
    JSON.stringify([...addresses]),
  );
  const others = new Set<string>();
  for (const row of rows) {
    const { users, decided, isCrowd } = readAddress(textOf(row, "value"));
    const holders = decided === null ? users.map(([userId]) => userId) : [decided.userId ?? ""];
    if (isCrowd || holders.some((userId) => !userIds.includes(userId))) others.add(textOf(row, "key"));
  }
  return new Set([...addresses].filter((address) => !others.has(address)));
}

/** Removes values from rows, and whole rows by key. @returns these rows as they were, and the keys of those that are gone */
function strip(
  store: Store,
  table: string,
  keys: readonly string[],
  values: ReadonlySet<string>,
): { readonly found: ReadonlyMap<string, Links>; readonly gone: readonly string[] } {
  // A value is the first element of a sighting, or one of the ids that are known together.
  const needles = [...values].map((value) => JSON.stringify(value));
  const wanted = new Set(keys);
  const found = new Map<string, Links>();
  const gone: string[] = [];
  const rows = store.run(
    `SELECT key, value FROM ${table} WHERE key IN (SELECT value FROM json_each(?))
      OR EXISTS (SELECT 1 FROM json_each(?) AS needle WHERE instr(${table}.value, needle.value) > 0)`,
    JSON.stringify(keys),
    JSON.stringify(needles),
  );
  for (const row of rows) {
    const key = textOf(row, "key");
    const links = readLinks(textOf(row, "value"));
    const left = wanted.has(key) ? null : withoutValues(links, values);
    if (left !== null && linksText(left) === linksText(links)) continue;
    if (left === null) {
      store.run(`DELETE FROM ${table} WHERE key = ?`, key);
      gone.push(key);
    } else store.run(`UPDATE ${table} SET value = ? WHERE key = ?`, linksText(left), key);
    found.set(key, links);
  }
  return { found, gone };
}

/** Removes addresses, and users from addresses; one that others hold too stays theirs. */
function forgetAddresses(
  store: Store,
  addresses: readonly string[],
  userIds: readonly string[],
): { readonly removed: ReadonlyMap<string, AddressLinks>; readonly shared: ReadonlySet<string> } {
  const rows = store.run(
    `SELECT key, value FROM book_address WHERE key IN (SELECT value FROM json_each(?1))
      OR value ->> '$.userId' IN (SELECT value FROM json_each(?2))
      OR EXISTS (SELECT 1 FROM json_each(book_address.value, '$.users') AS holder WHERE holder.value ->> 0 IN (SELECT value FROM json_each(?2)))`,
    JSON.stringify(addresses),
    JSON.stringify(userIds),
  );
  const removed = new Map<string, AddressLinks>();
  const shared = new Set<string>();
  for (const row of rows) {
    const key = textOf(row, "key");
    const links = readAddress(textOf(row, "value"));
    const users = links.users.filter(([userId]) => !userIds.includes(userId));
    if (users.length > 0 && !addresses.includes(key) && !userIds.includes(links.decided?.userId ?? "")) {
      store.run("UPDATE book_address SET value = ? WHERE key = ?", addressText({ ...links, users }), key);
      shared.add(key);
      continue;
    }
    store.run("DELETE FROM book_address WHERE key = ?", key);
    removed.set(key, links);
  }
  return { removed, shared };
}

/** Removes what other profiles say of these people. @returns the profiles that named one of these keys, as they were */
function forgetMentions(store: Store, keys: ReadonlySet<string>, addresses: ReadonlySet<string>): ReadonlyMap<string, Profile> {
  const inside = (text: string): string => JSON.stringify(text).slice(1, -1);
  const needles = [...[...keys].map((key) => JSON.stringify(key)), ...[...addresses].map(inside)];
  const rows = store.run(
    `SELECT key, value FROM profile
      WHERE EXISTS (SELECT 1 FROM json_each(?) AS needle WHERE instr(lower(profile.value), lower(needle.value)) > 0)`,
    JSON.stringify(needles),
  );
  const found = new Map<string, Profile>();
  for (const row of rows) {
    const key = textOf(row, "key");
    const profile = readProfile(textOf(row, "value"));
    const left = withoutMentions(profile, keys, addresses);
    if (Object.keys(left).length === 0) store.run("DELETE FROM profile WHERE key = ?", key);
    else store.run("UPDATE profile SET value = ? WHERE key = ?", profileText(left), key);
    if (keys.has(profile.into ?? "") || profile.apart?.some((other) => keys.has(other)) === true) found.set(key, profile);
  }
  return found;
}
