/**
 * Accepting webhooks, with group commit: a webhook that finds no group at work is committed at once, and those that arrive with it share the
 * next transaction. A `stored` answer leaves the object only after its transaction is on disk: the platform holds back
 * outgoing messages until writes are confirmed.
 */
import { encode } from "../../contract/verify/encoding.ts";
import { type AcceptAnswer, type AcceptRequest, type AnyRequest, unflat } from "../rpc.ts";
import type { Store } from "../state/store.ts";
import { type DedupeStore, keyOf, keysOf, newKeys } from "./dedupe-store.ts";
import type { Inbox, NewEntry } from "./inbox.ts";
import { bytesOfKeys, chosenKeys, countOfKeys, joinedKeys, type Keys, NO_KEYS } from "./key-entries.ts";
import { entriesOf, skippedIn, tallyOf } from "./new-entries.ts";
import type { Binding, Nonces } from "./nonces.ts";

/** Bytes of bodies that may wait for a commit. */
const MOST_WAITING = 8 * 1024 * 1024;

/** After a turn of the event loop in which nothing arrived, so many groups are committed without waiting for one: it takes a twentieth of a webhook. */
const MOST_ALONE = 8;

/** Bytes counted for a webhook in addition to its body: names, headers and nonce. */
const AROUND = 1_000;

/** Size of the database, bytes, at which accepting stops. One source may hold half of it. Cloudflare allows 10 GB. */
export const SIZE_CAP = 8_000_000_000;

const BUSY: AcceptAnswer = { kind: "refused", reason: "busy" };

/** What accepting needs of the account. */
export interface AcceptTools {
  readonly store: Store;
  readonly inbox: Inbox;
  readonly dedupe: DedupeStore;
  readonly nonces: Nonces;
  readonly now: () => number;
  /** `SIZE_CAP`, except in tests. */
  readonly cap: number;
  /** Drops the oldest delivered day. @returns whether there was one */
  readonly makeRoom: () => boolean;
  /** Called after each commit. */
  readonly onStored: () => void;
}

