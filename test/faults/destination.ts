/**
 * A destination that is not well. With a time scale of 600 half an hour takes three seconds.
 */
import type { Fault } from "../../src/sandbox/faults.ts";
import { type Parcel, parcelOf, pause, send, unacknowledged } from "./load.ts";
import { type Figures, healthOf, reckon } from "./reckoning.ts";
import { type Bundles, type Stage, startStage } from "./stage.ts";
import { mixed } from "./webhooks.ts";

const HALF_AN_HOUR = 3_000;

/** Webhooks come in while something goes on, a few at a time; then everything is given time to leave. */
async function during(bundles: Bundles, trouble: (stage: Stage) => Promise<void>): Promise<Figures> {
  const stage = await startStage(bundles);
  const parcels: Parcel[] = [];
  const over = new AbortController();
  const load = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const batch = [...mixed(20)].map(parcelOf);
      parcels.push(...batch);
      await send(stage.port(), batch, 4);
      await pause(20);
    }
  };
  const loading = load();
  await pause(200);
  await trouble(stage);
  over.abort();
  await loading;
  await send(stage.port(), unacknowledged(parcels));
  const figures = await reckon(stage, parcels);
  await stage.end();
  return figures;
}

/** Nothing listens there for half an hour: connections are cut, then refused. */
export function down(bundles: Bundles): Promise<Figures> {
  return during(bundles, async ({ sandbox }) => {
    await sandbox.kill();
    await pause(HALF_AN_HOUR);
    await sandbox.start();
  });
}

/** It answers this to everything for half an hour, and is well again. */
export function refusing(bundles: Bundles, status: number, note: (text: string) => void): Promise<Figures> {
  return during(bundles, async (stage) => {
    await stage.sandbox.fault({ status });
    await pause(HALF_AN_HOUR);
    const { hold } = await healthOf(stage);
    note(hold === null ? "the account was never held" : `held meanwhile: ${hold.reason}`);
    await stage.sandbox.clearFaults();
  });
}

const MOODS: readonly Fault[] = [
  { status: 503, count: 2 },
  { status: 0, count: 2 },
  { status: 429, retryAfter: 120, count: 1 },
  { status: 200, delayMs: 300, count: 1 },
  // Taken, and only the answer fails: the next try sends it a second time.
  { status: 502, record: true, count: 1 },
  { status: 302, location: "https://elsewhere.example", count: 1 },
  { status: 500, retryAfter: "Wed, 21 Oct 2026 07:28:00 GMT", count: 1 },
];

/** Well, down, slow, gone: never the same for long. */
export function flapping(bundles: Bundles): Promise<Figures> {
  return during(bundles, async ({ sandbox }) => {
    for (const fault of [...MOODS, ...MOODS]) {
      await sandbox.fault(fault);
      await pause(250);
    }
    for (let round = 0; round < 3; round += 1) {
      await sandbox.kill();
      await sandbox.start();
      await pause(300);
    }
    await sandbox.clearFaults();
  });
}
