import { VERSION } from "../version.ts";
import type { Batch } from "./calls.ts";
import { messageIdOf } from "./message-id.ts";

/**
 * A batch of one call that no workspace can have a reason to refuse: an event of an anonymous id that is always the same, so that it makes no
 * person and starts no automation. Whether it is accepted says whether the key is good and the destination takes anything at all.
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
