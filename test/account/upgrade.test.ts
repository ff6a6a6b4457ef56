/**
 * A store that an earlier release wrote: half a webhook delivered, two sources under suspicion, an event that waits, an anonymous person with
 * kept traits, an opt-out, a dead letter, an erasure that Customer.io was not told of yet.
 */

import { describe, expect, test } from "vitest";
import * as z from "zod";
import { replay } from "../../src/account/dead-letters/replay.ts";
import { MIGRATIONS } from "../../src/account/state/migrations.ts";
import type { SqlValue, Store } from "../../src/account/state/store.ts";
import { decode } from "../../src/contract/verify/encoding.ts";
import { openBook } from "../../src/identity/book.ts";
import { holderOf } from "../../src/identity/owner.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import written from "./stores/schema-2.json" with { type: "json" };
import { bulk, type Item, inObject, type Parts, webhookOf } from "./support.ts";

const DAY = 86_400_000;

/** The generation of references of that time. */
const REFERENCES = `book_reference_${Math.floor(Date.UTC(2026, 10, 23) / (50 * DAY))}`;

const call = z.looseObject({
  type: z.string(),
  userId: z.string().optional(),
  anonymousId: z.string().optional(),
  traits: z.record(z.string(), z.unknown()).optional(),
});
const batch = z.object({ batch: z.array(call) });
type Call = z.output<typeof call>;

const blob = z.object({ base64: z.string() });
const stored = z.object({
  now: z.number(),
  tables: z.array(
    z.object({ name: z.string(), sql: z.string(), rows: z.array(z.array(z.union([z.string(), z.number(), z.null(), blob]))) }),
  ),
});
const { now, tables } = stored.parse(written);

/** Puts the rows in the place of what a fresh object has. */
function load(store: Store): void {
  for (const { name } of store.run(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
  ))
    store.run(`DROP TABLE "${name}"`);
  for (const { name, sql, rows } of tables) {
    store.run(sql);
    for (const row of rows) {
      const values = row.map((value): SqlValue => {
        if (value === null || typeof value !== "object") return value;
        return new Uint8Array(decode(value.base64, "base64") ?? []).buffer;
      });
      store.run(`INSERT INTO "${name}" VALUES (${values.map(() => "?").join()})`, ...values);
    }
  }
}

async function inUpgraded(work: (parts: Parts, bodies: string[]) => Promise<void>): Promise<void> {
  await inObject(async (fresh, reopen) => {
    load(fresh.store);
    const parts = reopen();
    parts.now = now;
    parts.hold = 60_000;
    const bodies: string[] = [];
    parts.answer = (body) => {
      bodies.push(body);
      return body.includes('"d2"') ? 400 : 200;
    };
    await work(parts, bodies);
  });
}

const of = (id: string, type: string, who: string): Item => ({ id, type, who });

test("goes on where it was: nothing is lost, repeated or out of order", async () => {
  await inUpgraded(async (parts, bodies) => {
    expect(parts.store.run("SELECT schema FROM meta")).toEqual([{ schema: MIGRATIONS.length }]);
    expect(parts.balances().bulk).toMatchObject({ received: 15, delivered: 5, ignored: 4, duplicate: 1, dead: 1, pending: 4 });
    expect(parts.balances().second).toMatchObject({ received: 5, delivered: 2, pending: 3 });
    await parts.drain();
    const taken = (source: string) => parts.taken.filter((call) => call.source === source).map((call) => call.properties?.item);
    expect(taken("bulk")).toEqual(["d1", "d3", "e1"]);
    // Two wait for their people.
    expect(taken("second")).toEqual(["f2", "f1", "g1"]);
    expect(parts.balances().bulk).toMatchObject({ received: 15, delivered: 8, dead: 2, pending: 0 });
    expect(parts.balances().second).toMatchObject({ received: 5, delivered: 5, pending: 0 });
    expect(bodies.join("")).toContain('"User Deleted"');
    expect(parts.tools.erasures.status()).toMatchObject([{ phase: "done", owed: 0, refused: 0 }]);
    expect(await parts.accept(webhookOf([of("e1", "happened", "bob")]))).toEqual([{ kind: "stored", accepted: 0, duplicate: 1 }]);
  });
});

