/**
 * Gives each problem of a configuration file its line, its wrong word and the nearest right one.
 */
import type { Finding } from "../../config/findings.ts";
import { valueAt } from "../../config/schema.ts";
import { secretName } from "../../secret-names.ts";
import { nearest } from "../nearest.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type Environment, sourcesOf, titleOf } from "./environments.ts";
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
export function diagnose(finding: Finding, environment: Environment, report: Report): Diagnosis {
  const { code, level, path, text, choices = [] } = finding;
  const word = wrongWord(finding, environment);
  const place = path[0] === "ACCOUNTS" ? path.slice(1).join(".") : path.join(".");
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
