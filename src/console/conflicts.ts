/**
 * How many people exist twice in Customer.io and wait for a decision, over all accounts: for health and metrics.
 */
import * as z from "zod";
import type { AccountOperations } from "../account/operations.ts";
import type { Account, Config } from "../config/model.ts";
import { escapeLabel } from "../ingest/metrics.ts";

const health = z.object({ conflicts: z.number() });

/**
 * Asks the object of every usable account.
 * @returns how many conflicts are open, by account; an account that does not answer is left out
 */
export async function openConflicts(
  { accounts }: Config,
  operationsOf: (account: Account) => Pick<AccountOperations, "operate">,
): Promise<ReadonlyMap<string, number>> {
  const counts = await Promise.all(
    Array.from(accounts, async ([name, state]): Promise<readonly (readonly [string, number])[]> => {
      if (!state.ok) return [];
      try {
        const answer = await operationsOf(state.account).operate("health", "{}");
        return answer.ok ? [[name, health.parse(JSON.parse(answer.value)).conflicts]] : [];
      } catch {
        // What the isolate itself counts must be readable while an account is not.
        return [];
      }
    }),
  );
  return new Map(counts.flat());
}

/** The counts as a gauge in Prometheus format; empty if there are none. */
export function conflictGauge(counts: ReadonlyMap<string, number>): string {
  const lines = Array.from(counts, ([name, count]) => `tributary_conflicts{account="${escapeLabel(name)}"} ${count}\n`);
  if (lines.length === 0) return "";
  return `# HELP tributary_conflicts People who may exist twice in Customer.io, undecided.\n# TYPE tributary_conflicts gauge\n${lines.join("")}`;
}
