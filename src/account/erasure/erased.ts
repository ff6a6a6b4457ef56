/**
 * Erased people: a keyed hash of each identifier, so that later events are recognised and nothing can be read back. The key is random, one per
 * account.
 */
import { encode, utf8Bytes } from "../../contract/verify/encoding.ts";
import { userKeyOf } from "../../identity/identifiers.ts";
import type { Subject } from "../../identity/subject.ts";
import { bytesOf, type Store } from "../state/store.ts";

/** Identifiers by kind. */
export interface Names {
  readonly userIds: readonly string[];
  /** Lower case. */
  readonly addresses: readonly string[];
  /** `<source>:<kind>:<id>`, of people. */
  readonly ids: readonly string[];
}

/** The erased people of one account. */
export interface Erased {
  /** Whether one of the subject's identifiers is erased; references are not asked about. `false` at once, and nothing is read, until a person is erased. */
  includes(subject: Subject): Promise<boolean> | false;
  hashesOf(names: Names): Promise<readonly string[]>;
  /** Inside the caller's transaction. One billed row for each. @param erasure its number */
  add(hashes: readonly string[], erasure: number): void;
  /**
   * Removes these hashes, and the others of their erasures; inside the caller's transaction. An earlier release did not keep which ones belong
   * together.
   * @returns how many
   */
  lift(hashes: readonly string[]): number;
}

/** Opens the erased people. */
export function openErased(store: Store): Erased {
  let key: Promise<CryptoKey> | null = null;
  let isEmpty = store.run("SELECT 1 FROM erased LIMIT 1").length === 0;

  async function loadKey(): Promise<CryptoKey> {
    store.run("INSERT OR IGNORE INTO erased_key (id, value) VALUES (1, ?)", crypto.getRandomValues(new Uint8Array(32)).buffer);
    const bytes = bytesOf(store.run("SELECT value FROM erased_key WHERE id = 1")[0], "value");
    return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  }

  function hashesOf({ userIds, addresses, ids }: Names): Promise<readonly string[]> {
    key ??= loadKey();
    const loaded = key;
    // Kinds cannot collide: an address has no colon, and no source's name is empty.
    const names = [...userIds.map(userKeyOf), ...addresses, ...ids];
    return Promise.all(
      names.map(async (name) => {
        const hash = await crypto.subtle.sign("HMAC", await loaded, utf8Bytes(name));
        return encode(new Uint8Array(hash, 0, 16), "hex");
      }),
    );
  }

  async function isKnown({ userId, email, people }: Subject): Promise<boolean> {
    const hashes = await hashesOf({
      userIds: userId === null ? [] : [userId],
      addresses: email === null ? [] : [email.value],
      ids: people,
    });
    return (
      store.run("SELECT 1 FROM erased WHERE key IN (SELECT value FROM json_each(?)) LIMIT 1", JSON.stringify(hashes)).length > 0
    );
  }

  return {
    includes: (subject) => (isEmpty ? false : isKnown(subject)),
    hashesOf,
    add: (hashes, erasure) => {
      store.run("INSERT OR IGNORE INTO erased (key, erasure) SELECT value, ? FROM json_each(?)", erasure, JSON.stringify(hashes));
      isEmpty = false;
    },
    lift: (hashes) =>
      store.run(
        `DELETE FROM erased WHERE key IN (SELECT value FROM json_each(?1))
          OR erasure IN (SELECT erasure FROM erased WHERE key IN (SELECT value FROM json_each(?1))) RETURNING 1 AS gone`,
        JSON.stringify(hashes),
      ).length,
  };
}
