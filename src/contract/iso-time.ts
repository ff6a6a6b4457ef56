/**
 * Times as ISO 8601 UTC. Every event has several, and the platform takes longer to write one than to parse a small body.
 */

const DAY = 86_400_000;

const MIDNIGHT = "00:00:00.000Z";

/** The numbers below 100, with two digits. */
const TWO: readonly string[] = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, "0"));

/** The day that was written last, in days since 1970, and how a time of it begins. */
let day = Number.NaN;
let beginning = "";

/**
 * The same as `new Date(time).toISOString()`.
 * @param time milliseconds since 1970
 * @throws RangeError if it is no time
 */
export function isoOf(time: number): string {
  const whole = Math.trunc(time);
  const days = Math.floor(whole / DAY);
  if (days !== day) {
    beginning = new Date(whole).toISOString().slice(0, -MIDNIGHT.length);
    day = days;
  }
  const rest = whole - days * DAY;
  const [hours, minutes, seconds] = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60, Math.floor(rest / 1_000) % 60];
  const hundredths = Math.floor((rest % 1_000) / 10);
  return `${beginning}${TWO[hours]}:${TWO[minutes]}:${TWO[seconds]}.${TWO[hundredths]}${rest % 10}Z`;
}
