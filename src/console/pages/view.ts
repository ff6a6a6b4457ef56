/**
 * What the pages of the console are given, and what they give back.
 */
import type { Child } from "hono/jsx";
import type { AccountOperations, OperationName, OperationOutput } from "../../account/operations.ts";
import { OPERATIONS } from "../../account/operations.ts";
import { answerTo, type RefusalAnswer } from "../refusals.ts";

/** A page. */
export interface View {
  readonly title: string;
  readonly body: Child;
  /** The accounts that it follows: it shows what changes there while it is open. */
  readonly live?: readonly string[];
  readonly status?: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 503;
}

/** What a request ends with: a page, another address of the console, or something that is no page. */
export type Shown = View | { readonly location: string } | Response;

/** How an operation ended. */
export type Asked<Name extends OperationName> =
  | { readonly ok: true; readonly value: OperationOutput<Name> }
  | { readonly ok: false; readonly answer: RefusalAnswer };

/** Performs an operation of the API on an account. Its object checks the input. */
export type Ask = <Name extends OperationName>(name: Name, input: Readonly<Record<string, unknown>>) => Promise<Asked<Name>>;

/** A request for a page of one account. */
export interface Visit {
  readonly account: string;
  readonly query: URLSearchParams;
  /** The fields of a sent form; empty otherwise. */
  readonly form: URLSearchParams;
  /** The address of the Worker as the operator reaches it. */
  readonly origin: string;
  /** Whether samples can be sent. */
  readonly composes: boolean;
  readonly ask: Ask;
}

/** Makes a page of one account. */
export type Room = (visit: Visit) => Promise<Shown>;

/** The page of a source's samples, and the form that sends one. */
export interface ComposerPages {
  readonly show: Room;
  readonly send: Room;
}

/** Finds the composer of a local run by its bindings; `null` where it has none. */
export type ComposerOf = (env: Record<string, unknown>) => Promise<ComposerPages | null>;

/** Asks an account's object. @param changed called where an operation changed something, with how many things */
export function asking(object: AccountOperations, changed: (operation: OperationName, count: number) => void): Ask {
  return async <Name extends OperationName>(name: Name, input: Readonly<Record<string, unknown>>): Promise<Asked<Name>> => {
    const answer = await object.operate(name, JSON.stringify(input));
    if (!answer.ok) return { ok: false, answer: answerTo(OPERATIONS[name], answer.refusal, answer.problem) };
    if (answer.changed !== undefined && answer.changed > 0) changed(name, answer.changed);
    const value: OperationOutput<Name> = JSON.parse(answer.value);
    return { ok: true, value };
  };
}

/** The fields of a query that are among these and not empty. */
export function filtersOf(query: URLSearchParams, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = query.get(name);
      return value === null || value === "" ? [] : [[name, value]];
    }),
  );
}

/** The address of a page of an account. Empty fields are left out. */
export function linkTo(account: string, page: string, query: Readonly<Record<string, string | number | null>> = {}): string {
  const fields = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === "" ? [] : [[name, String(value)]],
  );
  const text = new URLSearchParams(fields).toString();
  return `/console/${encodeURIComponent(account)}/${page}${text === "" ? "" : `?${text}`}`;
}
