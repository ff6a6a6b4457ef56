/**
 * Faults that tests and the demo put into the sandbox. Pure: the Durable Object keeps the list.
 */
import * as z from "zod";
import type { Region } from "../config/model.ts";

/** What is printable ASCII can stand in a header. */
const headerValue = z.string().regex(/^[\x21-\x7e][\x20-\x7e]{0,1999}$/, "must be printable ASCII");

/**
 * How requests to the Pipelines API are to fail. Two faults that differ in `region` or `match` stand side by side; the most precise
 * one that applies is used, then the newest. A request that fails is not recorded, unless `record` says so.
 */
export const fault = z.strictObject({
  /** Both regions when left out. */
  region: z.enum(["us", "eu"]).optional(),
  /**
   * 0 breaks the request off: a network error to a Worker that is bound to the sandbox; `wrangler dev` makes 500 of it. A time-out is a
   * long `delayMs`. 2xx only delays and lets the request go its usual way.
   */
  status: z.union([z.literal(0), z.int().min(200).max(599)]),
  /** The header Retry-After: seconds, or a date. */
  retryAfter: z.union([z.int().min(0), headerValue]).optional(),
  /** The header Location. */
  location: headerValue.optional(),
  /** Milliseconds before the answer. */
  delayMs: z.int().min(0).max(600_000).optional(),
  /** How many requests fail; until it is deleted when left out. */
  count: z.int().min(1).optional(),
  /** Only requests whose body contains this text. */
  match: z.string().min(1).max(10_000).optional(),
  /** The calls are taken, and only the answer fails: what a client must not send twice. */
  record: z.boolean().optional(),
});

/** See {@link fault}. */
export type Fault = z.output<typeof fault>;

/** Faults kept at most; the oldest goes. */
const MOST_FAULTS = 100;

/** The list with a fault put first, in place of one with the same `region` and `match`. */
export function putFault(faults: readonly Fault[], added: Fault): Fault[] {
  const others = faults.filter((other) => other.region !== added.region || other.match !== added.match);
  return [added, ...others].slice(0, MOST_FAULTS);
}

/** The fault that a request meets, or `null`, and the list after it. */
export function takeFault(
  faults: readonly Fault[],
  request: { readonly region: Region; readonly body: string },
): { readonly fault: Fault | null; readonly faults: readonly Fault[] } {
  const [taken] = faults.filter((candidate) => applies(candidate, request)).sort((a, b) => precision(b) - precision(a));
  if (!taken) return { fault: null, faults };
  if (taken.count === undefined) return { fault: taken, faults };
  const left = taken.count - 1;
  return {
    fault: taken,
    faults: faults.flatMap((other) => (other !== taken ? [other] : left > 0 ? [{ ...taken, count: left }] : [])),
  };
}

function applies({ region, match }: Fault, request: { readonly region: Region; readonly body: string }): boolean {
  return (region === undefined || region === request.region) && (match === undefined || request.body.includes(match));
}

function precision({ region, match }: Fault): number {
  return (match === undefined ? 0 : 2) + (region === undefined ? 0 : 1);
}
