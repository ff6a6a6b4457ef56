/**
 * How long a run waits for webhooks to share a batch, and when it must not.
 */
import { expect, test } from "vitest";
import { LINGER } from "../../src/account/run.ts";
import { inObject, type Parts, START, webhookOf } from "./support.ts";

const HOUR = 3_600_000;

const happened = (id: string, now = START) => webhookOf([{ id, type: "happened" }], { now });

/** Notes the pauses of a run; in each of them time passes. @param during what else happens in one */
function pausesOf(parts: Parts, during: (count: number) => unknown = () => {}): readonly number[] {
  const pauses: number[] = [];
  parts.pause = async (milliseconds) => {
    // A turn of the event loop, between events that have waited enough.
    if (milliseconds === 0) return;
    pauses.push(milliseconds);
    parts.now += milliseconds;
    await during(pauses.length);
  };
  return pauses;
}

const callsOf = (parts: Parts): readonly number[] => parts.batches.map(({ calls }) => calls);

test("what arrives while a run goes on shares a batch, and costs no alarm", async () => {
  await inObject(async (parts) => {
    await parts.accept(happened("a"));
    const pauses = pausesOf(parts, async (count) => {
      if (count === 1) await parts.accept(happened("b"));
      if (count === 1) await parts.accept(happened("c"));
    });
    expect(await parts.run()).toBeNull();
    expect(callsOf(parts)).toEqual([1, 2]);
    expect(pauses).toEqual([LINGER, LINGER]);
    expect(parts.now).toBe(START + 2 * LINGER);
  });
});

test("no time is added to what an answer took", async () => {
  await inObject(async (parts) => {
    await parts.accept(happened("a"));
    const pauses = pausesOf(parts);
    parts.intercept = async (send) => {
      parts.now += 20;
      await parts.accept(happened(`b${parts.batches.length}`));
      if (parts.batches.length === 1) parts.now += 30;
      parts.intercept = (again) => again();
      return send();
    };
    expect(await parts.run()).toBeNull();
    expect(callsOf(parts)).toEqual([1, 1]);
    expect(pauses).toEqual([LINGER - 20, LINGER]);
  });
});

test("a backlog is sealed and sent without a pause", async () => {
  await inObject(async (parts) => {
    await parts.accept(...Array.from({ length: 1_500 }, (_, index) => happened(`a${index}`, START - HOUR)));
    const sent: number[] = [];
    pausesOf(parts, () => sent.push(parts.taken.length));
    await parts.drain();
    expect(callsOf(parts)).toEqual([600, 600, 300]);
    expect(sent).toEqual([1_500]);
  });
});

test("one webhook that fills batches is sealed and sent without a pause", async () => {
  await inObject(async (parts) => {
    const items = Array.from({ length: 60 }, (_, index) => ({ id: `a${index}`, type: "happened", size: 30_000 }));
    await parts.accept(webhookOf(items, { now: START - HOUR }));
    const sent: number[] = [];
    pausesOf(parts, () => sent.push(parts.taken.length));
    await parts.drain();
    expect(parts.batches.length).toBeGreaterThan(2);
    expect(sent).toEqual([60]);
  });
});

test("what is refused is found without a pause", async () => {
  await inObject(async (parts) => {
    await parts.accept(...["a", "b", "c", "bad", "d", "e"].map((id) => happened(id)));
    parts.answer = (body) => (body.includes('"bad"') ? 400 : 200);
    const left: number[] = [];
    const pauses = pausesOf(parts, () => left.push(parts.tools.state.current().outbox.open.length));
    expect(await parts.run()).toBeNull();
    expect(parts.tools.dead.count()).toBe(1);
    expect(parts.taken.length).toBe(5);
    expect([pauses, left]).toEqual([[LINGER], [0]]);
  });
});

test("a run that seals nothing ends at once", async () => {
  await inObject(async (parts) => {
    const pauses = pausesOf(parts);
    expect(await parts.run()).toBeNull();
    expect(pauses).toEqual([]);
  });
});

test("a clock that steps back makes no pause longer", async () => {
  await inObject(async (parts) => {
    await parts.accept(happened("a"));
    const pauses = pausesOf(parts);
    parts.intercept = async (send) => {
      parts.now -= HOUR;
      await parts.accept(happened("b", parts.now));
      parts.intercept = (again) => again();
      return send();
    };
    expect(await parts.run()).toBeNull();
    expect(parts.taken.length).toBe(2);
    expect(pauses).toEqual([LINGER, LINGER]);
  });
});

test("a run goes on while webhooks come, and ends after its next step once the database is to move", async () => {
  await inObject(async (parts) => {
    await parts.accept(happened("a"));
    pausesOf(parts, async (count) => {
      if (count > 100) throw new Error("the run does not end");
      await parts.accept(happened(`b${count}`, parts.now));
      if (count === 5)
        parts.tools.state.update((record) => ({ ...record, compaction: { ...record.compaction, wantedSince: parts.now } }));
    });
    expect(await parts.run()).toBe(parts.now);
    expect(parts.batches.length).toBe(5);
  });
});
