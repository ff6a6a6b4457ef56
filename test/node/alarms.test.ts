/**
 * When the account object wakes: what waits for a destination that is down must not keep it awake, which costs money where objects are billed.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import sandbox from "virtual:bundle/sandbox";
import worker from "virtual:bundle/worker";
import { afterAll, beforeAll, test, vi } from "vitest";
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

/** When the next alarm rings, milliseconds since 1970; `null` where none is set. The platform keeps alarms in a database of its own. */
function nextAlarm(): number | null {
  const folder = join(stage.state, "AccountObject");
  if (!readdirSync(folder).includes("metadata.sqlite")) return null;
  const database = new DatabaseSync(join(folder, "metadata.sqlite"), { readOnly: true });
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
