/**
 * Sources whose vendor gets failures alone, as far as the Workers in front tell.
 */
import * as z from "zod";

/** Sources that are remembered. */
const MOST = 100;

/** The failures of a source since its last stored webhook, as they are stored. */
export const failingSchema = z.object({
  /** The first one, milliseconds since 1970. */
  since: z.number(),
  count: z.number(),
});

/** The failures of a source since its last stored webhook. */
export type Failing = Readonly<z.output<typeof failingSchema>>;

/** Remembers the failures of sources. */
export interface Failures {
  /** Further failures. @param since the first of them, milliseconds since 1970 */
  add(source: string, since: number, count: number): void;
  /** Those without a success since they began. @param newest when the newest webhook of a source was received; `null` if there is none */
  current(newest: (source: string) => number | null): ReadonlyMap<string, Failing>;
  /** Everything that is remembered. */
  all(): ReadonlyMap<string, Failing>;
}

/** Begins with these. */
export function rememberFailures(known: ReadonlyMap<string, Failing>): Failures {
  const failing = new Map(known);
  return {
    add: (source, since, count) => {
      const before = failing.get(source);
      if (before === undefined && failing.size >= MOST) return;
      failing.set(source, { since: Math.min(since, before?.since ?? since), count: count + (before?.count ?? 0) });
    },
    current: (newest) => {
      for (const [source, { since }] of failing) if ((newest(source) ?? 0) >= since) failing.delete(source);
      return failing;
    },
    all: () => failing,
  };
}
