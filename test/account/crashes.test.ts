/**
 * The promise under random answers and random crashes: what was acknowledged is delivered or a dead letter, in order, and the ledger balances
 * after every commit.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Answer } from "../../src/pipelines/sender.ts";
import { runsOf } from "../support/share.ts";
import { inObject, type Parts, webhookOf } from "./support.ts";

class Crash extends Error {}

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("accept" as const),
      source: fc.constantFrom("bulk", "second"),
      types: fc.array(fc.constantFrom("happened", "joined", "empty", "broken"), { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("again" as const), index: fc.nat(50) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("flush" as const),
      answers: fc.array(fc.constantFrom(200, 200, 400, 401, 404, 413, 429, 500, 0), { maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("crash" as const),
      at: fc.constantFrom("before" as const, "after" as const, "commit" as const),
      on: fc.integer({ min: 1, max: 5 }),
    }),
  },
);

/** The equation, for each source. */
function expectBalance(parts: Parts): void {
  for (const [source, sums] of Object.entries(parts.balances())) {
    expect(sums.received, source).toBe(
      sums.delivered + sums.pending + sums.ignored + sums.duplicate + sums.dead + sums.discarded,
    );
    for (const count of [sums.delivered, sums.pending, sums.ignored, sums.duplicate, sums.dead])
      expect(count).toBeGreaterThanOrEqual(0);
  }
}

/** Makes the object end at a moment: before a request leaves, after it was taken and before that is written, or inside a transaction. */
function arrange(parts: Parts, at: "before" | "after" | "commit", on: number): void {
  let count = 0;
  const now = (): boolean => {
    count += 1;
    return count === on;
  };
  if (at === "commit") {
    const { transaction } = parts.store;
    Object.assign(parts.store, {
      transaction: (work: () => unknown) =>
        transaction(() => {
          const result = work();
          if (now()) throw new Crash();
          return result;
        }),
    });
    return;
  }
  parts.intercept = async (send: () => Promise<Answer>) => {
    const crashing = now();
    if (crashing && at === "before") throw new Crash();
    const answer = await send();
    if (crashing) throw new Crash();
    return answer;
  };
}

test("nothing acknowledged is lost, and each source's order holds", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.constantFrom(0, 60_000), async (script, hold) => {
      await inObject(async (first, reopen) => {
        let parts = first;
        parts.hold = hold;
        let serial = 0;
        const accepted: { readonly source: string; readonly id: string; readonly type: string }[] = [];
        const sent: Parameters<typeof webhookOf>[] = [];
        const taken: { readonly source: string; readonly item: string }[] = [];
        const survive = async (work: () => Promise<unknown>): Promise<void> => {
          try {
            await work();
          } catch (error) {
            if (!(error instanceof Crash)) throw error;
            const { now } = parts;
            collect();
            parts = reopen();
            parts.now = now;
            parts.hold = hold;
          }
        };
        const collect = (): void => {
          for (const call of parts.taken.splice(0)) {
            if (call.properties?.item !== undefined) taken.push({ source: call.source, item: call.properties.item });
          }
        };
        const accept = async (...webhook: Parameters<typeof webhookOf>): Promise<void> => {
          await survive(async () => {
            const [answer] = await parts.accept(webhookOf(...webhook));
            expect(answer).toMatchObject({ kind: "stored" });
            const source = webhook[1]?.source ?? "bulk";
            for (const { id, type } of webhook[0]) {
              if (!accepted.some((one) => one.source === source && one.id === id)) accepted.push({ source, id, type });
            }
          });
        };

        for (const action of script) {
          if (action.do === "accept") {
            const items = action.types.map((type) => {
              serial += 1;
              return { id: `e${serial}`, type, who: `p${serial % 7}` };
            });
            sent.push([items, { source: action.source }]);
            await accept(items, { source: action.source });
          } else if (action.do === "again") {
            const webhook = sent[action.index % Math.max(1, sent.length)];
            if (webhook) await accept(...webhook);
          } else if (action.do === "flush") {
            const answers = [...action.answers];
            parts.answer = () => answers.shift() ?? 200;
            await survive(async () => {
              const next = await parts.run();
              parts.now = Math.max(parts.now, next ?? 0);
            });
          } else arrange(parts, action.at, action.on);
          expectBalance(parts);
        }

        collect();
        const { now } = parts;
        parts = reopen();
        parts.now = now + 3_600_000;
        parts.hold = hold;
        await parts.drain();
        collect();
        expectBalance(parts);
        const dead = new Set(parts.tools.dead.find({}, 0, 1_000).map(({ source, id }) => `${source}/${id}`));
        for (const { source, id, type } of accepted) {
          const delivered = taken.some((call) => call.source === source && call.item === id);
          const due = type === "happened" || type === "joined";
          if (due) expect(delivered || dead.has(`${source}/${id}`), `${source}/${id}`).toBe(true);
          else expect(delivered).toBe(false);
        }
        for (const source of ["bulk", "second"]) {
          // The first time that each arrived: what is sent twice after a crash comes again later.
          const order = [...new Set(taken.filter((call) => call.source === source).map(({ item }) => item))];
          const acceptance = accepted.filter((one) => one.source === source && order.includes(one.id)).map(({ id }) => id);
          // Who waits for their identity leaves the order on purpose.
          if (hold === 0) expect(order).toEqual(acceptance);
          const { pending } = parts.balances()[source] ?? { pending: 0 };
          expect(pending).toBe(0);
        }
      });
    }),
    { numRuns: runsOf(120) },
  );
}, 120_000);
