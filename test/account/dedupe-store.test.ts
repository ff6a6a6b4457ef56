/**
 * The dedupe store over real storage, against a model that is a Map, with blocks of few keys: whatever was added, moved, rolled back or deleted,
 * and whenever the object slept.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DedupeStore, openDedupeStore, type Sizes } from "../../src/account/inbox/dedupe-store.ts";
import { type Inbox, openInbox } from "../../src/account/inbox/inbox.ts";
import { joinedKeys, type Keys } from "../../src/account/inbox/key-entries.ts";
import { RETENTION } from "../../src/account/state/retention.ts";
import type { Store } from "../../src/account/state/store.ts";
import { readTables } from "../../src/account/state/tables.ts";
import type { InboxWebhook, NewWebhook } from "../../src/translate/inbox.ts";
import { runsOf } from "../support/share.ts";
import { inObject, START } from "./support.ts";

const DAY = 86_400_000;
const SOURCES = ["shop", "mail"] as const;
/** Memory holds the filters of some blocks only: the smallest has 32 bytes. */
const SMALL: Sizes = { webhooks: 3, recent: 8, merged: [32, 16], filters: 100 };

/** Keys as a hash gives them: evenly spread, by a seed of their own. */
function keyAt(index: number): Keys {
  const words = new Uint32Array(4);
  let state = (index + 1) * 0x9e3779b9;
  for (let word = 0; word < 4; word += 1) {
    state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35) + word;
    words[word] = state ^ (state >>> 16);
  }
  return words;
}

/** So many keys from this one on. */
function keysFrom(first: number, count: number): Keys {
  return joinedKeys(Array.from({ length: count }, (_, index) => keyAt(first + index)));
}

const webhookIn = (source: string, now: number): NewWebhook => ({
  ...{ source, receivedAt: now, format: "json", headers: {}, query: {}, nonce: null, replayedAt: null },
  ...{ events: [], duplicates: 0, ignored: {}, body: new Uint8Array([123, 125]) },
});

interface Opened {
  readonly inbox: Inbox;
  readonly dedupe: DedupeStore;
}

function open(store: Store, finished: number, now: () => number, sizes?: Sizes): Opened {
  const known = readTables(store);
  const inbox = openInbox({ store, known, finished, onRemoval: (seq) => dedupe.release(seq, now()) });
  const tools = { store, retention: RETENTION, known, rows: inbox.keys };
  const dedupe = openDedupeStore(sizes === undefined ? tools : { ...tools, sizes });
  return { inbox, dedupe };
}

/** Appends a webhook with these keys, as accepting does. @returns its sequence number */
function keep(store: Store, { inbox, dedupe }: Opened, source: string, keys: Keys, now: number): number {
  return store.transaction(() => {
    const [seq = 0] = inbox.append([{ ...webhookIn(source, now), keys }], now);
    dedupe.keep([{ keys, seq }], now);
    return seq;
  });
}

class Undone extends Error {}

function undone(store: Store, work: () => void): void {
  expect(() =>
    store.transaction(() => {
      work();
      throw new Undone();
    }),
  ).toThrow(Undone);
}

const POOL = 90;
const keyIndexes = fc.uniqueArray(fc.nat(POOL - 1), { minLength: 0, maxLength: 7 });
const source = fc.constantFrom(...SOURCES);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("keep" as const), source, keys: keyIndexes, fails: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wake" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("drop" as const),
      at: fc.nat(),
      times: fc.integer({ min: 1, max: 3 }),
      fails: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), days: fc.constantFrom(-0.5, 0.5, 1, 6, 8, 15) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("retire" as const), fails: fc.boolean() }) },
);

