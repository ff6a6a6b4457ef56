/**
 * Gives each problem of a configuration file its line, its wrong word and the nearest right one.
 */
import type { Finding } from "../../config/findings.ts";
import { accountSchema, isSourceOption, valueAt } from "../../config/schema.ts";
import type { Adapter } from "../../contract/interface.ts";
import { secretName } from "../../secret-names.ts";
import { nearest } from "../nearest.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type Environment, sourcesOf, tableOf, titleOf } from "./environments.ts";
import type { ConfigFile } from "./files.ts";

/** Makes a diagnosis of a part of a configuration file. `path` starts at the file's top level. */
export type Report = (
  problem: Pick<Diagnosis, "code" | "level" | "place" | "text"> & { readonly path: readonly string[]; readonly word?: string },
  choices?: Iterable<string>,
) => Diagnosis;

/** Gives the file and line of each problem. */
export function reporter({ file, text, lines }: ConfigFile): Report {
  const rows = text.split("\n");
  return ({ code, level, path, place, text: said, word }, choices = []) => {
    const found = lines(path);
    // A statement may have several lines: the one with the wrong word is meant.
    const offset =
      word === undefined || found === null ? 0 : rows.slice(found.first - 1, found.last).findIndex((row) => row.includes(word));
    const ending = /[.!?]$/.test(said) ? said : `${said}.`;
    return {
      code,
      level,
      file,
      line: found === null ? null : found.first + Math.max(0, offset),
      place,
      account: accountIn(path),
      text: ending,
      suggestion:
        word === undefined
          ? null
          : nearest(
              word,
              [...choices].filter((choice) => choice !== word),
            ),
    };
  };
}

/** A finding of the Worker, with the wrong word and its line. */
export function diagnose(
  finding: Finding,
  environment: Environment,
  adapters: ReadonlyMap<string, Adapter>,
  report: Report,
): Diagnosis {
  const { code, level, path } = finding;
  const word = wrongWord(finding, environment);
  const text = homeOf(finding, environment, adapters) ?? finding.text;
  const choices = code === "bad_name" && word !== null ? [nameLike(word)] : (finding.choices ?? []);
  const place = path[0] === "ACCOUNTS" && path.length > 1 ? path.slice(1).join(".") : path.join(".");
  return report(
    {
      code,
      level,
      path: [...environment.path, "vars", ...(declarationOf(path, environment) ?? path)],
      place: `${titleOf(environment)} ${place}`,
      text: word === null || code === "unknown_option" ? text : `"${word}": ${text}`,
      ...(word === null ? {} : { word }),
    },
    choices,
  );
}

/** The name that an account or a source may have instead. */
function nameLike(word: string): string {
  return word
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-$/g, "")
    .slice(0, 32);
}

/** Where an option belongs that stands in a wrong place; `null` if it belongs nowhere. */
function homeOf({ code, path }: Finding, environment: Environment, adapters: ReadonlyMap<string, Adapter>): string | null {
  const [, account = "", part, source = ""] = path;
  const table = tableOf(environment, "ACCOUNTS", account);
  const inSources = part === "sources";
  const word = inSources && path.length === 4 ? source : (path.at(-1) ?? "");
  const ofAccount = `is an option of an account: write it into [${table}], above the table of its sources`;
  // A value under `sources` that is no table is read as a source of this name.
  if (inSources && path.length === 4 && code === "wrong_value" && Object.hasOwn(accountSchema.shape, word)) return ofAccount;
  if (code !== "unknown_option") return null;
  if (inSources && path.length === 5) {
    if (Object.hasOwn(accountSchema.shape, word)) return ofAccount;
    const owners = [...adapters.values()].filter(({ options }) => Object.hasOwn(options.shape, word)).map(({ id }) => id);
    return owners.length === 0
      ? null
      : `is an option of ${owners.slice(0, 3).join(", ")}, not of this source's adapter; remove it`;
  }
  if (part === word && path.length === 3) {
    if (isSourceOption(word)) return `is an option of a source: write it into the source, in [${table}.sources]`;
    if (adapters.has(word)) return `is an adapter: sources stand in [${table}.sources]`;
  }
  return null;
}

/** Where the last source is declared that a secret belongs to; `null` if the path is no secret's. */
function declarationOf([name]: readonly string[], environment: Environment): readonly string[] | null {
  const owners = sourcesOf(environment).filter(({ account, source }) => secretName(account, source) === name);
  return owners.at(-1)?.path ?? null;
}

/** Most characters of a word that is repeated. */
const LONGEST_WORD = 60;

function wrongWord({ code, path }: Finding, { vars, accounts }: Environment): string | null {
  const value = path[0] === "ACCOUNTS" ? valueAt({ ACCOUNTS: accounts }, path) : valueAt(vars, path);
  if (code === "unknown_option" || code === "bad_name") return path.at(-1) ?? null;
  if (code === "unknown_adapter" && value === undefined) return path.at(-2) ?? null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return String(value).slice(0, LONGEST_WORD);
  return null;
}

/** The account that a path of the file leads into. */
function accountIn(path: readonly string[]): string | null {
  const index = path.indexOf("ACCOUNTS");
  return index === -1 ? null : (path[index + 1] ?? null);
}
