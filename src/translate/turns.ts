/**
 * Whose turn it is: a flood of one source delays no other.
 */
import type { InboxReader, InboxWebhook } from "./inbox.ts";

/** The webhooks of several sources in the order in which they are translated. */
export interface Turns {
  next(): { readonly entry: InboxWebhook; readonly isFirst: boolean } | null;
  used(source: string, bytes: number): void;
}

/** Webhooks in the order of acceptance; sources that have used up their share of the batch come after the others: a flood of one delays no other. */
export function takeTurns(inbox: ReadonlyMap<string, InboxReader>, share: number): Turns {
  const begun = new Set<string>();
  const spent = new Map<string, number>();
  return {
    next: () => {
      const heads = [...inbox.values()].flatMap((reader) => reader.peek() ?? []);
      const modest = heads.filter(({ source }) => (spent.get(source) ?? 0) < share);
      const [entry] = (modest.length > 0 ? modest : heads).toSorted((one, other) => one.seq - other.seq);
      if (entry === undefined) return null;
      inbox.get(entry.source)?.skip();
      const isFirst = !begun.has(entry.source);
      begun.add(entry.source);
      return { entry, isFirst };
    },
    used: (source, bytes) => void spent.set(source, (spent.get(source) ?? 0) + bytes),
  };
}
