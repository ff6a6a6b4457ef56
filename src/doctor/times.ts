/**
 * Guesses whether a webhook was refused because of its time.
 */
import type { SignedRequest } from "../contract/verify/verifier.ts";
import type { Finding } from "../ingest/diagnosis.ts";

/** Bytes of the body that are searched for times, and most times that are tried. */
const LOOKED_AT = 16_384;
const MOST_TIMES = 8;

/** Seconds, milliseconds, or ISO 8601. */
const TIME = /(?<!\d)(?:\d{10}|\d{13})(?!\d)|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/g;

const UNITS = [
  ["days", 86_400_000],
  ["hours", 3_600_000],
  ["minutes", 60_000],
] as const;

/** All values in a request that can be the time of signing, milliseconds since 1970. */
export function claimedTimes({ headers, body }: SignedRequest): readonly number[] {
  const texts = [...headers.values(), new TextDecoder().decode(body.subarray(0, LOOKED_AT))];
  const times = texts.flatMap((text) => text.match(TIME) ?? []).map(readTime);
  return [...new Set(times)].filter((time) => !Number.isNaN(time)).slice(0, MOST_TIMES);
}

/** Describes a wrong time. @param difference milliseconds from the signing to now */
export function timeFinding(difference: number): Finding {
  const distance = Math.abs(difference);
  const [unit, length] = UNITS.find((candidate) => distance >= 2 * candidate[1]) ?? ["seconds", 1000];
  const when = difference > 0 ? "ago" : "in the future";
  return {
    cause: "clock",
    advice: `Its signature is dated ${Math.round(distance / length)} ${unit} ${when}: send it again with a new signature, or correct the clock of the sender or of this machine.`,
  };
}

function readTime(text: string): number {
  if (text.includes("T")) return Date.parse(text);
  return text.length === 10 ? Number(text) * 1000 : Number(text);
}
