/**
 * Zoom's participants: joins and leaves.
 */
import * as z from "zod";
import type { MapResult, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, each, ignore, maybe, on, person, personId } from "../../src/contract/adapter.ts";
import { type meetingAttended, ownEvents, type webinarAttended } from "../../src/vocabulary/adapter.ts";
import type { ZOOM } from "./plan.schema.ts";
import { aboutSession, optionalId, optionalTime, session } from "./sessions.ts";

const own = ownEvents<typeof ZOOM>();

const participant = z.object({
  ...each(optionalId, "id", "registrant_id"),
  ...each(maybe.text, "email", "customer_key", "leave_reason"),
  ...each(optionalTime, "join_time", "leave_time"),
});

const present = session.extend({ participant });

/** A participant joined. */
export function onJoined(event: typeof meetingAttended | typeof webinarAttended) {
  return on(present, ({ participant: p, ...s }): MapResult => {
    if (p.id && p.id === s.host_id) return ignore("the host, not a guest");
    return event(participantOf(p), { ...aboutSession(s), joined_at: p.join_time });
  });
}

/** A participant left, perhaps to come back. */
export function onLeft(event: "Meeting Left" | "Webinar Left") {
  return on(present, ({ participant: p, ...s }): MapResult => {
    if (p.id && p.id === s.host_id) return ignore("the host, not a guest");
    return own(event)(participantOf(p), { ...aboutSession(s), left_at: p.leave_time, leave_reason: p.leave_reason });
  });
}

/** `customer_key` is set by the company's own page where it embeds Zoom: the only field that may hold its user id. */
function participantOf(p: z.output<typeof participant>): PersonFacts {
  return person({
    record: { customer_key: p.customer_key },
    email: claimed(p.email),
    ids: [personId("registrant", p.registrant_id), personId("user", p.id)],
  });
}
