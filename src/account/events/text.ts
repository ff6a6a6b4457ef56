/**
 * Which events of a webhook hold a text: a webhook may carry hundreds, of which one is looked for.
 */
import type { Account } from "../../config/model.ts";
import { readWebhook } from "../../translate/reading.ts";
import type { LogRow } from "./log.ts";
import type { LoggedEvent, LogParts } from "./outcomes.ts";

/** Whether an event of these webhooks, which hold the text somewhere, holds it itself. Where that cannot be told, it does. */
export async function idsHolding(
  { inbox }: LogParts,
  configured: Account | null,
  rows: readonly LogRow[],
  text: string,
): Promise<(event: LoggedEvent) => boolean> {
  const holding = new Map<number, ReadonlySet<string> | "any">();
  for (const { source, seq, envelope } of rows) {
    const state = configured?.sources.get(source);
    const webhook = envelope.events.length > 1 && state?.ok ? inbox.find(source, seq) : null;
    if (webhook === null || !state?.ok) {
      holding.set(seq, "any");
      continue;
    }
    const { events } = await readWebhook(webhook, state.source);
    const escaped = JSON.stringify(text).slice(1, -1);
    const found = events.filter(({ event }) => {
      const data = JSON.stringify(event.data ?? null);
      return data.includes(text) || data.includes(escaped);
    });
    holding.set(seq, found.length === 0 ? "any" : new Set(found.map(({ event }) => event.id)));
  }
  return ({ seq, id, type, kept }) => {
    if (id.includes(text) || type.includes(text)) return true;
    if (!kept) return false;
    const found = holding.get(seq);
    return found === "any" || found?.has(id) === true;
  };
}
