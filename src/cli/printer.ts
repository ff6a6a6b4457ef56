/**
 * What the commands print. Much of it came from outside (a vendor's body, an event's type, an answer of a Worker), and a terminal obeys
 * control characters: they are written as `\u001b`, as are the characters that hide text or turn it around.
 */
import { pipeline } from "node:stream/promises";
import { styleText } from "node:util";

/** Where lines are written. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Control characters (C0, DEL, C1), format characters (which turn text around, have no width, or tag it), separators of lines and
 * paragraphs, and whatever else a terminal may leave out; not the selector that makes an emoji of a character.
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const HIDDEN = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\ufe0f]]/gv;

/**
 * A value on one line, safe for a terminal.
 * @returns the text with line breaks and tabs, too, written as escapes
 */
export function escaped(value: string): string {
  return value.replace(HIDDEN, (found) =>
    // By UTF-16 unit, so that what is written is also an escape of JSON.
    Array.from({ length: found.length }, (_, unit) => `\\u${found.charCodeAt(unit).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** A text of several lines, safe for a terminal: its line breaks and tabs stay. */
export function escapedLines(text: string): string {
  return text
    .split(/(\r?\n|\t)/)
    .map((part, index) => (index % 2 === 1 ? part.replace("\r", "") : escaped(part)))
    .join("");
}

/** Writes a line, or several. */
export function print(text: string): void {
  console.log(escapedLines(text));
}

/** How a part of a line looks on a terminal that shows colours. */
export type Tone = "plain" | "good" | "bad" | "warning" | "faint" | "strong";

/** A part of a line. */
export interface Part {
  readonly text: string;
  readonly tone?: Tone;
}

const STYLES = { good: "green", bad: "red", warning: "yellow", faint: "dim", strong: "bold" } as const;

/** Writes a line of parts. Each is a value on one line: line breaks are written as escapes. */
export function printParts(parts: readonly Part[]): void {
  console.log(
    parts
      .map(({ text, tone = "plain" }) => styled(escaped(text), tone))
      .join("")
      .trimEnd(),
  );
}

function styled(text: string, tone: Tone): string {
  const isShown = tone !== "plain" && process.stdout.isTTY && !process.env.NO_COLOR;
  return isShown ? styleText(STYLES[tone], text, { validateStream: false }) : text;
}

/** A line at the bottom of the terminal, which what is printed pushes down. */
export interface StatusLine {
  /** Shows a text, in place of the one before. */
  show(text: string): void;
  /** Takes it away: before something is printed, and at the end. */
  hide(): void;
}

/** Makes a status line on the standard output; `null` where that is no terminal. */
export function createStatusLine(terminal: Terminal = process.stdout): StatusLine | null {
  if (!terminal.isTTY) return null;
  return {
    show: (text) => {
      terminal.write(`\r\u001b[K${styled(escaped(text), "strong")}`);
    },
    hide: () => {
      terminal.write("\r\u001b[K");
    },
  };
}

/** Columns of the terminal; 80 where the output is no terminal. */
export function terminalColumns(): number {
  return process.stdout.isTTY ? Math.max(40, process.stdout.columns) : 80;
}

/** Writes what went wrong, and what to do about it. */
export function printProblem(text: string): void {
  console.error(escapedLines(text));
}

/**
 * Writes a value as JSON (RFC 8259) for machines: the same characters are escaped, which changes nothing of what is read.
 * @param layout `line`: on one line, as JSON Lines have it
 */
export function printJson(value: unknown, layout: "indented" | "line" = "indented"): void {
  print(JSON.stringify(value, null, layout === "line" ? 0 : 2) ?? "null");
}

/** Writes values as JSON lines, as fast as they are read; ends quietly where the reader has seen enough. */
export async function printJsonLines(values: AsyncIterable<unknown>): Promise<void> {
  async function* lines(): AsyncGenerator<string> {
    for await (const value of values) yield `${escaped(JSON.stringify(value) ?? "null")}\n`;
  }
  try {
    await pipeline(lines, process.stdout, { end: false });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
  }
}

/** Where progress is shown: the terminal, beside the output. */
export const PROGRESS_TERMINAL: Terminal = process.stderr;
