/**
 * A job that brings history into an account, and how far it is.
 */
import * as z from "zod";
import type { Credentials, History } from "../../contract/history.ts";

/** What is read, and from when to when. */
export interface Job {
  readonly history: History;
  readonly given: Credentials;
  /** `recover` reads what the vendor sent, or would have sent; `backfill` also what it can only tell in its own way. */
  readonly kind: "backfill" | "recover";
  /** Milliseconds since 1970: the beginning, the end, and when the job began. */
  readonly since: number;
  readonly until: number;
  readonly begunAt: number;
}

const counts = z.record(z.string(), z.number());

/** What became of the webhooks so far. */
export const talliesSchema = z.object({
  records: z.number(),
  accepted: z.number(),
  duplicate: z.number(),
  ignored: z.number(),
  unreadable: z.number(),
  may_trigger: z.number(),
  refused: z.number(),
  types: counts,
  makes: counts,
  reasons: counts,
});

/** What became of the webhooks so far. */
export type Tallies = z.output<typeof talliesSchema>;

/** Nothing so far. */
export const NO_TALLIES: Tallies = {
  ...{ records: 0, accepted: 0, duplicate: 0, ignored: 0, unreadable: 0, may_trigger: 0, refused: 0 },
  ...{ types: {}, makes: {}, reasons: {} },
};

/** Two tallies together. */
export function added(one: Tallies, other: Tallies): Tallies {
  return {
    records: one.records + other.records,
    accepted: one.accepted + other.accepted,
    duplicate: one.duplicate + other.duplicate,
    ignored: one.ignored + other.ignored,
    unreadable: one.unreadable + other.unreadable,
    may_trigger: one.may_trigger + other.may_trigger,
    refused: one.refused + other.refused,
    types: addedCounts(one.types, other.types),
    makes: addedCounts(one.makes, other.makes),
    reasons: addedCounts(one.reasons, other.reasons),
  };
}

function addedCounts(one: Tallies["types"], other: Tallies["types"]): Tallies["types"] {
  const sums = new Map(Object.entries(one));
  for (const [name, count] of Object.entries(other)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

/** How far a job is: the next page of a list of people, the next span of time, or the next page of a stream of events. */
export const placeSchema = z.discriminatedUnion("stage", [
  z.object({ stage: z.literal("people"), list: z.number(), page: z.string().nullable() }),
  z.object({ stage: z.literal("past"), from: z.number(), step: z.number() }),
  z.object({ stage: z.literal("stream"), page: z.string().nullable() }),
  z.object({ stage: z.literal("done") }),
]);

/** How far a job is. */
export type Place = z.output<typeof placeSchema>;
