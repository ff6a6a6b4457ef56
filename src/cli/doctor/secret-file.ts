/**
 * Secrets as they stand in a file, with what is wrong with the lines that they are on.
 */
import { parseEnv } from "node:util";
import { envText } from "../env-text.ts";

/** A secret, and where it was found. */
export interface KnownSecret {
  readonly value: string;
  readonly file: string;
  /** Counted from 1; `null` if it is in no file. */
  readonly line: number | null;
  /** What is wrong with the line, and what to do; never the value. */
  readonly flaw?: string;
}

/** Secrets by name. */
export type Secrets = ReadonlyMap<string, KnownSecret>;

/**
 * Reads secrets from `NAME=value` lines or from a JSON object; `null` if the JSON is invalid.
 * @param file its name in messages
 */
export function readSecrets(file: string, given: string): Secrets | null {
  const text = envText(given);
  if (text.trimStart().startsWith("{")) return secretsOfJson(file, text);
  const rows = text.split("\n");
  const found = new Map<string, KnownSecret>(
    Object.entries(parseEnv(text)).flatMap(([name, value]) => {
      const own = rows.flatMap((row, index) => (nameIn(row) === name ? [index] : []));
      const index = own.at(-1);
      if (value === undefined) return [];
      const secret = { value, file, line: index === undefined ? null : index + 1 };
      const flaw = own.length > 1 ? twice(own) : flawOf(rows[index ?? -1] ?? "", value);
      return [[name, flaw === null ? secret : { ...secret, flaw }] as const];
    }),
  );
  // Lines that give no value: they are only looked at where no value of several lines may hold them.
  const isPlain = [...found.values()].every(({ value }) => !value.includes("\n"));
  for (const [index, row] of isPlain ? rows.entries() : []) {
    const [, name, sign] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*(:|$)/.exec(row) ?? [];
    if (name === undefined || found.has(name)) continue;
    const flaw = sign === ":" ? "has a colon behind its name: write NAME=value." : "has no value: write NAME=value.";
    found.set(name, { value: "", file, line: index + 1, flaw });
  }
  return found;
}

function twice(indices: readonly number[]): string {
  return `stands there ${indices.length} times, in lines ${indices.map((index) => index + 1).join(" and ")}: the last one counts. To have several secrets, write them behind one name, separated by spaces, in quotation marks.`;
}

/** What is wrong with a line whose value was read. */
function flawOf(row: string, value: string): string | null {
  const given = row.slice(row.indexOf("=") + 1).trim();
  const isQuoted = /^["'`]/.test(given);
  if (/^["'`“”„‘’]/.test(value) || /["'`“”„‘’]$/.test(value))
    return "begins or ends with a quotation mark, which counts as a part of it: remove it, or correct the other one.";
  if (!isQuoted && /^[^#]*[^#\s]#/.test(given))
    return "has a # in it, and what follows counts as a comment: write it in quotation marks.";
  return null;
}

/** The name that a line gives a value to; `null` if it gives none. */
function nameIn(line: string): string | null {
  return /^[\s{,]*(?:export\s+)?"?([\w.-]+)"?\s*[=:]/.exec(line)?.[1] ?? null;
}

function secretsOfJson(file: string, text: string): Secrets | null {
  const rows = text.split("\n");
  try {
    return new Map(
      Object.entries<unknown>(JSON.parse(text)).flatMap(([name, value]) => {
        if (typeof value !== "string") return [];
        const index = rows.findLastIndex((row) => nameIn(row) === name);
        return [[name, { value, file, line: index === -1 ? null : index + 1 }] as const];
      }),
    );
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
      /^([A-Z][A-Z0-9_]*_(SECRET|API_KEY|TRACK_CREDENTIALS|ALERT_URL|READ_TOKEN|OPERATE_TOKEN)|ADMIN_TOKEN|DIRECTORY_KEY)$/.test(
        name,
      )
        ? [[name, { value, file: "the environment", line: null }] as const]
        : [],
    ),
  );
}
