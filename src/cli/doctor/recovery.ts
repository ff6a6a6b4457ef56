/**
 * When a source has been silent for longer than it usually is: then webhooks may be missing.
 */
import { counted } from "../../contract/counted.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** How a source received, as the operator's API tells it. Times are milliseconds since 1970. */
export interface Receipts {
  readonly account: string;
  readonly name: string;
  readonly lastReceivedAt: number | null;
  readonly gaps: { readonly from: number; readonly until: number; readonly next: number } | null;
  /** Whether the vendor can be asked for what is missing. */
  readonly isRecoverable: boolean;
}

/** How many times as long as any silence before, and how long at least, milliseconds. */
const FACTOR = 4;
const SHORTEST = 3_600_000;

/** What the doctor says of it; `null` where nothing is unusual. */
export function silenceOf(
  { account, name, lastReceivedAt, gaps, isRecoverable }: Receipts,
  now: number,
): Pick<Diagnosis, "code" | "level" | "text" | "account"> | null {
  if (gaps === null || lastReceivedAt === null) return null;
  const longest = gaps.until - gaps.from;
  if (isUnusual(now - lastReceivedAt, longest)) return said(lastReceivedAt, null, longest);
  return isUnusual(longest, gaps.next) ? said(gaps.from, gaps.until, gaps.next) : null;

  function said(from: number, until: number | null, usual: number) {
    const since = new Date(from).toISOString();
    const ended = until === null ? "" : ` --until ${new Date(until).toISOString()}`;
    const advice = isRecoverable
      ? `To fetch what the vendor may have sent: npx tributary recover ${name} --since ${since}${ended} --dry-run`
      : "Look into the vendor's log of deliveries, and have it send again what was refused.";
    const silent =
      until === null
        ? `has received nothing since ${since}`
        : `received nothing from ${since} to ${new Date(until).toISOString()}`;
    const text = `source ${account}/${name} ${silent}; otherwise it was never silent for longer than ${lasting(usual)}. ${advice}`;
    return { code: "silence", level: "warning", account, text } as const;
  }
}

function isUnusual(silence: number, usual: number): boolean {
  return silence > SHORTEST && silence > FACTOR * usual;
}

function lasting(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  return minutes < 120 ? counted(minutes, "minute") : `${Math.round(minutes / 60)} hours`;
}
