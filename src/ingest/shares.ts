/**
 * Attempts that strangers can cause, shared out: so many a minute for each of them, so many for all. What was not used up to a minute's
 * worth may be used at once; what was used comes back evenly, so that no burst keeps others out for long.
 */

/** Milliseconds. */
const MINUTE = 60_000;

/** Shares of attempts. */
export interface Shares {
  /**
   * Takes one attempt.
   * @param now milliseconds since 1970
   * @param most attempts a minute for this holder
   * @returns `false` where the holder, or all together, have used up theirs
   */
  take(holder: string, now: number, most: number): boolean;
}

/** How full a share is. */
interface Level {
  readonly left: number;
  readonly at: number;
  readonly most: number;
}

/** @param most attempts a minute for all holders together: in any single minute there are at most twice as many */
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
