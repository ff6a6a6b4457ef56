/**
 * Events are found in the record of sealed batches wherever they are, and without reading the index of other batches.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { findSealed } from "../../src/account/events/find-sealed.ts";
import { type LogRow, logTables, scan, sinceOf } from "../../src/account/events/log.ts";
import { sealedIn, trailOf } from "../../src/account/events/sealed.ts";
import { tablesIn } from "../../src/account/outbox/outbox.ts";
import type { Store } from "../../src/account/state/store.ts";
import { runsOf } from "../support/share.ts";
import { operate } from "./operations.ts";
import { type Item, inObject, webhookOf } from "./support.ts";

const MIDNIGHT = Date.UTC(2026, 10, 24);

/** One step of an account's life. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("webhook" as const),
      source: fc.constantFrom("bulk", "second"),
      events: fc.integer({ min: 1, max: 60 }),
      types: fc.array(fc.constantFrom("happened", "joined", "empty", "returned"), { minLength: 1, maxLength: 3 }),
      skew: fc.integer({ min: -4_000, max: 4_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), time: fc.constantFrom(10, 1_000, 9_000, 16_000, 3_600_000) }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: "run" as const }) },
);

/** All webhooks of the log. */
function webhooksOf(store: Store): readonly LogRow[] {
  const all = { from: 0, below: Number.MAX_SAFE_INTEGER, limit: 10_000 };
  return scan(store, logTables(store), all, { where: "1 = 1", values: [] }).rows;
}

/** Where each event is, as each row of the outbox says it. */
function readAll(store: Store): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const table of tablesIn(store))
    for (const row of store.run(`SELECT id, sealed_at, trail, events FROM ${table} ORDER BY id`)) {
      for (const { seq, id, as } of trailOf(row).ended) places.set(`${seq}/${id}`, as);
      for (const { batch, event } of sealedIn(row, () => true)) places.set(`${event.seq}/${event.id}`, String(batch));
    }
  return places;
}

function findAll(store: Store, webhooks: readonly LogRow[]): ReadonlyMap<string, string> {
  const wanted = webhooks.map(({ source, seq, envelope }) => ({
    ...{ source, seq, since: sinceOf(envelope), keptAt: envelope.notes.keptAt },
    ids: envelope.events.map(({ id }) => id),
  }));
  const { sealed, ended } = findSealed(store, wanted);
  return new Map([
    ...[...ended.values()].flat().map(({ seq, id, as }) => [`${seq}/${id}`, as] as const),
    ...[...sealed.values()].flat().map(({ batch, event }) => [`${event.seq}/${event.id}`, String(batch)] as const),
  ]);
}

test("every event is found in the batch that it was sealed in, or as it ended", { timeout: 120_000 }, async () => {
  const life = fc.array(step, { minLength: 4, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(life, fc.constantFrom(0, 5_000, 30_000), fc.nat(), async (steps, hold, chosen) => {
      await inObject(async (parts) => {
        parts.now = MIDNIGHT - 30_000;
        parts.hold = hold;
        let count = 0;
        for (const one of steps) {
          if (one.kind === "pass") parts.now += one.time;
          else if (one.kind === "run") await parts.run();
          else {
            const items = Array.from({ length: one.events }, (_, index): Item => {
              count += 1;
              const type = one.types[index % one.types.length] ?? "happened";
              return { id: `e${count}`, type, who: `p${count % 7}`, size: index % 5 === 0 ? 20_000 : 0 };
            });
            await parts.accept(webhookOf(items, { source: one.source, now: parts.now + one.skew }));
          }
        }
        await parts.drain();
        const webhooks = webhooksOf(parts.store);
        const places = readAll(parts.store);
        expect(findAll(parts.store, webhooks)).toEqual(places);
        const only = webhooks.slice(chosen % (webhooks.length + 1)).slice(0, 1);
        // With the merges that its events tell.
        const isOf = (name: string): boolean => only.some(({ seq }) => name.startsWith(`${seq}/`));
        expect(findAll(parts.store, only)).toEqual(new Map([...places].filter(([name]) => isOf(name))));
      });
    }),
    { numRuns: runsOf(40) },
  );
});

test("of a backlog, a page reads the index of those batches alone that its events are in", async () => {
  await inObject(async (parts) => {
    const itemOf = (number: number): Item => ({ id: `e${number}`, type: "joined", who: `p${number % 300}` });
    await parts.accept(...Array.from({ length: 1_500 }, (_, number) => webhookOf([itemOf(number)], { now: parts.now })));
    await parts.drain();
    const batches = readAll(parts.store);
    const indexes: unknown[] = [];
    const { run } = parts.store;
    Object.assign(parts.store, {
      run: (...[statement, ...values]: Parameters<typeof run>) => {
        const found = run(statement, ...values);
        indexes.push(...found.flatMap((row) => ("events" in row && "sealed_at" in row ? [row.id] : [])));
        return found;
      },
    });
    const { events } = await operate(parts, "events.list", {});
    const shown = new Set(events.map(({ batch }) => batch));
    expect(new Set(batches.values()).size).toBeGreaterThan(2);
    expect(indexes.toSorted()).toEqual([...shown].toSorted());
    expect(events.every(({ state }) => state === "delivered")).toBe(true);
  });
});
