/**
 * Reads what earlier releases noted of people, for those who have no profile yet: traits that waited for a person, opt-outs, addresses of users.
 */
import * as z from "zod";
import { partsOf, userKeyOf } from "../../identity/identifiers.ts";
import { targetOf } from "../../identity/links.ts";
import { type OptOut, type Profile, type TraitFact, tidy } from "../../identity/profile.ts";
import { nameOf } from "../../identity/resolve.ts";
import { numberOf, type Store, textOf } from "../state/store.ts";
import { readAddress, readLinks } from "./rows.ts";

/** Profiles made of notes. */
export interface LegacyNotes {
  /** Profiles of these keys, as far as an earlier release noted anything. */
  profilesOf(keys: readonly string[]): ReadonlyMap<string, Profile>;
  /** A profile was stored under this key: its notes no longer count. Inside the caller's transaction. */
  replaced(key: string): void;
}

const traitsSchema = z.record(z.string(), z.json());

/** Opens the notes. */
export function openLegacyNotes(store: Store): LegacyNotes {
  const kinds = "kind IN ('stranger', 'optout')";
  const isEmpty = numberOf(store.run("SELECT is_any FROM legacy_book")[0], "is_any") === 0;

  function notesOf(keys: readonly string[]): ReadonlyMap<string, Profile> {
    const byName = new Map(keys.map((key) => [nameOf(key), key]));
    const rows = store.run(
      `SELECT kind, scope, subject, value FROM people_note WHERE ${kinds} AND subject IN (SELECT value FROM json_each(?))`,
      JSON.stringify([...byName.keys()]),
    );
    const found = new Map<string, Profile>();
    for (const row of rows) {
      const key = byName.get(textOf(row, "subject"));
      if (key === undefined) continue;
      const profile = found.get(key) ?? {};
      found.set(
        key,
        textOf(row, "kind") === "stranger"
          ? tidy({ ...profile, left: true, traits: { "": traitsIn(textOf(row, "value")) } })
          : tidy({ ...profile, optOuts: { ...profile.optOuts, [textOf(row, "scope")]: optOutAt(textOf(row, "value")) } }),
      );
    }
    return found;
  }

  return {
    profilesOf: (keys) => {
      if (isEmpty || keys.length === 0) return new Map();
      const found = new Map(notesOf(keys));
      for (const key of keys) {
        const parts = partsOf(key);
        const before = found.get(key) ?? {};
        if (parts.kind === "email" && hasLeft(parts.address)) found.set(key, tidy({ ...before, left: true }));
        const address = parts.kind === "user" ? addressOf(parts.userId) : null;
        if (address !== null) found.set(key, tidy({ ...before, left: true, addresses: { "": address }, verified: true }));
      }
      return found;
    },
    replaced: (key) => {
      if (!isEmpty) store.run(`DELETE FROM people_note WHERE ${kinds} AND subject = ?`, nameOf(key));
    },
  };

  function hasLeft(address: string): boolean {
    const row = store.run("SELECT value FROM book_address WHERE key = ?", address)[0];
    return row !== undefined && readAddress(textOf(row, "value")).left === true;
  }

  function addressOf(userId: string): readonly [string, number] | null {
    const row = store.run("SELECT value FROM book_person WHERE key = ?", userKeyOf(userId))[0];
    const email = row === undefined ? null : readLinks(textOf(row, "value")).email;
    const [newest] = email?.seen ?? [];
    return newest === undefined || targetOf(email) === null ? null : [newest[0], newest[1]];
  }
}

/** They have their final names already. */
function traitsIn(note: string): Record<string, TraitFact> {
  const traits = traitsSchema.safeParse(JSON.parse(note)).data ?? {};
  return Object.fromEntries(Object.entries(traits).map(([name, value]): [string, TraitFact] => [name, [value, 0]]));
}

function optOutAt(note: string): OptOut {
  return { at: Date.parse(note), acts: true, isFinal: false };
}