test("what was noted of people holds, and stands in columns", async () => {
  await inUpgraded(async (parts) => {
    expect(parts.store.run("SELECT * FROM note")).toEqual([]);
    expect(parts.store.run("SELECT kind, scope, subject FROM people_note ORDER BY kind, subject")).toEqual([
      { kind: "applied", scope: "bulk", subject: "bulk:customer:ada" },
      { kind: "applied", scope: "bulk", subject: "bulk:customer:bob" },
      { kind: "lookup", scope: "", subject: "bulk:customer:cleo" },
      { kind: "optout", scope: "email", subject: "ada@example.com" },
      { kind: "stranger", scope: "", subject: "bulk:customer:cleo" },
    ]);
    await parts.drain();
    parts.taken.length = 0;
    // Cleo's traits were kept for this day: they go ahead of all else. Bob's are told once more, since no profile was kept of what was said.
    await parts.accept(webhookOf([of("h1", "joined", "bob"), of("h2", "joined", "cleo")], { now: parts.now }));
    await parts.drain();
    expect(parts.taken.map(({ type, properties }) => properties?.item ?? type)).toEqual(["identify", "identify", "h1", "h2"]);
    parts.tools.erasures.start({ email: "ada@example.com", customerio: "none", compact: false }, parts.now);
    while (parts.tools.erasures.isOpen()) await parts.tools.erasures.run(parts.tools, parts.account, parts.now + 1);
    expect(parts.store.run("SELECT subject FROM people_note WHERE subject LIKE '%ada%'")).toEqual([]);
  });
});