interface Queued {
  readonly request: AcceptRequest;
  /** One for each event and each part that cannot be read, in their order. */
  readonly keys: Keys;
  readonly binding: Binding | null;
  readonly resolve: (answer: AcceptAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Accepting for one account. */
export interface Accepting {
  /** Keeps a webhook. Rejects if the store fails. */
  accept(request: AcceptRequest): Promise<AcceptAnswer>;
  /** Keeps several. @returns the answers in their order; `null` for one that the store failed to keep */
  acceptAll(requests: readonly AnyRequest[]): Promise<readonly (AcceptAnswer | null)[]>;
}

/** Makes `accept` for one account. */
export function createAccept(tools: AcceptTools): Accepting {
  const waiting: Queued[] = [];
  let waitingBytes = 0;
  let isCommitting = false;
  let alone = 0;

  /** Commits group after group until nothing waits. */
  async function commitWaiting(): Promise<void> {
    isCommitting = true;
    while (waiting.length > 0) {
      commitGroup(waiting.splice(0));
      if (alone > 0) {
        alone -= 1;
        continue;
      }
      // One turn of the event loop lets webhooks that have already arrived share the next transaction.
      await new Promise<void>((resume) => setTimeout(resume, 0));
      if (waiting.length === 0) alone = MOST_ALONE;
    }
    isCommitting = false;
  }

  /** Refuses the webhooks of a group that there is no room for. */
  function admit(group: readonly Queued[]): readonly Queued[] {
    const full = new Map<string, ReturnType<typeof refusalFor>>();
    return group.filter(({ request: { source }, resolve }) => {
      if (!full.has(source)) full.set(source, refusalFor(source, tools));
      const reason = full.get(source) ?? null;
      if (reason !== null) resolve({ kind: "refused", reason });
      return reason === null;
    });
  }

  /** If it fails, each webhook is tried alone: one may be the cause, and must not fail the others. */
  function commitGroup(all: readonly Queued[]): void {
    try {
      const group = admit(all);
      if (group.length > 0) finish(group, commit(group, tools));
    } catch (error) {
      if (all.length === 1) all[0]?.reject(error);
      else for (const one of all) commitGroup([one]);
    }
  }

  function finish(group: readonly Queued[], answers: readonly AcceptAnswer[]): void {
    tools.onStored();
    for (const [index, one] of group.entries()) {
      const answer = answers[index];
      if (answer !== undefined) one.resolve(answer);
    }
  }

  /** Waits for its commit. */
  const committed = (one: Omit<Queued, "resolve" | "reject">): Promise<AcceptAnswer> =>
    new Promise((resolve, reject) => waiting.push({ resolve, reject, ...one }));

  async function settled(requests: readonly AcceptRequest[]): Promise<readonly PromiseSettledResult<AcceptAnswer>[]> {
    let bytes = 0;
    try {
      const admitted = requests.map((request) => {
        const size = sizeOf(request);
        if (waitingBytes + size > MOST_WAITING) return null;
        waitingBytes += size;
        bytes += size;
        return queuedOf(request);
      });
      const answers = admitted.map((one) => (one === null ? BUSY : committed(one)));
      if (!isCommitting) void commitWaiting();
      return await Promise.allSettled(answers);
    } finally {
      waitingBytes -= bytes;
    }
  }

  return {
    accept: async (request) => {
      const [result] = await settled([request]);
      if (result?.status === "fulfilled") return result.value;
      throw result?.reason;
    },
    acceptAll: async (requests) =>
      (await settled(requests.map(unflat))).map((result) => (result.status === "fulfilled" ? result.value : null)),
  };
}

function sizeOf({ body, unreadable }: AcceptRequest): number {
  return unreadable.reduce((sum, part) => sum + part.body.byteLength, AROUND + body.byteLength);
}

function queuedOf(request: AcceptRequest): Omit<Queued, "resolve" | "reject"> {
  const { source, events, unreadable, proof } = request;
  const ids = [...events, ...unreadable].map(({ id }) => id);
  return { request, keys: keysOf(source, ids), binding: proof === null ? null : bindingOf(proof) };
}

function bindingOf({ vendor, nonce, bodyHash }: NonNullable<AcceptRequest["proof"]>): Binding {
  const key = bytesOfKeys(keyOf(vendor, nonce));
  return { nonce: encode(new Uint8Array(key), "hex"), body: bodyHash };
}

/** Why a webhook cannot be accepted. Delivered days are dropped first; pending webhooks never are. */
function refusalFor(source: string, { store, inbox, cap, makeRoom }: AcceptTools): "full" | "source_full" | null {
  while (store.exceeds(cap)) if (!makeRoom()) return "full";
  return store.exceeds(cap / 2) && inbox.bytesOf(source) > cap / 2 ? "source_full" : null;
}

function commit(group: readonly Queued[], { store, inbox, dedupe, nonces, now }: AcceptTools): readonly AcceptAnswer[] {
  const at = now();
  const answers = store.transaction(() => {
    const bodies = nonces.bind(
      group.flatMap(({ binding }) => (binding === null ? [] : [binding])),
      at,
    );
    const isReplayed = ({ binding }: Queued): boolean => binding !== null && bodies.get(binding.nonce) !== binding.body;
    const areNew = newKeys(dedupe, joinedKeys(group.map((one) => (isReplayed(one) ? NO_KEYS : one.keys))));
    let judged = 0;
    const entries: NewEntry[] = [];
    // Webhooks without a kept event leave only a tally: one row for each source, not for each webhook.
    const tallies = new Map<string, NewEntry>();
    const stored = group.map((one): AcceptAnswer => {
      if (isReplayed(one)) return { kind: "refused", reason: "replayed" };
      const { request } = one;
      const isNew = areNew.slice(judged, judged + countOfKeys(one.keys));
      judged += isNew.length;
      const events = request.events.filter((_, index) => isNew[index]);
      const unreadable = request.unreadable.filter((_, index) => isNew[request.events.length + index]);
      const keys = chosenKeys(one.keys, isNew);
      const accepted = events.length + unreadable.length;
      const duplicate = isNew.length - accepted;
      const skipped = skippedIn(request, isNew);
      if (accepted > 0) entries.push(...entriesOf(request, { events, unreadable, keys, duplicate, skipped, at }));
      else if (duplicate > 0 || Object.keys(request.ignored).length > 0)
        tallies.set(request.source, tallyOf(request, { duplicate, skipped, at }, tallies.get(request.source)));
      return { kind: "stored", accepted, duplicate };
    });
    const seqs = inbox.append([...entries, ...tallies.values()], at);
    dedupe.keep(
      entries.map(({ keys }, index) => ({ keys, seq: seqs[index] ?? 0 })),
      at,
    );
    return stored;
  });
  return answers;
}
