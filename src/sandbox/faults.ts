/**
 * Faults that tests and the demo put into the sandbox. Pure: the Durable Object keeps the list.
 */
import * as z from "zod";
import type { Region } from "../config/model.ts";

const headerValue = z.string().regex(/^[\x21-\x7e][\x20-\x7e]{0,1999}$/, "must be printable ASCII");

/**
 * How requests to the Pipelines API fail. Faults that differ in `region` or `match` exist side by side. Of those that match a request the
 * most specific one is used, then the newest. A failed request is not recorded unless `record` is set.
 */
export const fault = z.strictObject({
  /** Default: both regions. */
  region: z.enum(["us", "eu"]).optional(),
  /**
   * 0 closes the connection: a Worker bound to the sandbox gets a network error, `wrangler dev` turns it into 500. For a timeout set a
   * long `delayMs`. 2xx only delays: the request is then handled as usual.
   */
  status: z.union([z.literal(0), z.int().min(200).max(599)]),
  /** The header Retry-After: seconds or a date. */
  retryAfter: z.union([z.int().min(0), headerValue]).optional(),
  /** The header Location. */
  location: headerValue.optional(),
  /** Milliseconds before the answer. */
  delayMs: z.int().min(0).max(600_000).optional(),
  /** How many requests fail. Default: all, until the fault is deleted. */
  count: z.int().min(1).optional(),
  /** Only requests whose body contains this text. */
  match: z.string().min(1).max(10_000).optional(),
  /** The calls are recorded and only the answer fails: tests that a retry keeps its message ids. */
  record: z.boolean().optional(),
});

/** A fault, checked. See {@link fault}. */
export type Fault = z.output<typeof fault>;

/** Faults kept at most. The oldest is dropped. */
const MOST_FAULTS = 100;

/** Adds a fault to the front, and removes the one with the same `region` and `match`. */
export function putFault(faults: readonly Fault[], added: Fault): Fault[] {
  const others = faults.filter((other) => other.region !== added.region || other.match !== added.match);
  return [added, ...others].slice(0, MOST_FAULTS);
}

/** The fault for a request, or `null`, and the list after it was used once. */
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
