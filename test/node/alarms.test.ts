/**
 * When the account object wakes: what waits for a destination that is down must not keep it awake, which costs money where objects are billed.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import sandbox from "virtual:bundle/sandbox";
import worker from "virtual:bundle/worker";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as z from "zod";
import { parcelOf, send } from "../faults/load.ts";
import { type Stage, startStage } from "../faults/stage.ts";
import { dispute } from "../faults/webhooks.ts";

const HOUR = 3_600_000;

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ worker, sandbox }, { hold: 1 }, 1);
});

afterAll(async () => {
  await stage.end();
});

/** The database in which the platform keeps alarms. */
function alarmsOf({ state }: Stage): string {
  return join(state, "AccountObject", "metadata.sqlite");
}

/** Takes away every alarm of a stopped Worker: the platform keeps each with its schedule, and in the object's own database. @returns how many rows that took */
function loseAlarms({ state }: Stage): number {
  const folder = join(state, "AccountObject");
  const changes = readdirSync(folder)
    .filter((name) => name.endsWith(".sqlite"))
    .map((name) => {
      const database = new DatabaseSync(join(folder, name));
      const statement = name === "metadata.sqlite" ? "DELETE FROM _cf_ALARM" : "DELETE FROM _cf_METADATA WHERE key = 1";
      const { changes } = database.prepare(statement).run();
      database.close();
      return Number(changes);
    });
  return changes.reduce((sum, count) => sum + count, 0);
}

/** When the next alarm rings, milliseconds since 1970; `null` where none is set. The platform keeps alarms in a database of its own. */
function nextAlarm(): number | null {
  const folder = join(stage.state, "AccountObject");
  if (!readdirSync(folder).includes("metadata.sqlite")) return null;
  const database = new DatabaseSync(alarmsOf(stage), { readOnly: true });
  const row = database.prepare("SELECT min(scheduled_time) / 1000000 AS at FROM _cf_ALARM").get();
  database.close();
  return typeof row?.at === "number" ? row.at : null;
}

test("an event whose time to wait is over sleeps until the destination is to be tried again", async () => {
  const begun = Date.now();
  await stage.sandbox.fault({ status: 503, retryAfter: 3600 });
  await send(stage.port(), [dispute()].map(parcelOf));
  // First it waits for its person, then for the destination, which has asked for an hour.
  await vi.waitUntil(() => (nextAlarm() ?? 0) > begun + HOUR / 2, { timeout: 15_000, interval: 50 });
});

test("an alarm that the platform lost is set again by the sweep, which delivers what waited, counts it and says so", async () => {
  // Here an hour takes six seconds.
  const fast = await startStage({ worker, sandbox }, {}, 600);
  try {
    await fast.sandbox.fault({ status: 503, retryAfter: 3600, count: 1 });
    await send(fast.port(), [dispute()].map(parcelOf));
    await vi.waitUntil(async () => (await fast.sandbox.faults()) === 0, { timeout: 15_000, interval: 20 });
    await fast.stop();
    expect(loseAlarms(fast)).toBeGreaterThanOrEqual(2);
    const said: string[] = [];
    await fast.start({ sweepEvery: 100, print: (line) => said.push(line) });
    // No request arrives at the Worker but those of the sweep.
    const arrived = async () => calls.parse(await fast.sandbox.ask("/calls")).calls.length > 0;
    await vi.waitUntil(arrived, { timeout: 30_000, interval: 50 });
    expect(said.map(outcomeOf).filter((outcome) => outcome === "alarm_lost")).toHaveLength(1);
    expect(said.find((line) => outcomeOf(line) === "sweep")).toContain('"lost":1');
    expect(await fast.ask("")).toMatchObject({ activity: { lostAlarms: 1 } });
  } finally {
    await fast.end();
  }
});

const calls = z.object({ calls: z.array(z.unknown()) });

function outcomeOf(line: string): unknown {
  const read = z.looseObject({ outcome: z.string() }).safeParse(line.startsWith("{") ? JSON.parse(line) : null);
  return read.data?.outcome ?? null;
}
