/**
 * Zoom's participants: joins and leaves.
 */
import * as z from "zod";
import type { MapResult, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, each, ignore, maybe, on, person, personId, track } from "../../src/contract/adapter.ts";
import { aboutSession, optionalId, optionalTime, type SessionKind, session } from "./registrations.ts";

const participant = z.object({
  ...each(optionalId, "id", "registrant_id"),
  ...each(maybe.text, "email", "customer_key", "leave_reason"),
  ...each(optionalTime, "join_time", "leave_time"),
});

/** A participant joined or left. */
export function onAttendance(kind: SessionKind, event: string) {
  return on(session.extend({ participant }), ({ participant: p, ...s }): MapResult => {
    if (p.id && p.id === s.host_id) return ignore("the host, not a guest");
    return track(participantOf(p), event, {
      ...aboutSession(kind, s),
      joined_at: p.join_time,
      left_at: p.leave_time,
      leave_reason: p.leave_reason,
    });
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
