/**
 * The two forms of an event: a snapshot of its object, and a thin event that holds only ids.
 *
 * @see https://docs.stripe.com/event-destinations
 */
import * as z from "zod";
import { anyObject, decisive, id, isoTime, maybe, text, unixSeconds, type VendorEvent } from "../../src/contract/adapter.ts";
import { otherId, related } from "./owners.ts";

const snapshotEvent = z.object({
  object: z.literal("event"),
  id,
  type: text,
  api_version: maybe.text,
  created: unixSeconds,
  livemode: z.boolean(),
  account: decisive(otherId),
  data: z.object({ object: anyObject, previous_attributes: decisive(anyObject) }),
});

/** `snapshot_event`: the same event as a destination for snapshots receives it. */
const thinEvent = z.object({
  object: z.literal("v2.core.event"),
  id,
  type: text,
  created: isoTime,
  livemode: decisive(z.boolean()),
  snapshot_event: related,
});

/** The body of a webhook: one event, in either form. */
export const event = z.discriminatedUnion("object", [snapshotEvent, thinEvent]);

/** The option of a source: whether events of connected accounts are taken. */
export const connect = z
  .boolean()
  .default(false)
  .describe("`true` to accept events of connected accounts; their destination has its own secret");

/** The vendor event; ignored if it is thin, or from a connected account that is not taken. */
export function eventOf(body: z.output<typeof event>, takesConnected: boolean): VendorEvent {
  const { type, created: occurredAt } = body;
  if (body.object === "v2.core.event") {
    const thin = { id: body.snapshot_event ?? body.id, type, occurredAt, test: body.livemode === false, data: null };
    return { ...thin, ignore: "a thin event, which holds only ids" };
  }
  const { object, previous_attributes } = body.data;
  const data = { ...object, previous_attributes };
  const snapshot = { id: body.id, type, occurredAt, test: !body.livemode, version: body.api_version, data };
  return body.account && !takesConnected ? { ...snapshot, ignore: "from a connected account, and connect is not set" } : snapshot;
}
