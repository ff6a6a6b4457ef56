/**
 * Webhooks that are verified and on disk before they are acknowledged, over one connection and over many, beside ones that are refused: those
 * are received and looked at, and nothing is stored.
 */
import { type Parcel, parcelOf, send } from "../faults/load.ts";
import { type Bundles, startStage } from "../faults/stage.ts";
import { dispute, many } from "../faults/webhooks.ts";

const WEBHOOKS = 3_000;

/** What acceptance costs, and what committing together brings. */
export async function acceptance(bundles: Bundles): Promise<readonly string[]> {
  const stage = await startStage(bundles, {}, 1);
  // Nothing is delivered meanwhile: that is another cost.
  await stage.sandbox.fault({ status: 503 });
  const rate = async (parcels: readonly Parcel[], connections: number): Promise<number> => {
    const begun = performance.now();
    await send(stage.port(), parcels, connections);
    return (parcels.length / (performance.now() - begun)) * 1_000;
  };
  const kept = (count: number): readonly Parcel[] => [...many(count, dispute)].map(parcelOf);
  await rate(kept(500), 16);
  const alone = await rate(kept(WEBHOOKS / 3), 1);
  const together = await rate(kept(WEBHOOKS), 16);
  const crowded = await rate(kept(WEBHOOKS), 64);
  const again = kept(WEBHOOKS);
  await rate(again, 16);
  const known = await rate(again, 16);
  await stage.end();
  const per = (value: number) => `${value.toFixed(0)} a second`;
  return [
    "webhooks kept, each on disk before its 200 (client and Worker share the machine)",
    `  1 connection ${per(alone)}, 16 connections ${per(together)} (${(together / alone).toFixed(1)} times as many), 64 connections ${per(crowded)} (${(crowded / alone).toFixed(1)} times)`,
    `  known already: ${per(known)} over 16 connections`,
  ];
}
