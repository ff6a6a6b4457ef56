/**
 * `kill -9` of the Worker, and its negative control.
 */
import { randomInt } from "node:crypto";
import { type Parcel, parcelOf, parcelsOf, pause, send, unacknowledged } from "./load.ts";
import { type Figures, reckon } from "./reckoning.ts";
import { type Build, type Bundles, startStage } from "./stage.ts";
import { dispute, many, mixed } from "./webhooks.ts";

/** Under load, so many times, each at a random moment. Vendors send again what was not acknowledged. */
export async function killedUnderLoad(bundles: Bundles, rounds: number, build: Build = "worker"): Promise<Figures> {
  const stage = await startStage(bundles, { build });
  const parcels = new Set<Parcel>();
  for (let round = 0; round < rounds; round += 1) {
    const taken: Parcel[] = [];
    const load = send(stage.port(), parcelsOf(unacknowledged([...parcels]), mixed()), 16, taken);
    // Counted in acknowledgements, so that a slow machine is killed under load too.
    const enough = randomInt(1, 600);
    while (taken.length - unacknowledged(taken).length < enough) await pause(5);
    await stage.kill();
    await load;
    for (const parcel of taken) parcels.add(parcel);
    await stage.start({ build });
  }
  await send(stage.port(), unacknowledged([...parcels]));
  const figures = await reckon(stage, [...parcels], { patience: build === "worker" ? 15 : 2 });
  await stage.end();
  return figures;
}

/** While the destination has a batch and has not answered yet. */
export async function killedWhileFlushing(bundles: Bundles, rounds: number): Promise<Figures> {
  const stage = await startStage(bundles);
  const parcels: Parcel[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await stage.sandbox.fault({ status: 200, delayMs: 100, count: 1 });
    const batch = [...many(60, dispute)].map(parcelOf);
    parcels.push(...batch);
    await send(stage.port(), batch);
    while ((await stage.sandbox.faults()) > 0) await pause(5);
    await pause(randomInt(0, 130));
    await stage.kill();
    await stage.start();
  }
  const figures = await reckon(stage, parcels);
  await stage.end();
  return figures;
}
