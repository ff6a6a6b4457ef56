/**
 * Which events a command line means: the filters of `events`, `tail` and `replay`.
 */
import { EVENT_STATES } from "../../account/events/outcomes.ts";
import { didYouMean } from "../nearest.ts";
import type { OperatorInput } from "../operator.ts";

/** The filters of every command about events. */
export const EVENT_FILTERS = {
  source: { type: "string", value: "S", description: "Filter: events of this source." },
  type: { type: "string", value: "T", description: "Filter: events of this type, by the vendor's own name." },
  state: { type: "string", value: "STATE", description: "Filter: events that are in this state." },
  person: { type: "string", value: "P", description: "Filter: events about a user id, an address, or source:kind:id." },
  text: { type: "string", value: "T", description: "Filter: this text is in the body, the id or the type." },
} as const;

/** The times that events are filtered by. */
export const TIME_FILTERS = {
  from: { type: "string", value: "TIME", description: "Filter: received then or later. ISO 8601, or 30m, 6h, 3d ago." },
  until: { type: "string", value: "TIME", description: "Filter: received before." },
} as const;

/** The values of these options. */
export type FilterValues = { readonly [Name in keyof typeof EVENT_FILTERS | keyof typeof TIME_FILTERS]?: string | undefined };

/** What the API is asked for. */
export type EventQuery = OperatorInput<"events.list">;

/** A query, or what is wrong with the filters. */
export type FoundQuery = { readonly ok: true; readonly query: EventQuery } | { readonly ok: false; readonly problem: string };

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The query of these filters. @param now milliseconds since 1970 */
export function queryOf({ source, type, state, person, text, from, until }: FilterValues, now: number): FoundQuery {
  if (state !== undefined && !EVENT_STATES.some((one) => one === state))
    return {
      ok: false,
      problem: `There is no state "${state}".${didYouMean(state, EVENT_STATES)} There are: ${EVENT_STATES.join(", ")}`,
    };
  const times = { from: timeIn(from, now), to: timeIn(until, now) };
  if (times.from === null || times.to === null)
    return {
      ok: false,
      problem: `--${times.from === null ? "from" : "until"} is a time: 2026-11-29T12:00:00Z, or 30m, 6h, 3d ago`,
    };
  const given = Object.entries({ source, type, state, person, text, ...times }).filter(([, value]) => value !== undefined);
  return { ok: true, query: Object.fromEntries(given) };
}

/** Whether any filter is given. */
export function isFiltered(query: EventQuery): boolean {
  return Object.keys(query).length > 0;
}

/** A time of the command line: ISO 8601, or so long ago. @returns ISO 8601 UTC; `null` where it is no time */
export function timeIn(text: string | undefined, now: number): string | null | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const at = count === undefined ? Date.parse(text) : now - Number(count) * (UNITS[unit] ?? 0);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
