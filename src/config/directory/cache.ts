/**
 * Accounts of the directory as one isolate of the Worker remembers them: most webhooks ask the directory nothing.
 */
import { encode, utf8Bytes } from "../../contract/verify/encoding.ts";
import type { AccountDirectory, AccountPlace, AccountState } from "../model.ts";
import type { OpenedAccount } from "./opened.ts";
import type { DirectoryIndex, DirectoryObject, DirectoryRecord, IndexEntry } from "./record.ts";

/** Age at which an account is looked up again, milliseconds. */
const FRESH = 30_000;

/** Age up to which an account is served while another request looks it up, or the directory fails, milliseconds: no change takes longer to count. */
const LONGEST = 60_000;

/** Least time between two looks because of unknown names or tokens, milliseconds: a scanner cannot cause more. */
const AGAIN = 2_000;

/** How long the directory is left alone after it failed, milliseconds. */
const PAUSE = 1_000;

/** Sources of the accounts that are remembered, each account counted as one more: some 30 MB, all of a full directory with ten sources each. */
const MOST_REMEMBERED = 11_000;

/** What the cache needs. */
export interface CacheTools {
  /** Gives a new stub of the directory's object. */
  object(): Pick<DirectoryObject, "look">;
  open(record: DirectoryRecord): Promise<OpenedAccount>;
  /** Whether a declared account has this name. */
  isDeclared(name: string): boolean;
  /** Milliseconds since 1970. */
  now(): number;
}

/** The cache. */
export interface DirectoryCache extends AccountDirectory {
  /** Forgets everything: after a change that was made here. */
  forget(): void;
}

interface Remembered {
  readonly state: AccountState;
  readonly revision: number;
  /** That of the index at which it was asked for. While the index does not change, the account does not either. */
  readonly age: Age;
}

/** When something was the newest last, milliseconds since 1970. */
interface Age {
  at: number;
}

interface KnownIndex {
  readonly revision: number;
  readonly accounts: readonly IndexEntry[];
  /** Accounts by each of their names, and by `=` and their id. */
  readonly byKey: ReadonlyMap<string, IndexEntry>;
  readonly byHash: ReadonlyMap<string, IndexEntry>;
  readonly age: Age;
}

const UNREACHABLE = { ok: false, problem: "the directory of accounts does not answer", isUnknown: true } as const;

