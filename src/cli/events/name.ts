/**
 * Finds the source of an event that is named by its id alone.
 */
import type { Exit } from "../exit-codes.ts";
import type { TargetValues } from "../profiles.ts";
import { readEvents } from "./read.ts";

/** Events that are looked at: one id may have many duplicates. */
const MOST = 100;

/** The source of an event, or why it is not known. */
export type FoundSource =
  | { readonly ok: true; readonly source: string }
  | { readonly ok: false; readonly exit: Exclude<Exit, "ok">; readonly problem: string };

/** @param source the one that is said to have it; `null` if none is said */
export async function findByName(values: TargetValues, id: string, source: string | null): Promise<FoundSource> {
  if (source !== null) return { ok: true, source };
  const found = await readEvents(values, { id }, MOST);
  if (!found.ok) return found;
  const sources = [...new Set(found.events.map((event) => event.source))];
  const [first] = sources;
  if (first === undefined)
    return {
      ok: false,
      exit: "failed",
      problem: `The log has no event ${id}: it may be older than the retention, of another account, or never have arrived.`,
    };
  if (sources.length > 1)
    return {
      ok: false,
      exit: "usage",
      problem: `Several sources have an event ${id}: --source ${sources.join(", or --source ")}`,
    };
  return { ok: true, source: first };
}
