/**
 * The order in which webhooks of several sources are translated: a flood of one source does not delay the others.
 */
import type { InboxReader, InboxWebhook } from "./inbox.ts";

/** Gives the webhooks of several sources, one by one. */
export interface Turns {
  next(): { readonly entry: InboxWebhook; readonly isFirst: boolean } | null;
  used(source: string, bytes: number): void;
}

/** Webhooks in the order of acceptance, except that sources that used up their share of the batch come last. @param share bytes of calls */
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
