/**
 * A large log: what a page of the console reads may not grow with what is kept. Counted in rows and bytes: how long it takes depends on the
 * machine. The browser suite opens the pages of 10^5 events.
 */
import { expect, test } from "vitest";
import type { OperationInput, OperationName } from "../../src/account/operations.ts";
import { IS_WHOLE } from "../support/share.ts";
import { operate } from "./operations.ts";
import { type Item, inObject, type Parts, START, webhookOf } from "./support.ts";

/** What each page asks for. */
type Question = { readonly [Name in OperationName]: readonly [name: Name, input: OperationInput<Name>] }[OperationName];

/** Webhooks that come together. */
const TOGETHER = 250;

/** How large the smaller and the larger log are, and how many rows more a page may read of the larger one: a search by halves takes a few steps more. */
const { FEW, MANY, MORE } = IS_WHOLE ? { FEW: 1_500, MANY: 12_000, MORE: 150 } : { FEW: 500, MANY: 4_000, MORE: 60 };

/** Keeps this many webhooks of one event: of five hundred people, and thirty of them dead letters. */
async function fill(parts: Parts, count: number): Promise<void> {
  for (let first = 0; first < count; first += TOGETHER) {
    const itemOf = (number: number): Item => ({
      id: `e${number}`,
      type: number % 7 === 0 && number < 210 ? "broken" : number % 10 === 0 ? "joined" : "happened",
      who: `p${number % 500}`,
    });
    parts.now = START + first * 10;
    await parts.accept(
      ...Array.from({ length: Math.min(TOGETHER, count - first) }, (_, index) =>
        webhookOf([itemOf(first + index)], { now: parts.now, source: index % 2 === 0 ? "bulk" : "second" }),
      ),
    );
    await parts.drain();
  }
}

const questions = (count: number): Readonly<Record<string, Question>> => {
  const middle = `e${Math.floor(count / 2) + 3}`;
  return {
    overview: ["health", {}],
    sources: ["sources", {}],
    events: ["events.list", {}],
    "events of a source": ["events.list", { source: "second" }],
    "events of a state": ["events.list", { state: "dead" }],
    "events that wait": ["events.list", { state: "waiting_for_order" }],
    "events since a time": ["events.list", { from: String(START + count * 5) }],
    "an event by its id": ["events.list", { id: middle }],
    "events of a person": ["events.list", { person: "p7@example.com" }],
    "one event": ["events.show", { source: "second", id: middle }],
    "the oldest event": ["events.show", { source: "second", id: "e1" }],
    "dead letters": ["dead.list", {}],
    "a person": ["people.explain", { name: "p7@example.com" }],
    conflicts: ["conflicts.list", {}],
  };
};

/** Rows that each page reads of a log of this many webhooks, the second time: what the first look warms is part of the object. */
async function readsOf(count: number): Promise<ReadonlyMap<string, number>> {
  const reads = new Map<string, number>();
  await inObject(async (parts) => {
    await fill(parts, count);
    for (const [page, [name, input]] of Object.entries(questions(count))) {
      await operate(parts, name, input);
      const before = parts.rowsRead();
      await operate(parts, name, input);
      reads.set(page, parts.rowsRead() - before);
    }
  });
  return reads;
}

test("a page reads as much of a large log as of a small one", { timeout: 300_000 }, async () => {
  const few = await readsOf(FEW);
  const many = await readsOf(MANY);
  const grown = [...many].map(([page, rows]): [string, number] => [page, rows - (few.get(page) ?? 0)]);
  // Nothing takes a step for each of the webhooks.
  expect(grown.filter(([, rows]) => rows > MORE)).toEqual([]);
});

/** Webhooks of a vendor that sends many events together, and events in each. */
const WIDE = IS_WHOLE ? 200 : 80;
const IN_ONE = 100;

const wide: Readonly<Record<string, Question>> = {
  overview: ["health", {}],
  sources: ["sources", {}],
  minutes: ["minutes", {}],
  events: ["events.list", {}],
  "events of a source": ["events.list", { source: "bulk" }],
  "events of a type": ["events.list", { type: "happened" }],
  "events of a state": ["events.list", { state: "delivered" }],
  "events that were ignored": ["events.list", { state: "ignored" }],
  "dead letters as events": ["events.list", { state: "dead" }],
  "events of a person": ["events.list", { person: "p10@example.com" }],
  "a text that every webhook holds": ["events.list", { text: "happened" }],
  "a text that one event holds": ["events.list", { text: "e777" }],
  "one event": ["events.show", { source: "bulk", id: "e1234" }],
  "dead letters": ["dead.list", {}],
  "what was told": ["told", {}],
};

/** Rows that SQLite reads for each page, and bytes that it hands over. */
async function costsOfWide(): Promise<ReadonlyMap<string, { readonly rows: number; readonly bytes: number }>> {
  const costs = new Map<string, { rows: number; bytes: number }>();
  await inObject(async (parts) => {
    let bytes = 0;
    const { run } = parts.store;
    Object.assign(parts.store, {
      run: (...[statement, ...values]: Parameters<typeof run>) => {
        const found = run(statement, ...values);
        for (const value of found.flatMap((row) => Object.values(row)))
          bytes += typeof value === "string" ? value.length : value instanceof ArrayBuffer ? value.byteLength : 8;
        return found;
      },
    });
    const itemOf = (number: number): Item => ({
      id: `e${number}`,
      type: number % 50 === 0 ? "broken" : number % 10 === 0 ? "joined" : "happened",
      who: `p${number % 500}`,
    });
    for (let webhook = 0; webhook < WIDE; webhook += 1) {
      parts.now = START + webhook * 100;
      await parts.accept(
        webhookOf(
          Array.from({ length: IN_ONE }, (_, place) => itemOf(webhook * IN_ONE + place)),
          { now: parts.now },
        ),
      );
      if (webhook % 8 === 7) await parts.drain();
    }
    for (const [page, [name, input]] of Object.entries(wide)) {
      await operate(parts, name, input);
      const before = { rows: parts.rowsRead(), bytes };
      await operate(parts, name, input);
      costs.set(page, { rows: parts.rowsRead() - before.rows, bytes: bytes - before.bytes });
    }
  });
  return costs;
}

test("of webhooks with many events a page reads about as much as it shows", { timeout: 300_000 }, async () => {
  const costs = await costsOfWide();
  // A page of events reads the webhooks that it shows, and the index of the batches that they left in. For each of those SQLite compares the
  // names of a person, and counts them as rows.
  const [most, mostOfPerson] = IS_WHOLE ? [2_500, 12_000] : [1_200, 2_500];
  const isMuch = (page: string, rows: number, bytes: number): boolean =>
    page === "events of a person" ? rows > mostOfPerson || bytes > 3_000_000 : rows > most || bytes > 2_000_000;
  expect([...costs].filter(([page, { rows, bytes }]) => isMuch(page, rows, bytes))).toEqual([]);
});
