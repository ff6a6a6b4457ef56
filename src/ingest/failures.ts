/**
 * Failing answers of this isolate: a vendor that gets nothing else stops sending one day. What is counted is told to the account's object, at most once a
 * minute for each source, so that strangers cannot keep it busy.
 */
import { type Ending, OUTCOMES } from "./outcomes.ts";

/** Failures in a row before anything is told, and milliseconds between two reports. */
const FEW = 3;
const MINUTE = 60_000;

/** Failures of one source that are not told yet. */
export interface FailureReport {
  readonly account: string;
  readonly source: string;
  /** The first of them, milliseconds since 1970. */
  readonly since: number;
  readonly count: number;
}

/** Counts failing answers. */
export interface Failures {
  /** Counts an answer. @param now milliseconds since 1970 @returns what is to be told; `null` if nothing is */
  after(ending: Ending, now: number): FailureReport | null;
}

interface Untold {
  since: number;
  count: number;
  toldAt: number;
}

/** Counters at zero. */
export function countFailures(): Failures {
  // Only configured sources have entries.
  const failing = new Map<string, Untold>();
  return {
    after: (ending, now) => {
      const { account, source } = ending;
      if (account === undefined || source === undefined) return null;
      if (ending.outcome === "accepted") {
        if (failing.size > 0) failing.delete(`${account}/${source}`);
        return null;
      }
      if (!isFailure(ending)) return null;
      const key = `${account}/${source}`;
      const known = failing.get(key) ?? { since: now, count: 0, toldAt: 0 };
      if (known.count === 0) known.since = now;
      known.count += 1;
      failing.set(key, known);
      if (known.count < FEW || now - known.toldAt < MINUTE) return null;
      const { since, count } = known;
      known.toldAt = now;
      known.count = 0;
      return { account, source, since, count };
    },
  };
}

/** Whether a vendor would count the answer as a failure. A request without a signature comes from a stranger. */
function isFailure(ending: Ending): boolean {
  if (ending.outcome === "accepted" || ending.outcome === "handshake" || ending.outcome === "method_not_allowed") return false;
  if (ending.outcome === "unverified")
    return ending.reason === "mismatch" || ending.reason === "stale" || ending.reason === "no_key";
  return OUTCOMES[ending.outcome].status >= 400;
}
