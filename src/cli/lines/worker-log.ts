/**
 * The lines that a Worker writes to its log, told to a person.
 */
import * as z from "zod";
import { OUTCOMES, type PlainOutcome } from "../../ingest/outcomes.ts";
import { jsonOf } from "../json.ts";
import { causeOf } from "./causes.ts";
import { type Line, sourceLabel } from "./line.ts";

const logLine = z.looseObject({
  outcome: z.string(),
  account: z.string().optional(),
  source: z.string().optional(),
  type: z.string().optional(),
  id: z.string().optional(),
  reason: z.string().optional(),
  issue: z.string().optional(),
  reasons: z.array(z.string()).default([]),
  likely: z.array(z.object({ advice: z.string() })).optional(),
  accepted: z.number().default(0),
  duplicate: z.number().default(0),
  ignored: z.number().default(0),
  by: z.string().default(""),
  operation: z.string().default(""),
  changed: z.number().default(0),
  problem: z.string().optional(),
  name: z.string().optional(),
  error: z.string().optional(),
});

type LogLine = z.output<typeof logLine>;

/** Reads a log, line by line. */
export interface LogReader {
  /** @param at when it was written, milliseconds since 1970 @returns `null` for a line that says nothing new; a text where it is no line of the log */
  read(text: string, at: number): Line | string | null;
}

/** What an operator is told about an account. */
const ALARMS: Readonly<Record<string, string>> = {
  no_key: "Nothing is sent: the account has no API key.",
  key_refused: "Nothing is sent: Customer.io refuses the API key. A new key lets it go on.",
  everything_refused: "Nothing is sent: Customer.io refuses everything, a harmless call too.",
};

const NOTES: Readonly<Record<string, string>> = {
  alarm_lost: "An account was due and had no alarm. The sweep has set it again.",
  conflict: "A person exists twice in Customer.io: npx tributary people conflicts",
  merge_call_refused: "Customer.io refused to make one person of two.",
  lookup_refused: "The vendor refuses the API key of this source: nobody is looked up.",
  compaction_interrupted: "Moving the database was interrupted. It is tried again.",
  erasure_refused: "Customer.io did not accept that an erased person is deleted there.",
};

/** What is wrong with a signature. */
const SIGNATURES: Readonly<Record<string, string>> = {
  missing: "no signature",
  malformed: "not a signature of this source",
  stale: "the signature is too old, or too new",
  mismatch: "the signature does not match",
  replayed: "the signature was used before",
};

/** Makes a reader. @param served the accounts whose problems nobody else tells */
export function createLogReader(served: ReadonlySet<string>): LogReader {
  const problems: string[] = [];
  return {
    read: (text, at) => {
      const line = logLine.safeParse(jsonOf(text));
      if (!line.success) return text;
      const { data } = line;
      if (data.outcome !== "configuration") return lineOf(data, at, problems);
      const problem = data.problem ?? "";
      problems.push(problem);
      const [, account] = /^account ([\w-]+)[,:]/.exec(problem) ?? [];
      if (account === undefined || !served.has(account)) return null;
      return { at, status: "conf", tone: "warning", source: account, type: "", text: problem };
    },
  };
}

function lineOf(data: LogLine, at: number, problems: readonly string[]): Line {
  const { outcome, account, source, type = "", id = "", reason, likely } = data;
  const place = { at, source: sourceLabel(account, source), type };
  if (outcome === "accepted") return { ...place, ...acceptance(data) };
  if (outcome === "handshake") return { ...place, status: "200", tone: "good", text: "The vendor's handshake is answered." };
  if (isPlainOutcome(outcome)) {
    const { status, message } = OUTCOMES[outcome];
    if (status < 400) return { ...place, status: String(status), tone: "faint", text: message };
    const why =
      outcome === "unverified" ? (SIGNATURES[reason ?? ""] ?? outcome) : [outcome, data.error].filter(Boolean).join(": ");
    const notes = likely?.map(({ advice }) => advice) ?? [causeOf({ ...data, outcome }, problems)];
    return { ...place, status: String(status), tone: status >= 500 ? "bad" : "warning", text: words(why), notes };
  }
  if (outcome === "dead") {
    const text = `${id} cannot be delivered: ${words(reason ?? "")}`;
    return { ...place, status: "dead", tone: "bad", text, notes: ["Why, and what to do: npx tributary dead list"] };
  }
  if (outcome === "ignored") return { ...place, status: "ign", tone: "faint", text: `${id}  ignored: ${reason ?? ""}` };
  if (outcome === "audit") {
    const { by, operation, changed } = data;
    return { ...place, status: "note", tone: "faint", text: `${operation} by ${by}: ${changed} changed` };
  }
  const text = outcome === "alarm" ? (ALARMS[reason ?? ""] ?? reason) : NOTES[outcome];
  return {
    ...place,
    status: "note",
    tone: "warning",
    text: text ?? words([outcome, reason, data.name, data.error].filter(Boolean).join(" ")),
  };
}

function acceptance(data: LogLine): Pick<Line, "status" | "tone" | "text" | "notes"> {
  const { id = "", accepted, duplicate, ignored, reasons } = data;
  const all = accepted + duplicate + ignored;
  const tone = accepted > 0 ? "good" : "faint";
  if (all === 0) return { status: "200", tone, text: "There is no event in it." };
  const parts = Object.entries({ accepted, duplicate, ignored }).filter(([, count]) => count > 0);
  const kinds = parts.map(([name, count]) => (all === 1 ? name : `${count} ${name}`)).join(", ");
  if (all > 1)
    return { status: "200", tone, text: `${all} events: ${kinds}`, notes: reasons.map((reason) => `ignored: ${reason}`) };
  const why = reasons.length > 0 ? `: ${reasons.join(", ")}` : "";
  return { status: "200", tone, text: accepted > 0 ? id : `${kinds}${why}  ${id}` };
}

function isPlainOutcome(outcome: string): outcome is PlainOutcome {
  return Object.hasOwn(OUTCOMES, outcome);
}

/** A name of a list, as words. */
function words(name: string): string {
  return name.replaceAll("_", " ");
}
