/**
 * Vendor events of the log, as the API answers and takes them.
 */
import * as z from "zod";
import { STEPS } from "../../identity/resolve.ts";
import { wholeNumber } from "../page.ts";
import { EVENT_STATES, type LoggedEvent } from "./outcomes.ts";

/** Events in one answer, unless fewer are asked for. */
export const PAGE = 50;

/** A time in a query: milliseconds since 1970, or ISO 8601. */
const time = wholeNumber.or(z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)));

/** The place where a list goes on, as the page before gave it. */
export const cursorSchema = z.string().regex(/^[a-z]?\d{1,15}(\.\d{1,9})?$/);

/** Which events are listed. */
export const eventQuery = z.strictObject({
  id: z.string().min(1).max(1_000).optional(),
  source: z.string().max(32).optional(),
  type: z.string().min(1).max(512).optional(),
  state: z.enum(EVENT_STATES).optional(),
  /** A user id, an address, or `<source>:<kind>:<id>`. */
  person: z.string().min(1).max(500).optional(),
  /** Received or replayed then or later, and before. */
  from: time.optional(),
  to: time.optional(),
  /** Part of the webhook's body, or of the event's id or type. */
  text: z.string().min(2).max(200).optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/)
    .transform(Number)
    .default(PAGE),
  cursor: cursorSchema.optional(),
});

/** Which events are listed. */
export type EventQuery = z.output<typeof eventQuery>;

/** A person that an event is about. */
export const aboutSchema = () =>
  z.object({
    /** By which Customer.io knows the person: a user id, an address, or an anonymous id. */
    name: z.string(),
    /** The rule that found the person. */
    step: z.enum(STEPS),
    /** `claimed`: only an address that nobody verified led to the person. */
    trust: z.enum(["verified", "claimed"]),
  });

/** A vendor event, in a list. */
export const eventSchema = () =>
  z.object({
    source: z.string(),
    id: z.string(),
    type: z.string(),
    state: z.enum(EVENT_STATES),
    /** Whether its webhook was kept: of what is ignored or known when it arrives only this line is, and it cannot be replayed. */
    kept: z.boolean(),
    /** Why it is ignored, dead or discarded. */
    reason: z.string().nullable(),
    /** What a dead letter says beside its reason. */
    detail: z.string().nullable(),
    /** Milliseconds since 1970, as are all times without another note. */
    receivedAt: z.number(),
    replayedAt: z.number().nullable(),
    /** ISO 8601 UTC; `null` until it is translated. */
    occurredAt: z.string().nullable(),
    /** When it was packed into its batch, and the batch's number. */
    sealedAt: z.number().nullable(),
    batch: z.number().nullable(),
    /** When it ended without having been sent. */
    endedAt: z.number().nullable(),
    /** When its wait ends. */
    until: z.number().nullable(),
    people: z.array(aboutSchema()),
    calls: z.number(),
    /** The number of its webhook, by which replays of one event are told apart. */
    webhook: z.number(),
    /** The number of its dead letter. */
    dead: z.number().nullable(),
  });

/** A vendor event as the API answers it. */
export type EventAnswer = z.output<ReturnType<typeof eventSchema>>;

/** A vendor event as the API answers it. */
export function toAnswer(event: LoggedEvent): EventAnswer {
  const { source, id, type, state, kept, reason, detail, receivedAt, replayedAt, endedAt, until, about, seq, dead, sealed } =
    event;
  return {
    ...{ source, id, type, state, kept, reason, detail, receivedAt, replayedAt },
    occurredAt: sealed?.event.occurredAt ?? null,
    sealedAt: sealed?.sealedAt ?? null,
    batch: sealed?.batch ?? null,
    endedAt,
    until,
    people: [...about],
    calls: sealed?.event.calls.length ?? 0,
    webhook: seq,
    dead,
  };
}
