/**
 * Reads single keys from the terminal.
 */

/** Keys, one after the other. */
export interface Keys {
  /** @param take gets each key as the terminal sends it */
  listen(take: (key: string) => void): void;
  /** Gives the terminal back as it was. */
  end(): void;
}

/** Reads keys from the standard input; `null` where that is no terminal. */
export function readKeys(input: NodeJS.ReadStream = process.stdin): Keys | null {
  if (!input.isTTY) return null;
  return {
    listen: (take) => {
      input.setRawMode(true);
      input.setEncoding("utf8");
      // What was typed ahead comes at once; an arrow is three characters.
      input.on("data", (typed: string) => {
        for (const [key] of typed.matchAll(/\p{Cc}\[[A-Z]|./gsu)) take(key);
      });
      input.resume();
    },
    end: () => {
      input.setRawMode(false);
      input.pause();
    },
  };
}
