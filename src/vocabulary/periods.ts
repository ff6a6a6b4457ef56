/**
 * Billing periods of vendors that tell their bounds alone.
 */
import type { Maybe } from "../contract/facts.ts";
import type { Period } from "./enums.ts";

const HOUR = 60 * 60 * 1000;
const WEEK = 7 * 24 * HOUR;

/** How far a bound may be off, for summer time and slow stores. */
const TOLERANCE = 2 * HOUR;

const LONGEST_MONTHS = 60;

/**
 * The billing period with these bounds, ISO 8601: whole years, months (a month's last day counts as any later one) or weeks.
 * @returns nothing for any other time, such as a prolonged or shortened period
 */
export function periodBetween(start: Maybe<string>, end: Maybe<string>): Period | Record<never, never> {
  if (!start || !end || end <= start) return {};
  const [from, to] = [new Date(start), new Date(end)];
  const between = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  for (const months of [between, between - 1, between + 1]) {
    if (months < 1 || months > LONGEST_MONTHS || !isNear(to.getTime(), monthsLater(from, months))) continue;
    return months % 12 === 0 ? { interval: "year", interval_count: months / 12 } : { interval: "month", interval_count: months };
  }
  const weeks = Math.round((to.getTime() - from.getTime()) / WEEK);
  return weeks > 0 && isNear(to.getTime(), from.getTime() + weeks * WEEK) ? { interval: "week", interval_count: weeks } : {};
}

function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= TOLERANCE;
}

function monthsLater(from: Date, months: number): number {
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(from).setUTCFullYear(year, month, Math.min(from.getUTCDate(), lastDay));
}
