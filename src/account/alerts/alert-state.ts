/**
 * Which alerts are open, and which messages wait: pure, as it is stored.
 */
import * as z from "zod";
import { ALERT_KINDS } from "../../config/alert-options.ts";
import { type Condition, keyOf } from "./conditions.ts";
import { failingSchema } from "./failing.ts";

/** An open alert is told again after so long, milliseconds. */
const REMINDER = 86_400_000;

/** Messages that may wait. The oldest one goes first. */
const MOST_WAITING = 100;

/** How long a message is tried, milliseconds. */
const TRIED_FOR = 86_400_000;

/** Shortest and longest wait before a message is tried again, milliseconds. */
const SHORTEST_WAIT = 30_000;
const LONGEST_WAIT = 3_600_000;

const conditionSchema = z.object({
  kind: z.enum(ALERT_KINDS),
  source: z.string().nullable(),
  since: z.number(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
});

const messageSchema = conditionSchema.extend({
  /** The same in each try: a receiver recognises what it has. */
  id: z.string(),
  state: z.enum(["opened", "reminder", "resolved"]),
  /** When it was made, milliseconds since 1970. */
  at: z.number(),
  tries: z.number(),
  notBefore: z.number(),
});

const openSchema = conditionSchema.extend({ toldAt: z.number() });

/** The alerts of an account as they are stored. */
export const alertStateSchema = z.object({
  open: z.array(openSchema).default([]),
  waiting: z.array(messageSchema).default([]),
  failing: z.record(z.string(), failingSchema).default({}),
});

/** An alert that is open. */
export type OpenAlert = Readonly<z.output<typeof openSchema>>;

/** A message to the operator. Times are milliseconds since 1970. */
export type Message = Readonly<z.output<typeof messageSchema>>;

/** The alerts of an account. */
export interface AlertState {
  readonly open: readonly OpenAlert[];
  /** Messages that are not sent, oldest first. */
  readonly waiting: readonly Message[];
}

/** The state after a look at the account: what began, ended, or lasts, each told once. The same object if nothing is to be told. */
export function afterLook(state: AlertState, conditions: readonly Condition[], now: number, newId: () => string): AlertState {
  const holding = new Map(conditions.map((condition) => [keyOf(condition), condition]));
  const told: Message[] = [];
  const tell = (as: Message["state"], { kind, source, since, details }: Omit<OpenAlert, "toldAt">): void => {
    told.push({ id: newId(), state: as, kind, source, since, details, at: now, tries: 0, notBefore: now });
  };
  const open: OpenAlert[] = [];
  for (const alert of state.open) {
    const condition = holding.get(keyOf(alert));
    holding.delete(keyOf(alert));
    if (condition === undefined) tell("resolved", alert);
    else if (now - alert.toldAt < REMINDER) open.push(alert);
    else {
      const lasting = { ...alert, details: condition.details, toldAt: now };
      tell("reminder", lasting);
      open.push(lasting);
    }
  }
  for (const condition of holding.values()) {
    const alert = { ...condition, since: condition.since ?? now, toldAt: now };
    tell("opened", alert);
    open.push(alert);
  }
  return told.length === 0 ? state : { open, waiting: [...state.waiting, ...told].slice(-MOST_WAITING) };
}

/** The next message: the oldest one whose time has come. About one alert, messages are sent in order. */
export function nextMessage(state: AlertState, now: number): Message | null {
  return firstOnes(state).find(({ notBefore }) => notBefore <= now) ?? null;
}

/** When the next message is to be tried, milliseconds since 1970; `null` if none waits. */
export function nextTry(state: AlertState): number | null {
  return state.waiting.length === 0 ? null : Math.min(...firstOnes(state).map(({ notBefore }) => notBefore));
}

/** The first message about each alert. */
function firstOnes({ waiting }: AlertState): readonly Message[] {
  return waiting.filter((message) => waiting.find((other) => keyOf(other) === keyOf(message)) === message);
}

/** The state after a message was tried. After a day it is given up. @param random a number from 0 to 1 */
export function afterTry(state: AlertState, id: string, isTaken: boolean, now: number, random: number): AlertState {
  return {
    ...state,
    waiting: state.waiting.flatMap((message) => {
      if (message.id !== id) return [message];
      if (isTaken || now - message.at >= TRIED_FOR) return [];
      const ceiling = Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** Math.min(message.tries, 10));
      return [{ ...message, tries: message.tries + 1, notBefore: now + ceiling / 2 + (random * ceiling) / 2 }];
    }),
  };
}
