/**
 * A Worker's operator API, as commands use it.
 */
import type * as z from "zod";
import { OPERATIONS, type OperationInput, type OperationName, type OperationOutput } from "../account/operations.ts";
import { escaped } from "./printer.ts";
import { LOCAL_ADDRESS } from "./workerd.ts";

/** Characters of an answer that are shown. */
const LONGEST_PROBLEM = 2_000;

/** The options of every command that asks a Worker. */
export const OPERATOR_OPTIONS = {
  to: { type: "string" },
  account: { type: "string", default: "demo" },
  json: { type: "boolean", default: false },
} as const;

/** How they are explained. */
export const OPERATOR_USAGE = `  --to URL      the Worker; the local one unless said otherwise
  --account A   the account; demo unless said otherwise
  --json        the same as JSON, for machines
The environment variable ADMIN_TOKEN opens a Worker that is not local.`;

/** How a request ended: with the Worker's answer, or with what a person must do. */
export type OperatorAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

/** A field as a person types it: which texts are allowed is the Worker's to check, since its answer names them. */
type Typed<Field> = Field extends string ? string : Field;

/** What a command may give an operation: its fields, by name. */
export type OperatorInput<Name extends OperationName> = {
  readonly [Field in keyof OperationInput<Name>]: Typed<OperationInput<Name>[Field]>;
};

/** The table, as far as a request needs it. */
type Requests = {
  readonly [Name in OperationName]: {
    readonly method: "GET" | "POST";
    readonly path: string;
    output(): z.ZodType<OperationOutput<Name>>;
  };
};

const REQUESTS: Requests = OPERATIONS;

/** Performs an operation on an account of a Worker. @param values of `OPERATOR_OPTIONS` */
export async function askOperator<Name extends OperationName>(
  { to, account }: { readonly to?: string | undefined; readonly account: string },
  name: Name,
  input: OperatorInput<Name>,
): Promise<OperatorAnswer<OperationOutput<Name>>> {
  const base = to ?? `http://${LOCAL_ADDRESS}:${process.env.PORT ?? 8787}`;
  if (!URL.canParse(base)) return { ok: false, problem: `${base} is no URL.` };
  const operation = REQUESTS[name];
  const fields = new Map(Object.entries<unknown>(input).filter(([, value]) => value !== undefined));
  const path = operation.path.replace(/:(\w+)/g, (_, field: string) => {
    const value = encodeURIComponent(String(fields.get(field)));
    fields.delete(field);
    return value;
  });
  const url = new URL(`/api/accounts/${encodeURIComponent(account)}${path}`, base);
  const token = process.env.ADMIN_TOKEN;
  const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  if (operation.method === "GET") for (const [field, value] of fields) url.searchParams.set(field, String(value));
  const body = operation.method === "POST" ? { body: JSON.stringify(Object.fromEntries(fields)) } : {};
  const response = await fetch(url, { method: operation.method, headers, ...body }).catch(() => null);
  if (response === null) return { ok: false, problem: `Nothing answers at ${base}. Start the Worker first: npm run dev` };
  const text = await response.text();
  const answer = `${url.pathname}: ${response.status} ${escaped(text.slice(0, LONGEST_PROBLEM))}`;
  if (!response.ok) return { ok: false, problem: answer };
  const read = operation.output().safeParse(parseJson(text));
  return read.success
    ? { ok: true, value: read.data }
    : { ok: false, problem: `This is not the operator API of a Worker of this release. ${answer}` };
}

/** `undefined` where the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
