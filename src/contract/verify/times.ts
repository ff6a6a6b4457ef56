/**
 * Reads and checks the time of signing.
 */
import { isoTime, utcTime } from "../fields.ts";

/** Format of the time of signing: integer seconds or milliseconds since 1970, or ISO 8601 (RFC 3339); `utc`: the same, without a zone for UTC. */
export type TimeUnit = "seconds" | "milliseconds" | "iso" | "utc";

/** Milliseconds since 1970, or `null` if the text is not a time in this unit. */
export function readTime(text: string, unit: TimeUnit): number | null {
  if (unit === "iso" || unit === "utc") {
    const time = (unit === "iso" ? isoTime : utcTime).safeParse(text);
    return time.success ? Date.parse(time.data) : null;
  }
  return /^\d{1,16}$/.test(text) ? Number(text) * resolutionOf(unit) : null;
}

/** @param now milliseconds since 1970 */
export function writeTime(now: number, unit: TimeUnit): string {
  if (unit === "utc") return new Date(now).toISOString().slice(0, -1);
  return unit === "iso" ? new Date(now).toISOString() : String(Math.floor(now / resolutionOf(unit)));
}

/**
 * Is this time at most `tolerance` seconds away, in the past or in the future? 0 means now.
 * @param time milliseconds since 1970
 * @param now milliseconds since 1970; truncated to the unit, as the sender's time is
 */
export function isFresh(time: number, now: number, tolerance: number, unit: TimeUnit): boolean {
  const resolution = resolutionOf(unit);
  return Math.abs(Math.floor(now / resolution) * resolution - time) <= tolerance * 1000;
}

function resolutionOf(unit: TimeUnit): number {
  return unit === "seconds" ? 1000 : 1;
}
