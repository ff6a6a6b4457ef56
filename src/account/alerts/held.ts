/**
 * What is held, by the world's clock.
 */
import type { DeliveryState } from "../outbox/delivery.ts";
import type { Observed } from "./conditions.ts";

/** What is held. @param scale the world's time divided by delivery's, which is faster under a `TIME_SCALE` */
export function heldIn({ hold, quarantined }: DeliveryState, scale: number): Pick<Observed, "hold" | "heldSources"> {
  return {
    hold: hold === null ? null : { ...hold, since: hold.since * scale },
    heldSources: new Map(
      [...quarantined].flatMap(([source, { failures, heldSince }]) =>
        failures > 0 && heldSince !== null && !source.startsWith("+") ? [[source, heldSince * scale] as const] : [],
      ),
    ),
  };
}