describe("the dedupe store", () => {
  test("knows what a Map knows, for a retention at least, with the newest place", async () => {
    const history = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      await inObject(async ({ store }) => {
        let now = START;
        let last = 0;
        let opened = open(store, 0, () => now, SMALL);
        const model = new Map<number, { seq: number; at: number }>();
        const stored: { source: string; seq: number }[] = [];
        const check = (): void => {
          const judge = (index: number, found: number | null | undefined): void => {
            const expected = model.get(index);
            if (expected === undefined) expect(found).toBeUndefined();
            else if (now - expected.at < RETENTION) expect(found).toBe(expected.seq);
            else if (found !== undefined) expect(found).toBe(expected.seq);
          };
          const known = opened.dedupe.known(keysFrom(0, POOL));
          for (let index = 0; index < POOL; index += 1) judge(index, known.get(index));
          // One that wakes looks for few keys in the rows of webhooks.
          const few = [0, 31, 62].map((more) => (7 * last + more) % POOL);
          const told = open(store, last, () => now, SMALL).dedupe.known(joinedKeys(few.map(keyAt)));
          for (const [number, index] of few.entries()) judge(index, told.get(number));
        };
        for (const one of steps) {
          if (one.kind === "keep") {
            const keys = joinedKeys(one.keys.map(keyAt));
            if (one.fails) undone(store, () => keep(store, opened, one.source, keys, now));
            else {
              const seq = keep(store, opened, one.source, keys, now);
              last = Math.max(last, seq);
              stored.push({ source: one.source, seq });
              for (const index of one.keys) model.set(index, { seq, at: now });
            }
          } else if (one.kind === "wake") opened = open(store, last, () => now, SMALL);
          else if (one.kind === "drop") {
            const chosen = Array.from({ length: one.times }, (_, index) => stored[(one.at + index) % (stored.length || 1)]);
            const dropAll = (): void => {
              for (const webhook of chosen)
                if (webhook !== undefined)
                  opened.inbox.drop({ ...found(opened.inbox, webhook), ...webhook, lastSeq: webhook.seq });
            };
            if (one.fails) undone(store, dropAll);
            else store.transaction(dropAll);
          } else if (one.kind === "wait") now += one.days * DAY;
          else {
            const retire = (): void => {
              opened.inbox.retire(new Map(SOURCES.map((name) => [name, { seq: last, events: 0 }])), now - RETENTION);
              opened.dedupe.retire(now);
            };
            if (one.fails) undone(store, retire);
            else store.transaction(retire);
          }
          check();
        }
        // Nothing is kept for ever.
        for (let times = 0; times < 3; times += 1) {
          now += RETENTION * 2;
          store.transaction(() => {
            opened.inbox.retire(new Map(SOURCES.map((name) => [name, { seq: last, events: 0 }])), now - RETENTION);
            opened.dedupe.retire(now);
          });
        }
        expect(opened.dedupe.known(joinedKeys([...model.keys()].map(keyAt))).size).toBe(0);
        expect(readTables(store).size).toBeLessThan(30);
      });
    });
    await fc.assert(history, { numRuns: runsOf(300) });
  });

  test("costs few rows beside those of the webhooks, and knows each of many keys", async () => {
    await inObject(async ({ store, rows }) => {
      const opened = open(store, 0, () => START);
      const count = 40_000;
      const before = rows();
      const webhooks = count / 100;
      for (let from = 0; from < count; from += 100) keep(store, opened, "mail", keysFrom(from, 100), START);
      // Three tables are made, a billed row or two each.
      expect(rows() - before - webhooks).toBeLessThan(0.04 * count);
      const awake = open(store, webhooks, () => START);
      for (const one of [opened, awake]) {
        for (let from = 0; from < count; from += 5_000) {
          const known = one.dedupe.known(keysFrom(from, 5_000));
          expect(known.size).toBe(5_000);
          expect(known.get(4_321)).toBe(Math.floor((from + 4_321) / 100) + 1);
        }
        expect(one.dedupe.known(keysFrom(count, 5_000)).size).toBe(0);
      }
    });
  });

  test("forgets the keys of webhooks that wait for weeks, and reads no more of them when it wakes", async () => {
    await inObject(async ({ store, rowsRead }) => {
      const opened = open(store, 0, () => START);
      for (let from = 0; from < 2_000; from += 1) keep(store, opened, "shop", keyAt(from), START);
      const later = START + 3 * RETENTION;
      store.transaction(() => opened.dedupe.retire(later));
      const awake = open(store, 0, () => later);
      const before = rowsRead();
      expect(awake.dedupe.known(joinedKeys([keyAt(0), keyAt(1_234)])).size).toBe(0);
      expect(rowsRead() - before).toBeLessThan(100);
    });
  });

  test("has few blocks, however often webhooks are deleted", async () => {
    await inObject(async ({ store, rows, rowsRead }) => {
      const opened = open(store, 0, () => START);
      const count = 600;
      const before = rows();
      for (let index = 0; index < count; index += 1) {
        const seq = keep(store, opened, "shop", keyAt(index), START);
        store.transaction(() => opened.inbox.drop(found(opened.inbox, { source: "shop", seq })));
      }
      expect(rows() - before).toBeLessThan(10 * count);
      const awake = open(store, count, () => START);
      const read = rowsRead();
      expect(awake.dedupe.known(joinedKeys([keyAt(0), keyAt(count - 1), keyAt(count)])).size).toBe(2);
      expect(rowsRead() - read).toBeLessThan(20);
    });
  });

  test("reads the keys of a table behind one that an earlier release made meanwhile", async () => {
    await inObject(async ({ store }) => {
      const opened = open(store, 0, () => START);
      keep(store, opened, "shop", keyAt(0), START);
      const day = Math.floor(START / DAY);
      store.run(
        `CREATE TABLE "log_${day + 1}_shop" (seq INTEGER PRIMARY KEY, events INTEGER, ignored INTEGER, duplicates INTEGER, envelope TEXT, body BLOB)`,
      );
      store.run(`INSERT INTO "log_${day + 1}_shop" (seq, events, body) VALUES (2, 1, ?)`, new ArrayBuffer(2));
      for (const later of [START + DAY, START + 2 * DAY]) {
        const awake = open(store, 0, () => later);
        expect(awake.dedupe.known(keyAt(0)).get(0)).toBe(1);
        keep(store, awake, "shop", keyAt(later), later);
        expect(open(store, 0, () => later).dedupe.known(joinedKeys([keyAt(0), keyAt(later)])).size).toBe(2);
      }
    });
  });

  test("holds the filters that memory has room for, and looks into the other blocks", async () => {
    await inObject(async ({ store, rowsRead }) => {
      const count = 40_000;
      const sizes = { webhooks: 256, recent: 256, merged: [4_096] };
      const opened = open(store, 0, () => START, { ...sizes, filters: 0 });
      for (let from = 0; from < count; from += 100) keep(store, opened, "mail", keysFrom(from, 100), START);
      const readWith = (filters: number): number => {
        const awake = open(store, count / 100, () => START, { ...sizes, filters });
        for (let from = 0; from < count; from += 4_000) expect(awake.dedupe.known(keysFrom(from, 100)).size).toBe(100);
        const before = rowsRead();
        for (let index = 0; index < 100; index += 1) awake.dedupe.known(keyAt(count + index));
        return (rowsRead() - before) / 100;
      };
      const none = readWith(0);
      const some = readWith(count);
      expect(none).toBeGreaterThanOrEqual(9);
      expect(some).toBeGreaterThanOrEqual(5);
      expect(some).toBeLessThan(0.6 * none);
      expect(readWith(3 * count)).toBeLessThan(0.5);
    });
  });

  test("goes on where somebody chose ids whose keys begin alike", async () => {
    await inObject(async ({ store }) => {
      const opened = open(store, 0, () => START);
      const count = 100_000;
      const words = new Uint32Array(4 * count);
      for (let index = 0; index < count; index += 1) words.set([7, index, index * 3, index * 5], 4 * index);
      // Keys move when the next webhook comes.
      let last = 0;
      for (const some of [words, keyAt(0), keyAt(1)]) {
        store.transaction(() =>
          opened.dedupe.keep(
            Array.from({ length: some.length / 4 }, (_, index) => ({
              keys: some.slice(4 * index, 4 * index + 4),
              seq: last + index + 1,
            })),
            START,
          ),
        );
        last += some.length / 4;
      }
      const chosen = [0, 1, 49_999, 50_000, count - 1];
      const known = opened.dedupe.known(joinedKeys(chosen.map((index) => words.subarray(4 * index, 4 * index + 4))));
      expect([...known.values()]).toEqual(chosen.map((index) => index + 1));
      const awake = open(store, count, () => START);
      expect(awake.dedupe.known(joinedKeys([words.subarray(0, 80), keyAt(5)])).size).toBe(20);
    });
  });

  test("reads few rows for a key that is new, however many are known", async () => {
    await inObject(async ({ store, rowsRead }) => {
      const opened = open(store, 0, () => START);
      const readFor = (key: Keys): number => {
        const before = rowsRead();
        opened.dedupe.known(key);
        return rowsRead() - before;
      };
      for (let from = 0; from < 40_000; from += 100) {
        keep(store, opened, "mail", keysFrom(from, 100), START);
        if (from === 20_000) expect(readFor(keyAt(-1))).toBeLessThan(20);
      }
      const before = rowsRead();
      for (let index = 0; index < 500; index += 1) opened.dedupe.known(keyAt(50_000 + index));
      // A filter is wrong once in a thousand times.
      expect(rowsRead() - before).toBeLessThan(50);
    });
  });
});

/** The webhook, or one in its place: whether it is kept, `drop` does not ask. */
function found(inbox: Inbox, { source: name, seq }: { source: string; seq: number }): InboxWebhook {
  return inbox.find(name, seq) ?? { ...webhookIn(name, START), seq, lastSeq: seq };
}
