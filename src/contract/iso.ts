/**
 * Writes times as ISO 8601.
 */

/** Milliseconds. */
const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Numbers below 60 with two digits. */
const TWO: readonly string[] = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));

/** The last time that was asked for: the events of a batch often happened in the same second. */
let time = 0;
let written = "1970-01-01T00:00:00.000Z";

/** The last day that was asked for, in days since 1970, and its date. */
let known = 0;
let date = "1970-01-01";

/**
 * A time as ISO 8601 UTC with milliseconds, as `Date` writes it, which takes 3 µs each time: most webhooks are about the same day.
 * @param milliseconds since 1970, from 1970 to 9999
 */
export function isoOf(milliseconds: number): string {
  const whole = Math.trunc(milliseconds);
  if (whole !== time) {
    written = write(whole);
    time = whole;
  }
  return written;
}

function write(whole: number): string {
  const day = Math.floor(whole / DAY);
  if (day !== known) {
    date = new Date(day * DAY).toISOString().slice(0, 10);
    known = day;
  }
  const rest = whole - day * DAY;
  const minutes = Math.floor(rest / MINUTE);
  const [hour, minute] = [TWO[Math.floor(rest / HOUR)] ?? "", TWO[minutes % 60] ?? ""];
  const milliseconds = String(1_000 + (rest % 1_000)).slice(1);
  return `${date}T${hour}:${minute}:${TWO[Math.floor(rest / 1_000) % 60] ?? ""}.${milliseconds}Z`;
}
