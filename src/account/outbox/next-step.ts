/**
 * What delivery does next: wait, probe, or send, and of which sources.
 */
import { type DeliveryState, LONGEST_WAIT, type Quarantine } from "./delivery.ts";
import { isProven, quarantineAt } from "./quarantine.ts";

/** What to do next. */
export type Step =
  | { readonly do: "wait"; readonly until: number }
  | { readonly do: "probe" }
  /** As much as fits of these sources. */
  | { readonly do: "send"; readonly sources: readonly string[] }
  /** Of one source, at most `events` vendor events; of the first one skip `skipCalls` calls, then send at most `calls` (0: all). */
  | { readonly do: "try"; readonly source: string; readonly events: number; readonly skipCalls: number; readonly calls: number };

/**
 * Chooses the next step.
 * @param key fingerprint of today's API key; `null` if none is configured
 * @param now milliseconds since 1970
 * @param waiting the sources with unsent calls, each with its next vendor event; at least one
 */
export function nextStep(state: DeliveryState, key: string | null, now: number, waiting: ReadonlyMap<string, string>): Step {
  if (key === null) return { do: "wait", until: now + LONGEST_WAIT };
  // The hold and the wait were about the old key.
  if (state.hold !== null && state.heldKey !== key) return { do: "probe" };
  if (now < state.notBefore) return { do: "wait", until: state.notBefore };
  if (state.hold !== null || state.probing !== null) return { do: "probe" };

  const free = [...waiting.keys()].filter((source) => !state.quarantined.has(source));
  const quarantined = new Map<string, Quarantine>();
  for (const [source, head] of waiting) {
    const quarantine = state.quarantined.get(source);
    if (quarantine) quarantined.set(source, quarantineAt(quarantine, head));
  }
  const turns = ["", ...[...quarantined.keys()].sort()];
  const ready = turns.filter((turn) => (turn === "" ? free.length > 0 : (quarantined.get(turn)?.notBefore ?? 0) <= now));
  const turn = ready.find((candidate) => candidate > state.turn) ?? ready[0];
  if (turn === undefined) return { do: "wait", until: Math.min(...[...quarantined.values()].map(({ notBefore }) => notBefore)) };
  const quarantine = quarantined.get(turn);
  if (quarantine === undefined) return { do: "send", sources: free };
  if (quarantine.refusedBy !== null && !isProven(state, quarantine, key, now)) return { do: "probe" };
  return { do: "try", source: turn, events: quarantine.limit, skipCalls: quarantine.done, calls: quarantine.callLimit };
}
