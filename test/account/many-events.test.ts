/**
 * One webhook of thousands of events: what is done for each of them must not be done to the whole webhook.
 */
import { describe, expect, test } from "vitest";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { bulk, type Item, inObject, type Parts, webhookOf } from "./support.ts";

const MINUTE = 60_000;

/** How often the whole webhook was fetched from the log, and read by the adapter, until all of its events had ended. */
async function costOf(count: number, itemOf: (index: number) => Item, hold: number): Promise<{ fetched: number; read: number }> {
  const cost = { fetched: 0, read: 0 };
  await inObject(async (parts: Parts) => {
    const { run } = parts.store;
    Object.assign(parts.store, {
      run: (...[statement, ...values]: Parameters<typeof run>) => {
        if (/SELECT [^;]*\bbody\b[^;]* FROM "log_/.test(statement)) cost.fetched += 1;
        return run(statement, ...values);
      },
    });
    const source = sourceOf(bulk);
    const { read } = source.configured;
    const configured = {
      ...source.configured,
      read: (...given: Parameters<typeof read>) => {
        cost.read += 1;
        return read(...given);
      },
    };
    parts.account = accountOf([{ ...source, configured }]);
    parts.hold = hold;
    await parts.accept(webhookOf(Array.from({ length: count }, (_, index) => itemOf(index))));
    await parts.drain();
    const { received, delivered, dead, pending } = parts.balances().bulk ?? {};
    expect([received, (delivered ?? 0) + (dead ?? 0), pending]).toEqual([count, count, 0]);
  });
  return cost;
}

const kinds: readonly (readonly [string, (index: number) => Item, number])[] = [
  ["delivered", (index) => ({ id: `e${index}`, type: "happened" }), 0],
  ["dead letters", (index) => ({ id: `e${index}`, type: "broken" }), 0],
  ["waiting for their people, until time is up", (index) => ({ id: `e${index}`, type: "happened" }), MINUTE],
  [
    "waiting for their people, who become known",
    (index) => ({ id: `e${index}`, type: index % 2 === 0 ? "happened" : "joined", who: `p${index - (index % 2)}` }),
    MINUTE,
  ],
];

describe("the whole webhook is looked at as often for many events as for few", () => {
  test.each(kinds)("%s", { timeout: 60_000 }, async (_, itemOf, hold) => {
    const few = await costOf(20, itemOf, hold);
    const many = await costOf(2_000, itemOf, hold);
    // A delivery of several batches looks again at each, and not at each event.
    expect(many.fetched).toBeLessThanOrEqual(few.fetched + 20);
    expect(many.read).toBeLessThanOrEqual(few.read + 20);
  });
});
