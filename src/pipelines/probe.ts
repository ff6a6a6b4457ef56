/**
 * The batch that tests whether a destination accepts calls, without creating a person.
 */
import { VERSION } from "../version.ts";
import type { Batch } from "./calls.ts";
import { messageIdOf } from "./message-id.ts";

/**
 * Makes a batch of one call that every workspace accepts: an event of a constant anonymous id, which creates no person and starts no
 * automation. If it is refused, the key is invalid or the destination accepts nothing.
 * @param now ISO 8601 UTC
 * @returns JSON text, the body of `POST /v1/batch`
 */
export async function probeBody(now: string): Promise<string> {
  const probe: Batch = {
    batch: [
      {
        type: "track",
        messageId: await messageIdOf({ account: "", source: "", eventId: "probe", occurredAt: now, callKey: "core/probe" }),
        timestamp: now,
        anonymousId: "tributary-probe",
        event: "Tributary Probe",
        properties: {},
        context: { library: { name: "tributary", version: VERSION } },
      },
    ],
  };
  return JSON.stringify(probe);
}
