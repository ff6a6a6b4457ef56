/**
 * The files that a setup consists of, read with the lines of everything in them.
 */
import { parseEnv } from "node:util";
import { parse, TomlError } from "smol-toml";
import type { Diagnosis } from "./diagnosis.ts";
import { type FindLines, linesOfToml } from "./toml-lines.ts";

/** A configuration file. `value` is what it says, unchecked. */
export interface ConfigFile {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  readonly lines: FindLines;
}

/** A secret, and where it was found. */
export interface KnownSecret {
  readonly value: string;
  readonly file: string;
  /** Counted from 1; `null` if it is in no file. */
  readonly line: number | null;
}

/** Secrets by name. */
export type Secrets = ReadonlyMap<string, KnownSecret>;

/** Reads a TOML file. @param file its name in messages */
export function readConfigFile(file: string, text: string): ConfigFile | Diagnosis {
  try {
    return { file, text, value: parse(text), lines: linesOfToml(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
    return {
      code: "syntax",
      level: "error",
      file,
      line: error.line,
      place: "",
      account: null,
      text: `column ${error.column} is not valid TOML (${reason}); nothing else can be checked until this is corrected.`,
      suggestion: null,
    };
  }
}

/**
 * Reads secrets from `NAME=value` lines or from a JSON object; `null` if the JSON is invalid.
 * @param file its name in messages
 */
export function readSecrets(file: string, text: string): Secrets | null {
  const values = text.trimStart().startsWith("{") ? entriesOfJson(text) : Object.entries(parseEnv(text));
  if (values === null) return null;
  const lines = text.split("\n");
  return new Map(
    values.flatMap(([name, value]) => {
      if (typeof value !== "string") return [];
      const index = lines.findLastIndex((line) => nameIn(line) === name);
      return [[name, { value, file, line: index === -1 ? null : index + 1 }] as const];
    }),
  );
}

/** The name that a line gives a value to; `null` if it gives none. */
function nameIn(line: string): string | null {
  return /^[\s{,]*(?:export\s+)?"?([\w.-]+)"?\s*[=:]/.exec(line)?.[1] ?? null;
}

function entriesOfJson(text: string): readonly (readonly [string, unknown])[] | null {
  try {
    return Object.entries(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Secrets in our own environment, by the rule of their names. */
export function secretsInEnvironment(environment: Readonly<Record<string, string | undefined>>): Secrets {
  return new Map(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined &&
      /^([A-Z][A-Z0-9_]*_(SECRET|API_KEY|TRACK_CREDENTIALS|READ_TOKEN|OPERATE_TOKEN)|ADMIN_TOKEN)$/.test(name)
        ? [[name, { value, file: "the environment", line: null }] as const]
        : [],
    ),
  );
}
