/**
 * A large log: what a page of the console reads may not grow with what is kept. Counted in rows: how long it takes depends on the machine. The
 * browser suite opens the pages of 10^5 events.
 */
import { expect, test } from "vitest";
import type { OperationInput, OperationName } from "../../src/account/operations.ts";
import { operate } from "./operations.ts";
import { type Item, inObject, type Parts, START, webhookOf } from "./support.ts";

/** What each page asks for. */
type Question = { readonly [Name in OperationName]: readonly [name: Name, input: OperationInput<Name>] }[OperationName];

/** Webhooks that come together. */
const TOGETHER = 250;

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
  const few = await readsOf(1_500);
  const many = await readsOf(12_000);
  const grown = [...many].map(([page, rows]): [string, number] => [page, rows - (few.get(page) ?? 0)]);
  // A search by halves takes a few steps more. Nothing takes one for each of the webhooks.
  expect(grown.filter(([, rows]) => rows > 150)).toEqual([]);
});
