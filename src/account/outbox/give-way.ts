/**
 * Lets webhooks be kept while a batch is translated. One thread does both: a vendor waits for its answer, and an event can wait a little for its
 * delivery.
 */

/** Events that are translated in one go: some ten milliseconds. */
const SLICE = 40;

/**
 * For how long the turn then passes to others, milliseconds: for a step where any webhook was kept a moment ago, and for further ones while webhooks
 * crowd in. Otherwise for a turn of the event loop.
 */
const STEP = 8;
const LONGEST = 40;

/** Webhooks crowd in where so many times as many as are kept in a step are more than the events translated in that time: one thread can hardly do both. */
const CROWD = 3;

/** Events that were received so many milliseconds ago have waited enough: they do not wait for others. */
const PATIENCE = 2_000;

/** What giving way needs. */
export interface GiveWayTools {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** How many webhooks were ever kept. */
  readonly kept: () => number;
}

/** Called before each event. @param receivedAt milliseconds since 1970 @returns what to wait for; `null` where its turn is not over */
export type GiveWay = (receivedAt: number) => Promise<void> | null;

/** Gives way for one object. */
export function createGiveWay({ now, pause, kept }: GiveWayTools): GiveWay {
  let begun = 0;
  let translated = 0;
  /** How many were kept when the turn last passed to others. */
  let keptBefore = -1;

  async function rest(isOld: boolean): Promise<void> {
    const isQuiet = kept() === keptBefore;
    keptBefore = kept();
    if (isOld || isQuiet) return pause(0);
    const ended = now();
    const speed = translated / Math.max(1, ended - begun);
    let isCrowded = true;
    // Counted too, since the clock may step back.
    for (let steps = 0; isCrowded && steps < LONGEST / STEP && now() - ended < LONGEST; steps += 1) {
      const [before, at] = [kept(), now()];
      await pause(STEP);
      isCrowded = CROWD * (kept() - before) > speed * (now() - at);
    }
  }

  return (receivedAt) => {
    if (translated === 0) begun = now();
    if (translated < SLICE) {
      translated += 1;
      return null;
    }
    const resting = rest(now() - receivedAt > PATIENCE);
    translated = 1;
    return resting.then(() => {
      begun = now();
    });
  };
}
