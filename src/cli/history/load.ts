/**
 * Loads what an adapter says of its vendor's past.
 */
import { existsSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import type { Credentials, History } from "../../contract/history.ts";
import { inProject } from "../project.ts";

/** A module of `adapters/<id>/history.ts`. Its shape is checked by the compiler where it is written: `satisfies History`. */
const moduleSchema = z.object({ default: z.custom<History>((given) => typeof given === "object" && given !== null) });

/** The ids of the adapters whose vendors' past can be read, in order. */
export function historians(): readonly string[] {
  return readdirSync(inProject("adapters"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(fileOf(entry.name)))
    .map(({ name }) => name)
    .sort();
}

/** What an adapter says of its vendor's past; `null` if it says nothing. */
export async function loadHistory(id: string): Promise<History | null> {
  const file = fileOf(id);
  if (!existsSync(file)) return null;
  return moduleSchema.parse(await import(pathToFileURL(file).href)).default;
}

function fileOf(id: string): string {
  return inProject(`adapters/${id}/history.ts`);
}

/** The credentials in the environment, or what is missing or wrong. No value is repeated. */
export type FoundCredentials =
  | { readonly ok: true; readonly given: Credentials }
  | { readonly ok: false; readonly problem: string };

/** Reads the variables that a history needs. */
export function credentialsIn(environment: Readonly<Record<string, string | undefined>>, history: History): FoundCredentials {
  const given: Record<string, string> = {};
  const problems: string[] = [];
  for (const [name, { hint, format, isOptional }] of Object.entries(history.credentials)) {
    const value = environment[name]?.trim() ?? "";
    if (value === "" && isOptional) continue;
    if (value === "") problems.push(`${name} is not set: ${hint}`);
    else if (format.test(value)) given[name] = value;
    else problems.push(`${name} has another format: ${hint}`);
  }
  return problems.length === 0 ? { ok: true, given } : { ok: false, problem: problems.join("\n") };
}
