/**
 * A vendor event of the log as a line: what became of it, who it is about, and what was sent.
 */
import type { OperationOutput } from "../../account/operations.ts";
import { counted } from "../../contract/counted.ts";
import type { Line } from "../lines/line.ts";
import type { Tone } from "../printer.ts";

/** A vendor event, as the API lists it. */
export type Event = OperationOutput<"events.list">["events"][number];

/** A vendor event whole. */
export type WholeEvent = OperationOutput<"events.show">;

/** Each state, as four letters. */
const STATES: Readonly<Record<Event["state"], { readonly word: string; readonly tone: Tone }>> = {
  pending: { word: "pend", tone: "warning" },
  waiting_for_identity: { word: "wait", tone: "warning" },
  waiting_for_order: { word: "wait", tone: "warning" },
  delivered: { word: "sent", tone: "good" },
  ignored: { word: "ign", tone: "faint" },
  duplicate: { word: "dup", tone: "faint" },
  dead: { word: "dead", tone: "bad" },
  discarded: { word: "disc", tone: "faint" },
  replayed: { word: "back", tone: "faint" },
};

/** The words of a line, for help: the state that each stands for, and what it means. */
export const STATE_WORDS: Readonly<Record<string, string>> = {
  sent: "delivered: Customer.io has it. The person, and the calls.",
  pend: "pending: kept, and not sent yet.",
  wait: "waiting_for_identity: its person is unknown; waiting_for_order: it names a thing that leads to nobody yet.",
  ign: "ignored, and why.",
  dup: "duplicate: known already.",
  dead: "dead, and why: npx tributary dead",
  disc: "discarded by an operator, or by the retention.",
  back: "replayed: it was dead, and an operator put it back.",
};

/** @param calls what the calls are called; `null` where only their number is known */
export function eventLine(event: Event, calls: readonly string[] | null): Line {
  const { source, type, id, state, receivedAt, replayedAt, endedAt, sealedAt } = event;
  const { word, tone } = STATES[state];
  const at = endedAt ?? sealedAt ?? replayedAt ?? receivedAt;
  const what = outcomeOf(event, calls);
  return { at, status: word, tone, source, type, text: id, ...(what === "" ? {} : { notes: [what] }) };
}

/** What became of an event, in words; empty where the state says it all. */
export function outcomeOf(event: Event, calls: readonly string[] | null): string {
  const { state, reason, detail, until, people } = event;
  switch (state) {
    case "delivered": {
      const sent = calls === null ? counted(event.calls, "call") : calls.join(", ");
      return `${namesOf(people)} → ${sent || "nothing new"}`;
    }
    case "waiting_for_identity":
      return `waits for the identity of its person, until ${timeOf(until)}`;
    case "waiting_for_order":
      return `waits for what says who it is about, until ${timeOf(until)}`;
    default:
      return [reason, detail].filter(Boolean).join(": ");
  }
}

/** Who an event is about. */
export function namesOf(people: Event["people"]): string {
  return people.map(({ name }) => name).join(", ") || "nobody";
}

function timeOf(at: number | null): string {
  return at === null ? "later" : `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
