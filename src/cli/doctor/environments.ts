/**
 * The environments of a `wrangler.toml`, as the doctor looks at them: without any check that would stop at the first problem.
 */
import * as z from "zod";
import { sourcesIn, valueAt } from "../../config/schema.ts";
import type { ConfigFile } from "./files.ts";

const table = z.record(z.string(), z.unknown()).catch({});

/** An environment of the configuration. */
export interface Environment {
  /** Empty for the top level. */
  readonly name: string;
  /** The keys that lead to it. */
  readonly path: readonly string[];
  readonly own: Readonly<Record<string, unknown>>;
  readonly vars: Readonly<Record<string, unknown>>;
  /** The accounts by name. */
  readonly accounts: Readonly<Record<string, unknown>>;
  /** Whether it is that of a self-hosted Worker, whose tables stand in a file of their own. */
  readonly isSelfhosted: boolean;
}

/** The top level and all named environments. */
export function environmentsOf({ value }: ConfigFile): { readonly top: Environment; readonly named: readonly Environment[] } {
  const top = table.parse(value);
  const named = Object.entries(table.parse(top.env));
  return {
    top: environmentOf("", [], top),
    named: named.map(([name, own]) => environmentOf(name, ["env", name], table.parse(own))),
  };
}

function environmentOf(name: string, path: readonly string[], own: Readonly<Record<string, unknown>>): Environment {
  const vars = table.parse(own.vars);
  return { name, path, own, vars, accounts: table.parse(parsedJson(vars.ACCOUNTS)), isSelfhosted: false };
}

/** Its name in messages. */
export function titleOf({ name, isSelfhosted }: Environment): string {
  return isSelfhosted ? "[self-hosted]" : name === "" ? "[top level]" : `[env.${name}]`;
}

/** The name of a table of its variables, as its file writes it. */
export function tableOf({ path, isSelfhosted }: Environment, ...keys: readonly string[]): string {
  return [...(isSelfhosted ? [] : [...path, "vars"]), ...keys].join(".");
}

/** The command, or the place, by which a secret is set. */
export function placeOfSecret({ name: environment, isSelfhosted }: Environment, name: string): string {
  if (isSelfhosted) return `${name}=… in the environment of the service`;
  return `npx wrangler secret put ${name}${environment === "" ? "" : ` --env ${environment}`}`;
}

/** A source and the keys that lead to it from the Worker's variables. */
export interface DeclaredSource {
  readonly account: string;
  readonly source: string;
  readonly adapter: string;
  readonly path: readonly string[];
}

/** The sources of all accounts of an environment. */
export function sourcesOf({ accounts }: Environment): readonly DeclaredSource[] {
  return Object.entries(accounts).flatMap(([account, given]) =>
    sourcesIn(given).map(([source, options]) => {
      const adapter = valueAt(options, ["adapter"]);
      const path = ["ACCOUNTS", account, "sources", source];
      return { account, source, adapter: typeof adapter === "string" ? adapter : source, path };
    }),
  );
}

/** `ACCOUNTS` may be a table or its JSON. */
function parsedJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
