/**
 * A store that an earlier release wrote: half a webhook delivered, two sources under suspicion, an event that waits, an anonymous person with
 * kept traits, an opt-out, a dead letter, an erasure that Customer.io was not told of yet.
 */

import { expect, test } from "vitest";
import * as z from "zod";
import { replay } from "../../src/account/dead-letters/replay.ts";
import { MIGRATIONS } from "../../src/account/state/migrations.ts";
import type { SqlValue, Store } from "../../src/account/state/store.ts";
import { decode } from "../../src/contract/verify/encoding.ts";
import written from "./stores/schema-2.json" with { type: "json" };
import { type Item, inObject, type Parts, webhookOf } from "./support.ts";

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
    // Bob's traits are what they were; Cleo's were kept for this day.
    await parts.accept(webhookOf([of("h1", "joined", "bob"), of("h2", "joined", "cleo")], { now: parts.now }));
    await parts.drain();
    expect(parts.taken.map(({ type, properties }) => properties?.item ?? type)).toEqual(["identify", "h1", "identify", "h2"]);
    parts.tools.erasures.start({ email: "ada@example.com", customerio: "none", compact: false }, parts.now);
    while (parts.tools.erasures.isOpen()) await parts.tools.erasures.run(parts.tools, parts.account, parts.now + 1);
    expect(parts.store.run("SELECT subject FROM people_note WHERE subject LIKE '%ada%'")).toEqual([]);
  });
});

test("its dead letters can be replayed", async () => {
  await inUpgraded(async (parts) => {
    await parts.drain();
    expect(replay(parts.tools, { reason: "schema" }, parts.now)).toBe(1);
    await parts.drain();
    expect(parts.tools.dead.find({}, 0, 10).map(({ id, reason }) => `${id} ${reason}`)).toEqual(["d2 refused", "b3 schema"]);
  });
});
