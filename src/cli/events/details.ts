/**
 * One event whole, for a person to read: what became of it, its way step by step, its webhook, and what was sent.
 */
import { counted } from "../../contract/counted.ts";
import { jsonOf } from "../json.ts";
import { nameOfCall } from "../lines/calls.ts";
import { rowsOf } from "../lines/columns.ts";
import { RULES } from "../people/rules.ts";
import { escaped } from "../printer.ts";
import { outcomeOf, type WholeEvent } from "./event-line.ts";

/** Rows that a body or a call takes at most; `--json` has all. */
const MOST_ROWS = 400;

/** Lines of at most so many columns, each safe for a terminal. */
export function detailsOf(whole: WholeEvent, columns: number): readonly string[] {
  const { event, history, timeline, webhook, mapped, calls, batch } = whole;
  const { source, id, type, occurredAt, people, state } = event;
  const outcome = outcomeOf(
    event,
    calls.map(({ text }) => nameOfCall(text)),
  );
  const others = history.filter(({ webhook: number }) => number !== event.webhook);
  const lines = [
    `${source}  ${type}  ${id}`,
    [state.replaceAll("_", " "), outcome].filter(Boolean).join(": "),
    ...(occurredAt === null ? [] : [`It happened at ${occurredAt}.`]),
    ...section(
      "About",
      people.map(({ name, step, trust }) => `${name}  by rule ${RULES[step]}; ${trust}`),
    ),
    ...section("Its way", wayOf(timeline)),
    ...calls.flatMap(({ text, bytes }, index) =>
      section(`Call ${index + 1} of ${calls.length}: ${nameOfCall(text)}, ${bytes} bytes`, bodyLines(text)),
    ),
    ...(batch === null
      ? []
      : section("Batch", [
          `number ${batch.number}: ${counted(batch.events, "event")}, ${counted(batch.calls, "call")}, ${counted(batch.bytes, "byte")}`,
          ...batch.neighbours.map((one) => `with ${one.source}  ${one.type}  ${one.id}`),
        ])),
    ...section("The adapter makes of it", mappedLines(mapped)),
    ...(webhook === null
      ? section("Webhook", ["Only this line was kept: it is ignored, or known already. Its vendor can send it again."])
      : section("Webhook", [
          `number ${webhook.number}, ${counted(webhook.bytes, "byte")}, ${counted(webhook.events.length, "event")} kept of it`,
          ...Object.entries(webhook.headers).map(([name, value]) => `${name}: ${value}`),
          ...Object.entries(webhook.query).map(([name, value]) => `?${name}=${value}`),
          ...bodyLines(Buffer.from(webhook.body, "base64").toString("utf8")),
        ])),
    ...section(
      "The same event at other times",
      others.map((one) => `${isoOf(one.receivedAt)}  ${one.state.replaceAll("_", " ")}  webhook ${one.webhook}`),
    ),
  ];
  return lines.flatMap((text) => broken(escaped(text), columns));
}

/** A line in rows: what goes on is indented as it is, and once more. */
function broken(line: string, columns: number): readonly string[] {
  const indent = /^ */.exec(line)?.[0] ?? "";
  const rest = line.slice(indent.length);
  if (rest === "") return [""];
  return rowsOf(rest, columns - indent.length - 2).map((row, index) => indent + (index === 0 ? row : `  ${row}`));
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

/** Each step with its time, and how long after the one before. */
function wayOf(timeline: WholeEvent["timeline"]): readonly string[] {
  let before: number | null = null;
  return timeline.map(({ step, at, text }) => {
    const since = before === null || at === null ? "" : `+${durationOf(at - before)}`;
    before = at ?? before;
    return `${(at === null ? "" : isoOf(at)).padEnd(24)}  ${since.padStart(8)}  ${step.padEnd(8)}  ${text}`;
  });
}

function mappedLines(mapped: WholeEvent["mapped"]): readonly string[] {
  if (mapped.kind === "drafts") return mapped.drafts.length === 0 ? ["nothing"] : bodyLines(JSON.stringify(mapped.drafts));
  return [`${mapped.kind}: ${mapped.reason}`];
}

/** A body in lines: JSON indented, anything else as it is. */
function bodyLines(text: string): readonly string[] {
  const value = jsonOf(text);
  const lines = (value === undefined ? text : JSON.stringify(value, null, 2)).split("\n");
  const more = lines.length - MOST_ROWS;
  return more > 0 ? [...lines.slice(0, MOST_ROWS), `… and ${more} more lines: --json has them`] : lines;
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}

/** Milliseconds, as people say them. */
function durationOf(milliseconds: number): string {
  if (milliseconds < 1_000) return `${milliseconds} ms`;
  return milliseconds < 60_000 ? `${(milliseconds / 1_000).toFixed(1)} s` : `${Math.round(milliseconds / 60_000)} min`;
}
