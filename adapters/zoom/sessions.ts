/**
 * Zoom's webinars, meetings and recordings.
 */
import * as z from "zod";
import { blank, decisive, each, id, isoTime, maybe, optional } from "../../src/contract/adapter.ts";

/** An id; Zoom often sends an empty text for an unknown one. */
export const optionalId = optional(blank.or(id));

/** A time; Zoom often sends an empty text for an unknown one. */
export const optionalTime = optional(blank.or(isoTime));

/** A webinar, meeting or recording. */
export const session = z.object({
  id,
  host_id: decisive(blank.or(id)),
  ...each(maybe.text, "topic", "timezone"),
  start_time: optionalTime,
  duration: maybe.integer,
});

/** Properties of the webinar, meeting or recording. */
export function aboutSession(s: z.output<typeof session>) {
  return {
    meeting_id: s.id,
    meeting_name: s.topic,
    starts_at: s.start_time,
    ends_at: s.start_time && s.duration && s.duration > 0 ? end(s.start_time, s.duration) : null,
    timezone: s.timezone,
  };
}

function end(start: string, minutes: number): string | null {
  const time = new Date(Date.parse(start) + minutes * 60_000);
  return time.getUTCFullYear() < 2200 ? time.toISOString() : null;
}
