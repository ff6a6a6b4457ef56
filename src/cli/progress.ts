/**
 * Shows the progress of a long command.
 */
import { escaped, type Terminal } from "./printer.ts";

/** A line on a terminal that says how far something is; elsewhere nothing. */
export interface Progress {
  /** @param done of the whole, in the same unit */
  show(done: number, text: string): void;
  /** A line of its own, which stays. */
  say(line: string): void;
  /** Clears the line. */
  end(): void;
}

const WIDTH = 30;

/** @param whole what `done` counts up to; `null` where nobody knows: then there is no bar */
export function createProgress(terminal: Terminal, whole: number | null): Progress {
  const clear = (): void => {
    if (terminal.isTTY) terminal.write("\r\u001b[K");
  };
  return {
    show: (done, text) => {
      if (!terminal.isTTY) return;
      const share = whole === null ? null : Math.min(1, whole === 0 ? 1 : done / whole);
      const filled = Math.round((share ?? 0) * WIDTH);
      const bar = share === null ? "" : `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${Math.floor(share * 100)} %  `;
      clear();
      terminal.write(bar + escaped(text));
    },
    say: (line) => {
      clear();
      terminal.write(`${escaped(line)}\n`);
    },
    end: clear,
  };
}
