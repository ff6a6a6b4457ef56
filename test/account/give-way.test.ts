/**
 * How translating gives way to webhooks that arrive: for how long, and that nothing is lost or overtaken by it.
 */
import { describe, expect, test } from "vitest";
import { createGiveWay } from "../../src/account/outbox/give-way.ts";
import { inObject, START, webhookOf } from "./support.ts";

const SLICE = 40;
const STEP = 8;
const LONGEST = 40;

/** Translates slices of events, each in ten milliseconds. @param arriving webhooks that are kept in a millisecond of waiting */
function translation(arriving: number) {
  let now = START;
  let kept = 0;
  let pauses: number[] = [];
  const giveWay = createGiveWay({
    now: () => now,
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
      now += milliseconds;
      kept += milliseconds * arriving;
    },
    kept: () => kept,
  });
  return {
    keep: () => {
      kept += 1;
    },
    /** @returns the pauses after a slice of events of this age, milliseconds */
    slice: async (age = 0): Promise<readonly number[]> => {
      pauses = [];
      for (let event = 0; event < SLICE; event += 1) {
        const others = giveWay(now - age);
        if (event > 0) expect(others).toBeNull();
        await others;
      }
      now += 10;
      return pauses;
    },
  };
}

describe("after each slice of events", () => {
  test("others have a step, and as many as there may be while webhooks crowd in", async () => {
    const { slice } = translation(2);
    expect(await slice()).toEqual([]);
    for (let again = 0; again < 3; again += 1) expect(await slice()).toEqual(Array.from({ length: LONGEST / STEP }, () => STEP));
  });

  test("others have one step where fewer arrive than one thread can keep and translate", async () => {
    const { slice } = translation(1);
    await slice();
    for (let again = 0; again < 3; again += 1) expect(await slice()).toEqual([STEP]);
  });

  test("others have a turn where none was kept since the slice before", async () => {
    const { slice, keep } = translation(0);
    await slice();
    expect(await slice()).toEqual([STEP]);
    expect(await slice()).toEqual([0]);
    keep();
    expect(await slice()).toEqual([STEP]);
  });

  test("others have a turn where the events have waited for more than two seconds, however many arrive", async () => {
    const { slice, keep } = translation(2);
    await slice(2_001);
    expect(await slice(2_001)).toEqual([0]);
    keep();
    expect(await slice(2_000)).toHaveLength(LONGEST / STEP);
  });
});

test("others have no more steps where the clock steps back", async () => {
  let now = START;
  let kept = 0;
  const pauses: number[] = [];
  const giveWay = createGiveWay({
    now: () => now,
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
      now += pauses.length === 1 ? -3_600_000 : milliseconds;
      // So that the test ends if the steps do not.
      if (pauses.length < 1_000) kept += 1_000;
    },
    kept: () => kept,
  });
  for (let event = 0; event <= SLICE; event += 1) await giveWay(now);
  expect(pauses).toEqual(Array.from({ length: LONGEST / STEP }, () => STEP));
});

test("what is kept while others are translated is delivered after them, and each once", async () => {
  await inObject(async (parts) => {
    const ids = Array.from({ length: 300 }, (_, index) => `a${index}`);
    await parts.accept(...ids.map((id) => webhookOf([{ id, type: "happened" }], { now: START })));
    const later: string[] = [];
    parts.pause = async () => {
      if (later.length >= 20) return;
      later.push(`b${later.length}`);
      await parts.accept(webhookOf([{ id: later.at(-1) ?? "", type: "happened" }], { now: START }));
    };
    await parts.drain();
    expect(later.length).toBeGreaterThan(5);
    expect(parts.taken.map(({ properties }) => properties?.item)).toEqual([...ids, ...later]);
    expect(parts.balances()).toMatchObject({ bulk: { delivered: ids.length + later.length } });
  });
});

test("what is kept while others are translated overtakes nothing, and waits for nobody where events may not wait", async () => {
  await inObject(async (parts) => {
    const sent: string[] = [];
    // Of every third the person is known.
    const more = async (count: number): Promise<void> => {
      for (let left = count; left > 0; left -= 1) {
        const id = `a${sent.length}`;
        sent.push(id);
        await parts.accept(webhookOf([{ id, type: sent.length % 3 === 0 ? "joined" : "happened" }], { now: parts.now }));
      }
    };
    parts.pause = async (milliseconds) => {
      parts.now += Math.max(1, milliseconds);
      if (sent.length < 300) await more(7);
    };
    await more(120);
    await parts.drain();
    expect(sent.length).toBeGreaterThan(120 + 2 * 7);
    expect(parts.taken.flatMap(({ properties }) => properties?.item ?? [])).toEqual(sent);
  });
});
