/**
 * A Worker's operator API, as commands use it.
 */
import type * as z from "zod";
import { OPERATIONS, type OperationInput, type OperationName, type OperationOutput } from "../account/operations.ts";
import {
  DIRECTORY_OPERATIONS,
  type DirectoryInput,
  type DirectoryOperationName,
  type DirectoryOutput,
} from "../console/directory/operations.ts";
import { problemSchema } from "../console/problem.ts";
import { type Exit, exitOfStatus } from "./exit-codes.ts";
import { isLoopbackHost } from "./loopback.ts";
import { escaped } from "./printer.ts";
import { TARGET_ENVIRONMENT, TARGET_OPTIONS, type TargetValues, targetOf } from "./profiles.ts";

/** Milliseconds that an answer may take: a page of a vendor's customers takes as long as the vendor. */
const PATIENCE = 120_000;

/** Characters of an answer that are shown. */
const LONGEST_PROBLEM = 2_000;

/** The options of every command that asks a Worker. */
export const OPERATOR_OPTIONS = {
  ...TARGET_OPTIONS,
  json: { type: "boolean", default: false, description: "Print the answer as JSON, for machines." },
} as const;

/** The options of commands that ask a Worker for its accounts. */
export const DIRECTORY_OPTIONS = {
  profile: TARGET_OPTIONS.profile,
  to: TARGET_OPTIONS.to,
  json: OPERATOR_OPTIONS.json,
} as const;

/** The environment variables of every command that asks a Worker. */
export const OPERATOR_ENVIRONMENT = TARGET_ENVIRONMENT;

/** How a request ended: with the Worker's answer, or with what a person must do and how the command ends. */
export type OperatorAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly exit: Exclude<Exit, "ok">;
      readonly problem: string;
      /** What the Worker answered, where it was JSON. */
      readonly answer?: unknown;
    };

/** A field as a person types it: which texts are allowed is the Worker's to check, since its answer names them. */
type Typed<Field> = Field extends string ? string : Field;

/** What a command may give an operation: its fields, by name. */
export type OperatorInput<Name extends OperationName> = {
  readonly [Field in keyof OperationInput<Name>]: Typed<OperationInput<Name>[Field]>;
};

/** An operation of a table, as far as a request needs it. */
interface Requested<Value> {
  readonly method: "GET" | "POST";
  readonly path: string;
  output(): z.ZodType<Value>;
}

const REQUESTS: { readonly [Name in OperationName]: Requested<OperationOutput<Name>> } = OPERATIONS;

const DIRECTORY_REQUESTS: { readonly [Name in DirectoryOperationName]: Requested<DirectoryOutput<Name>> } = DIRECTORY_OPERATIONS;

/** Performs an operation on an account of a Worker. @param values of `OPERATOR_OPTIONS` */
export async function askOperator<Name extends OperationName>(
  values: TargetValues,
  name: Name,
  input: OperatorInput<Name>,
): Promise<OperatorAnswer<OperationOutput<Name>>> {
  return request(values, REQUESTS[name], input, (account) => `/accounts/${encodeURIComponent(account)}`);
}

/** Performs an operation on the directory of accounts of a Worker. @param values of `DIRECTORY_OPTIONS` */
export async function askDirectory<Name extends DirectoryOperationName>(
  values: TargetValues,
  name: Name,
  input: DirectoryInput<Name>,
): Promise<OperatorAnswer<DirectoryOutput<Name>>> {
  return request(values, DIRECTORY_REQUESTS[name], input, () => "");
}

/** @param folderOf where the operation's path begins, below that of the API */
async function request<Value>(
  values: TargetValues,
  operation: Requested<Value>,
  input: Readonly<Record<string, unknown>>,
  folderOf: (account: string) => string,
): Promise<OperatorAnswer<Value>> {
  const found = targetOf(values);
  if (!found.ok) return { ok: false, exit: "usage", problem: found.problem };
  const { url: base, account, token } = found.target;
  const fields = new Map(Object.entries<unknown>(input).filter(([, value]) => value !== undefined));
  const path = operation.path.replace(/:(\w+)/g, (_, field: string) => {
    const value = encodeURIComponent(String(fields.get(field)));
    fields.delete(field);
    return value;
  });
  const url = new URL(`/api/v1${folderOf(account)}${path}`, base);
  const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  if (operation.method === "GET") for (const [field, value] of fields) url.searchParams.set(field, String(value));
  const body = operation.method === "POST" ? { body: JSON.stringify(Object.fromEntries(fields)) } : {};
  const response = await fetchText(url, { method: operation.method, headers, ...body });
  if (response === null) return { ok: false, exit: "not reachable", problem: notReachable(base) };
  const { text } = response;
  const refusal = problemSchema().safeParse(parseJson(text)).data?.detail ?? text;
  const answer = `${url.pathname}: ${response.status} ${escaped(refusal.slice(0, LONGEST_PROBLEM))}`;
  if (!response.ok) return { ok: false, exit: exitOf(response.status), problem: answer, answer: parseJson(text) };
  const read = operation.output().safeParse(parseJson(text));
  return read.success
    ? { ok: true, value: read.data }
    : { ok: false, exit: "failed", problem: `This is not the operator API of a Worker of this release. ${answer}` };
}

/** 400 says that the Worker was given what it does not take: it came from the command line. */
function exitOf(status: number): Exclude<Exit, "ok"> {
  return status === 400 ? "usage" : exitOfStatus(status);
}

interface Answered {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
}

/** @returns `null` where the connection is refused, breaks, or brings nothing in time, or the host is not known */
async function fetchText(url: URL, init: RequestInit): Promise<Answered | null> {
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch {
    return null;
  }
}

function notReachable(url: string): string {
  const isLocal = isLoopbackHost(new URL(url).hostname);
  return `Nothing answers at ${url}. ${isLocal ? "Start the Worker first: npm run dev" : "Check its address, and that the Worker runs."}`;
}

/** `undefined` where the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