/** Makes a cache. It shares no promises between requests: the platform ends them with the request that made them. */
export function createCache({ object, open, isDeclared, now }: CacheTools): DirectoryCache {
  const remembered = new Map<string, Remembered>();
  /** When each key was last asked for; the index under the empty text. */
  const asked = new Map<string, number>();
  let known: KnownIndex | null = null;
  let sources = 0;
  let failedAt = Number.NEGATIVE_INFINITY;

  const isAsking = (key: string, at: number): boolean => at - (asked.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN;
  const isYounger = (than: number, thing: { readonly age: Age } | null | undefined, at: number): boolean =>
    thing !== null && thing !== undefined && at - thing.age.at < than;
  const recall = (entry: IndexEntry | undefined) => (entry === undefined ? undefined : remembered.get(entry.uid));

  /** Asks for an account, or for the index alone. @returns whether the directory answered */
  const ask = async (key: string | null, entry: IndexEntry | undefined, at: number): Promise<boolean> => {
    if (at - failedAt < PAUSE) return false;
    // Every look is one at the index too.
    const places = ["", ...(entry === undefined ? [] : [entry.uid])];
    for (const place of places) asked.set(place, at);
    const before = recall(entry);
    const asker = known;
    try {
      const answer = await object().look(key, { index: asker?.revision ?? 0, record: before?.revision ?? 0 });
      // Forgotten while the answer was on its way: what it builds on is gone.
      if (answer.index === null && known === null) return false;
      const index = answer.index === null ? asker : indexed(answer.index, at);
      if (index === null) return false;
      index.age.at = Math.max(index.age.at, at);
      if (index.revision >= (known?.revision ?? 0)) known = index;
      const { age } = index;
      if (answer.record === "same" && before !== undefined && entry !== undefined) {
        remember(entry.uid, { ...before, age });
      } else if (answer.record !== null && answer.record !== "same") {
        const { state } = await open(answer.record);
        remember(answer.record.uid, { state, revision: answer.record.revision, age });
      }
      return true;
    } catch {
      failedAt = now();
      return false;
    } finally {
      for (const place of places) asked.delete(place);
    }
  };

  const remember = (uid: string, account: Remembered): void => {
    drop(uid);
    remembered.set(uid, account);
    sources += weightOf(account);
    for (const oldest of remembered.keys()) {
      if (sources <= MOST_REMEMBERED) break;
      drop(oldest);
    }
  };

  const drop = (uid: string): void => {
    const found = remembered.get(uid);
    if (found !== undefined) sources -= weightOf(found);
    remembered.delete(uid);
  };

  /** Makes the index as young as an unknown name may ask for. @returns `null` if the directory does not answer */
  const freshIndex = async (at: number, isWanted: boolean): Promise<KnownIndex | null> => {
    const isEnough = isYounger(isWanted ? FRESH : AGAIN, known, at) || (isYounger(LONGEST, known, at) && isAsking("", at));
    if (isEnough || (await ask(null, undefined, at)) || isYounger(LONGEST, known, at)) return known;
    return null;
  };

  return {
    problem: null,
    find: async (key) => {
      const at = now();
      const entry = known?.byKey.get(key);
      const before = recall(entry);
      if (before !== undefined && isYounger(FRESH, before, at)) return before.state;
      if (entry === undefined && known !== null) {
        const index = await freshIndex(at, false);
        if (index === null) return UNREACHABLE;
        if (!index.byKey.has(key)) return null;
      } else if (before !== undefined && entry !== undefined && isYounger(LONGEST, before, at)) {
        const isUnchanged = before.age === known?.age;
        if (isAsking(entry.uid, at) || (isUnchanged && isAsking("", at))) return before.state;
      }
      const hasAnswered = await ask(key, known?.byKey.get(key), at);
      const found = known?.byKey.get(key);
      const after = recall(found);
      if (hasAnswered && found === undefined) return null;
      return after !== undefined && isYounger(LONGEST, after, at) ? after.state : UNREACHABLE;
    },
    callerOf: async (token) => {
      const at = now();
      const hash = await hashOf(token);
      const index = await freshIndex(at, known?.byHash.has(hash) === true);
      const entry = index?.byHash.get(hash);
      const found = entry?.tokens.find((one) => one.hash === hash);
      if (entry === undefined || found === undefined || isDeclared(entry.name)) return null;
      if (found.expiresAt !== null && found.expiresAt <= at) return null;
      return { name: `token ${found.number} of ${entry.name}`, account: entry.name, scope: found.scope };
    },
    places: async () => {
      const index = await freshIndex(now(), false);
      if (index === null) throw new Error(UNREACHABLE.problem);
      return index.accounts.map(({ name, id, region }): AccountPlace => ({ name, id, region }));
    },
    forget: () => {
      remembered.clear();
      sources = 0;
      known = null;
    },
  };
}

/** What is kept of a token. */
export async function hashOf(token: string): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8Bytes(token))), "hex");
}

function indexed({ revision, accounts }: DirectoryIndex, at: number): KnownIndex {
  return {
    revision,
    accounts,
    byKey: new Map(accounts.flatMap((entry) => [entry.name, ...entry.was, `=${entry.id}`].map((key) => [key, entry] as const))),
    byHash: new Map(accounts.flatMap((entry) => entry.tokens.map(({ hash }) => [hash, entry] as const))),
    age: { at },
  };
}

function weightOf({ state }: Remembered): number {
  return state.ok ? 1 + state.account.sources.size : 1;
}
