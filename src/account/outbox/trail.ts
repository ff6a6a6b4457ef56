/**
 * The trail: what the event log tells of events that left without calls, and of requests to the destination. It costs no row of its own: it waits
 * in the state's row, and the next batch's row takes it along.
 */
import * as z from "zod";
import type { Wait } from "../../translate/result.ts";

/** Why delivery stood still: a hold, or a destination that took no requests. */
export const STANDSTILLS = ["no_key", "key_refused", "everything_refused", "destination"] as const;

/** A time in which nothing could be delivered, milliseconds since 1970. `until` is `null` while it lasts. */
export const standstillSchema = z.object({ for: z.enum(STANDSTILLS), since: z.number(), until: z.number().nullable() });

/** A time in which nothing could be delivered. */
export type Standstill = Readonly<z.output<typeof standstillSchema>>;

const attemptSchema = z.object({
  /** When it was sent, milliseconds since 1970, and how long the answer took, milliseconds. */
  at: z.number(),
  took: z.number(),
  /** The status of the answer; 0 if there was none. */
  status: z.number(),
  /** What the answer said, or why there was none. */
  detail: z.string(),
  /** The sources whose events it carried, and how many calls. */
  sources: z.array(z.string()).readonly(),
  calls: z.number(),
  /** What events of the batch had waited for before its first request, if they had. */
  after: standstillSchema.exactOptional(),
});

/** Requests that carried events of one batch. */
export const attemptsSchema = z.array(attemptSchema).readonly();

/** How an event ended without calls. `replayed`: an operator put it back, and it goes on in another webhook of the inbox. */
export const ENDED_AS = ["ignored", "delivered", "discarded", "dead", "replayed"] as const;

const waitSchema = z.object({
  what: z.enum(["person", "reference"]),
  until: z.number(),
}) satisfies z.ZodType<Wait>;

const endedSchema = z.object({
  source: z.string(),
  /** The sequence number of its webhook. */
  seq: z.number(),
  id: z.string(),
  type: z.string(),
  as: z.enum(ENDED_AS),
  reason: z.string().nullable(),
  /** Milliseconds since 1970. */
  at: z.number(),
  waited: waitSchema.exactOptional(),
});

/** What is told of finished events and batches, as it is stored. */
export const trailSchema = z.object({
  ended: z.array(endedSchema).readonly(),
  /** Batches that are finished, with their requests. */
  answered: z.array(z.object({ batch: z.number(), attempts: attemptsSchema })).readonly(),
  /** Events of this row's batch that had waited. */
  waited: z
    .array(waitSchema.extend({ seq: z.number(), id: z.string() }))
    .readonly()
    .exactOptional(),
});

/** A request that carried events of a batch. */
export type Attempt = Readonly<z.output<typeof attemptSchema>>;

/** An event that ended without calls. */
export type Ended = Readonly<z.output<typeof endedSchema>>;

/** What is told of finished events and batches. */
export type Trail = Readonly<z.output<typeof trailSchema>>;

/** An empty trail. */
export const NO_TRAIL: Trail = { ended: [], answered: [] };

/** Lines that wait for the next batch; beyond it they get a row of their own. */
const MOST_LINES = 200;

/** Requests that are told of one batch: the first one, and the last ones. */
const MOST_ATTEMPTS = 10;

/** Characters of what an answer says, and of the reason of an end. */
const LONGEST_TEXT = 200;

/** Whether the trail is too long to wait any longer. */
export function isLong({ ended, answered }: Trail): boolean {
  return ended.length + answered.length > MOST_LINES;
}

/** The trail with further events. */
export function withEnded(trail: Trail, ended: readonly Ended[]): Trail {
  if (ended.length === 0) return trail;
  const lines = ended.map(({ reason, ...line }) => ({ ...line, reason: reason?.slice(0, LONGEST_TEXT) ?? null }));
  return { ...trail, ended: [...trail.ended, ...lines] };
}

/** The trail with a finished batch. */
export function withAnswered(trail: Trail, batch: number, attempts: readonly Attempt[]): Trail {
  return attempts.length === 0 ? trail : { ...trail, answered: [...trail.answered, { batch, attempts }] };
}

/** The requests of a batch with a further one. */
export function withAttempt(attempts: readonly Attempt[], attempt: Attempt): readonly Attempt[] {
  const all = [...attempts, { ...attempt, detail: attempt.detail.slice(0, LONGEST_TEXT) }];
  return all.length <= MOST_ATTEMPTS ? all : [...all.slice(0, 1), ...all.slice(1 - MOST_ATTEMPTS)];
}
