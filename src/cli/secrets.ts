/**
 * The secrets of local commands: those of the demo accounts, unless `.dev.vars` says otherwise.
 */
import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { envText } from "./env-text.ts";
import { inProject } from "./project.ts";

/** The generated secrets of the demo accounts, inside the project. */
export const DEMO_SECRETS = "src/sandbox/demo.vars";

/** A person's own, never in the repository. */
export const OWN_SECRETS = ".dev.vars";

/** Every secret that a local Worker is given, by name. */
export function localSecrets(): Readonly<Record<string, string>> {
  return { ...read(DEMO_SECRETS), ...read(OWN_SECRETS) };
}

function read(path: string): Record<string, string> {
  const file = inProject(path);
  if (!existsSync(file)) return {};
  const entries = Object.entries(parseEnv(envText(readFileSync(file, "utf8"))));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