describe("the book of an earlier release", () => {
  const seen = (value: string) => ({ trust: "verified", seen: [[value, now - DAY]] });
  /** Rows as that release wrote them, besides those of the store. */
  const rows: readonly (readonly [table: string, key: string, value: unknown])[] = [
    ["book_person", "bulk:customer:eve", { user: seen("u_1"), email: seen("eve@example.com") }],
    ["book_person", ":user:u_1", { email: seen("eve@example.com") }],
    ["book_address", "eve@example.com", { since: now - DAY, userId: "u_1", isShared: false }],
    ["book_address", "shared@example.com", { since: now - DAY, isShared: true }],
    ["book_address", "decided@example.com", { since: now - DAY, userId: "u_1", isShared: false, decidedAt: now - DAY }],
    [REFERENCES, "bulk:order:o1", { person: seen("bulk:customer:eve") }],
  ];

  async function inBook(work: (parts: Parts, sent: () => readonly Call[][]) => Promise<void>): Promise<void> {
    await inObject(async (fresh, reopen) => {
      load(fresh.store);
      for (const [table, key, value] of rows) {
        fresh.store.run(`CREATE TABLE IF NOT EXISTS ${table} (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`);
        fresh.store.run(`INSERT INTO ${table} VALUES (?, ?)`, key, JSON.stringify(value));
      }
      const parts = reopen();
      parts.now = now;
      parts.account = accountOf(
        ["bulk", "second"].map((name) => {
          const source = sourceOf(bulk, { name });
          return { ...source, options: { ...source.options, userIdFrom: ["user"] } };
        }),
      );
      await parts.drain();
      const bodies: string[] = [];
      parts.answer = (body) => bodies.push(body) && 200;
      await work(parts, () => bodies.map((body) => batch.parse(JSON.parse(body)).batch));
    });
  }

  const told = async (parts: Parts, ...items: readonly Item[]): Promise<void> => {
    await parts.accept(webhookOf(items, { now: parts.now }));
    await parts.drain();
  };

  test("leads where it led: ids, references, users, and operators' decisions", async () => {
    await inBook(async (parts, sent) => {
      await told(parts, of("1", "happened", "ada"), of("2", "happened", "eve"), of("3", "returned", "o1"));
      expect(
        sent()
          .flat()
          .map(({ userId }) => userId),
      ).toEqual(["ada@example.com", "u_1", "u_1"]);
      const book = openBook((keys) => parts.tools.book.read(keys, parts.now));
      expect(["eve@example.com", "shared@example.com", "decided@example.com"].map((address) => holderOf(address, book))).toEqual([
        { kind: "user", userId: "u_1" },
        { kind: "shared", userIds: [] },
        { kind: "user", userId: "u_1" },
      ]);
    });
  });

  test("knows that an address has left: the user id that it gets is told with it, ahead of all else", async () => {
    await inBook(async (parts, sent) => {
      await told(parts, { ...of("1", "joined", "ada"), user: "u_7" }, of("2", "joined", "bob"));
      const [first, second] = sent();
      expect(first).toMatchObject([{ type: "identify", userId: "u_7", traits: { email: "ada@example.com" } }]);
      expect(second?.map(({ userId }) => userId)).toEqual(["u_7", "bob@example.com", "bob@example.com"]);
      expect(parts.tools.conflicts.list(["open"], 0, 10)).toEqual([]);
    });
  });

  test("knows users by their addresses: nothing of them is told twice, and nobody stands apart", async () => {
    await inBook(async (parts, sent) => {
      await told(parts, { ...of("1", "joined", "eve"), user: "u_1" });
      expect(
        sent()
          .flat()
          .map(({ type, userId, traits }) => [type, userId, Object.keys(traits ?? {}).sort()]),
      ).toEqual([
        ["identify", "u_1", ["bulk_id", "bulk_plan"]],
        ["track", "u_1", []],
      ]);
      expect(parts.tools.conflicts.list(["open"], 0, 10)).toEqual([]);
    });
  });

  test("keeps opt-outs, and traits that waited for a person", async () => {
    await inBook(async (parts, sent) => {
      await told(parts, of("1", "joined", "ada"), { ...of("2", "joined", "cleo"), user: "u_8" });
      expect(sent()[0]).toMatchObject([
        { userId: "u_8", anonymousId: "bulk:customer:cleo", traits: { bulk_mood: "good", email: "cleo@example.com" } },
      ]);
      const { profiles } = parts.tools.book.page("profiles", "", 100);
      expect(profiles.get(":email:ada@example.com")).toMatchObject({
        left: true,
        optOuts: { email: { at: Date.parse("2026-11-23T10:00:00.000Z"), acts: true } },
      });
      expect(profiles.has("bulk:customer:cleo")).toBe(false);
      // Notes that became profiles count no longer.
      expect(parts.store.run("SELECT subject FROM people_note WHERE kind IN ('stranger', 'optout')")).toEqual([]);
    });
  });

  test("forgets a person in its own rows too", async () => {
    await inBook(async (parts) => {
      for (const email of ["eve@example.com", "ada@example.com"])
        parts.tools.erasures.start({ email, customerio: "none", compact: false }, parts.now);
      while (parts.tools.erasures.isOpen()) await parts.tools.erasures.run(parts.tools, parts.account, Number.MAX_SAFE_INTEGER);
      for (const table of ["book_person", "book_address", REFERENCES, "profile", "people_note"])
        expect(JSON.stringify(parts.store.run(`SELECT * FROM ${table}`)), table).not.toMatch(/eve|ada@|u_1|customer:ada|o1/);
    });
  });
});

test("its dead letters can be replayed", async () => {
  await inUpgraded(async (parts) => {
    await parts.drain();
    expect(await replay(parts.tools, { reason: "schema" }, parts.now)).toBe(1);
    await parts.drain();
    expect(parts.tools.dead.find({}, 0, 10).map(({ id, reason }) => `${id} ${reason}`)).toEqual(["d2 refused", "b3 schema"]);
  });
});
