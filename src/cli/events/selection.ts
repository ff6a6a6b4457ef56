/**
 * What the keys of `tail` do: j and k choose an event of those that were shown; r, d and o are about it.
 */
import { cut, widthOf } from "../lines/columns.ts";
import { escaped } from "../printer.ts";
import type { Event } from "./event-line.ts";

/** Events that can be chosen. */
const MOST = 500;

/** The events that were shown, oldest first, and the one that is chosen. */
export interface Selection {
  readonly events: readonly Event[];
  /** `null`: the newest, whichever that is. */
  readonly chosen: number | null;
  /** Whether the next key says that the chosen event is replayed although it may start automations. */
  readonly asks: boolean;
}

/** What a key wants to be done with an event. */
export type Action =
  | { readonly kind: "none" | "quit" }
  | { readonly kind: "details" | "open"; readonly event: Event }
  | { readonly kind: "replay"; readonly event: Event; readonly mayTrigger: boolean };

/** Nothing was shown yet. */
export const NOTHING: Selection = { events: [], chosen: null, asks: false };

/** An event is shown: it is the newest, in place of an earlier state of it. */
export function shown(selection: Selection, event: Event): Selection {
  const { events, chosen } = selection;
  const at = events.findIndex((one) => one.webhook === event.webhook && one.source === event.source && one.id === event.id);
  if (at !== -1) return { ...selection, events: events.with(at, event) };
  const dropped = events.length >= MOST ? 1 : 0;
  return {
    ...selection,
    events: [...events.slice(dropped), event],
    chosen: chosen === null ? null : Math.max(0, chosen - dropped),
  };
}

/** The event that is chosen. */
export function chosenOf({ events, chosen }: Selection): Event | undefined {
  return chosen === null ? events.at(-1) : events[chosen];
}

/** The replay of the chosen event may start automations: the next key decides. */
export function asking(selection: Selection): Selection {
  return { ...selection, asks: true };
}

/** What a key does. @param key as the terminal sends it */
export function press(selection: Selection, key: string): { readonly selection: Selection; readonly action: Action } {
  const event = chosenOf(selection);
  const calm: Selection = { ...selection, asks: false };
  const stay = (action: Action) => ({ selection: calm, action });
  // Ctrl-C and Ctrl-D: a terminal in raw mode sends no signal.
  if (["q", "\u0003", "\u0004"].includes(key)) return stay({ kind: "quit" });
  if (selection.asks) return stay(key === "y" && event ? { kind: "replay", event, mayTrigger: true } : { kind: "none" });
  const last = selection.events.length - 1;
  const at = selection.chosen ?? last;
  const move = (to: number) => ({
    selection: { ...calm, chosen: to >= last ? null : Math.max(0, to) },
    action: { kind: "none" as const },
  });
  if (key === "j" || key === "\u001b[B") return move(at + 1);
  if (key === "k" || key === "\u001b[A") return move(at - 1);
  if (event === undefined) return stay({ kind: "none" });
  if (key === "r") return stay({ kind: "replay", event, mayTrigger: false });
  if (key === "d" || key === "\r") return stay({ kind: "details", event });
  if (key === "o") return stay({ kind: "open", event });
  return stay({ kind: "none" });
}

/** The line at the bottom: which event is chosen, and what the keys do. */
export function statusOf(selection: Selection, columns: number): string {
  const event = chosenOf(selection);
  if (event === undefined) return cut("Waiting for events.  q quit", columns - 1);
  const keys = selection.asks
    ? "It is young: it may start automations once more. y replay"
    : "j k  r replay  d details  o open  q quit";
  const name = escaped(`▸ ${event.source} ${event.id}`);
  const room = columns - 1 - widthOf(keys) - 2;
  return room < 10 ? cut(keys, columns - 1) : `${cut(name, room)}  ${keys}`;
}
