/**
 * A rate limit per sender and for all senders together: token buckets that hold the attempts of one minute and refill evenly.
 */

/** Milliseconds. */
const MINUTE = 60_000;

/** The rate limit. */
export interface Shares {
  /**
   * Takes one attempt.
   * @param now milliseconds since 1970
   * @param most attempts per minute for this holder
   * @returns `false` if the holder, or all together, have no attempt left
   */
  take(holder: string, now: number, most: number): boolean;
}

/** A token bucket. */
interface Level {
  readonly left: number;
  readonly at: number;
  readonly most: number;
}

/** Opens a rate limit. @param most attempts per minute for all holders together; a single minute can have twice as many */
export function sharesOf(most: number): Shares {
  let all: Level = { left: most, at: 0, most };
  const own = new Map<string, Level>();
  return {
    take: (holder, now, mostOfHolder) => {
      for (const [name, level] of own) if (refilled(level, now).left >= level.most) own.delete(name);
      const mine = refilled(own.get(holder) ?? { left: mostOfHolder, at: now, most: mostOfHolder }, now);
      all = refilled(all, now);
      if (mine.left < 1 || all.left < 1) return false;
      own.set(holder, { ...mine, left: mine.left - 1 });
      all = { ...all, left: all.left - 1 };
      return true;
    },
  };
}

function refilled({ left, at, most }: Level, now: number): Level {
  return { left: Math.min(most, left + (Math.max(0, now - at) * most) / MINUTE), at: now, most };
}
