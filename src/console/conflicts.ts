/**
 * How many people exist twice in Customer.io and wait for a decision, over all accounts: for metrics.
 */
import { escapeLabel } from "../ingest/metrics.ts";
import type { Standings } from "./readiness.ts";

/** How many conflicts are open, by account; an account that does not answer is left out. */
export function openConflicts(standings: Standings): ReadonlyMap<string, number> {
  return new Map([...standings].flatMap(([name, standing]) => (standing === null ? [] : [[name, standing.conflicts] as const])));
}

/** The counts as a gauge in Prometheus format; empty if there are none. */
export function conflictGauge(counts: ReadonlyMap<string, number>): string {
  const lines = Array.from(counts, ([name, count]) => `tributary_conflicts{account="${escapeLabel(name)}"} ${count}\n`);
  if (lines.length === 0) return "";
  return `# HELP tributary_conflicts People who may exist twice in Customer.io, undecided.\n# TYPE tributary_conflicts gauge\n${lines.join("")}`;
}
