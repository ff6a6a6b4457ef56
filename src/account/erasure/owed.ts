/**
 * Calls that tell Customer.io about erased people, as the core's own events.
 */
import type { Account } from "../../config/model.ts";
import { serialise } from "../../pipelines/pack.ts";
import { finish } from "../../pipelines/stamp.ts";
import type { ReadyEvent } from "../../translate/result.ts";
import type { OwedCall } from "./job.ts";

/** The source of these events. No configured source can have this name. */
export const ERASURES = "+erasures";

/** The events of these calls. @throws Error if a call cannot be made: a defect */
export async function owedEvents(owed: readonly OwedCall[], account: Account): Promise<readonly ReadyEvent[]> {
  return Promise.all(
    owed.map(async ({ id, userId, action, since }): Promise<ReadyEvent> => {
      const event = action === "delete" ? "User Deleted" : "User Suppressed";
      const occurredAt = new Date(since).toISOString();
      const finished = await finish([{ type: "track", userId, event, properties: {}, action: true, key: `core/${action}` }], {
        account: account.id,
        source: ERASURES,
        provider: "tributary",
        event: { id, type: "erase", occurredAt },
        integrations: {},
      });
      if (!finished.ok) throw new Error(`an erasure cannot be told: ${finished.issue}`);
      return { source: ERASURES, seq: 0, id, type: "erase", occurredAt, since, calls: finished.calls.map(serialise) };
    }),
  );
}
