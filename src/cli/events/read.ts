/**
 * Reads events of a Worker's log, page by page.
 */
import type { OperationOutput } from "../../account/operations.ts";
import type { Exit } from "../exit-codes.ts";
import { nameOfCall } from "../lines/calls.ts";
import { askOperator, type OperatorAnswer } from "../operator.ts";
import type { TargetValues } from "../profiles.ts";
import type { Event } from "./event-line.ts";
import type { EventQuery } from "./filters.ts";

/** Events of a page, at most. */
const PAGE = 100;

/** Events that were found, newest first. */
export type FoundEvents =
  | { readonly ok: true; readonly events: readonly Event[]; readonly next: string | null }
  | { readonly ok: false; readonly exit: Exclude<Exit, "ok">; readonly problem: string };

/**
 * Reads until there are enough, or no more. A page may be short, or empty, while the Worker searches on.
 * @param most how many are enough
 * @param cursor where to begin; `null`: at the newest
 */
export async function readEvents(
  values: TargetValues,
  query: EventQuery,
  most: number,
  cursor: string | null = null,
): Promise<FoundEvents> {
  const events: Event[] = [];
  for (let next = cursor; ; ) {
    const limit = String(Math.min(PAGE, most - events.length));
    const page: OperatorAnswer<OperationOutput<"events.list">> = await askOperator(values, "events.list", {
      ...query,
      limit,
      ...(next === null ? {} : { cursor: next }),
    });
    if (!page.ok) return page;
    events.push(...page.value.events);
    next = page.value.next;
    if (next === null || events.length >= most) return { ok: true, events, next };
  }
}

/** What the calls of an event are called; `null` where that cannot be read. */
export async function callsOf(values: TargetValues, { source, id, webhook }: Event): Promise<readonly string[] | null> {
  const whole = await askOperator(values, "events.show", { source, id, webhook: String(webhook) });
  return whole.ok ? whole.value.calls.map(({ text }) => nameOfCall(text)) : null;
}
