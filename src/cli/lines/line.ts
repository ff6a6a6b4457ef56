/**
 * A line about an event or a request, as `dev` and `tail` print it: time, status, source, type, and what happened.
 */
import { escaped, type Part, type Tone } from "../printer.ts";
import { cut, padded, rowsOf, widthOf } from "./columns.ts";

/** What a line says. Texts may come from outside. */
export interface Line {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A status of HTTP, or a word of at most four letters. */
  readonly status: string;
  readonly tone: Tone;
  /** Source and account: see `sourceLabel`. */
  readonly source: string;
  /** The vendor's own name of the event; empty where it is not known. */
  readonly type: string;
  /** What happened. */
  readonly text: string;
  /** What else there is to say: each on rows of its own. */
  readonly notes?: readonly string[];
}

/** Lays lines out, one after the other: columns are as wide as the lines so far need. */
export type Layout = (line: Line) => readonly (readonly Part[])[];

/** Columns of day, time and status, and of the space behind each column. */
const DATE = 6;
const TIME = 8;
const STATUS = 4;
const GAP = "  ";

/** Where what does not fit into its row goes on. */
const INDENT = TIME + STATUS + 2 * GAP.length;

/** The widest that a column grows. What is longer moves the rest of its own row. */
const WIDEST_SOURCE = 10;
const WIDEST_TYPE = 24;

/** How a source is called where several accounts may be meant: those of `demo`, the default, by their name alone. */
export function sourceLabel(account: string | undefined, source: string | undefined): string {
  if (source === undefined) return account ?? "";
  return account === undefined || account === "demo" ? source : `${account}/${source}`;
}

/** Makes a layout. @param columns how wide the terminal is @param hasDates whether the day is shown beside the time */
export function createLayout(columns: () => number, hasDates = false): Layout {
  const time = hasDates ? dateAndTimeOf : timeOf;
  const indent = (hasDates ? DATE : 0) + INDENT;
  let [sourceWidth, typeWidth] = [0, 0];
  return (line) => {
    const all = columns();
    const [source, type, text] = [line.source, line.type, line.text].map(escaped);
    sourceWidth = Math.min(WIDEST_SOURCE, Math.max(sourceWidth, widthOf(source ?? "")));
    typeWidth = Math.min(WIDEST_TYPE, Math.max(typeWidth, widthOf(type ?? "")));
    const columnsLeft = [padded(source ?? "", sourceWidth), ...(type === "" ? [] : [padded(type ?? "", typeWidth)])];
    const left = columnsLeft.map((column) => column + GAP).join("");
    const room = all - indent - widthOf(left);
    const fits = widthOf(text ?? "") <= room;
    const first: readonly Part[] = [
      { text: `${time(line.at)}${GAP}`, tone: "faint" },
      { text: `${padded(line.status, STATUS)}${GAP}`, tone: line.tone },
      { text: cut(fits ? left : left.trimEnd(), all - indent) },
      ...(fits ? [{ text: text ?? "", ...toneOf(line) }] : []),
    ];
    const under = [
      ...(fits ? [] : [{ text: text ?? "", ...toneOf(line) }]),
      ...(line.notes ?? []).map((note): Part => ({ text: escaped(note) })),
    ];
    const rows = under.flatMap(({ text: whole, ...tone }) =>
      rowsOf(whole, all - indent).map((row): readonly Part[] => [{ text: " ".repeat(indent) + row, ...tone }]),
    );
    return [first, ...rows];
  };
}

/** What is of no interest is shown so. */
function toneOf({ tone }: Line): { readonly tone: Tone } {
  return { tone: tone === "faint" ? "faint" : "plain" };
}

/** The time of the day here. */
function timeOf(at: number): string {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** The day and its time here. */
function dateAndTimeOf(at: number): string {
  const date = new Date(at);
  return `${[date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-")} ${timeOf(at)}`;
}
