/**
 * What stands in the vars of each environment, and what should stand elsewhere.
 */

import * as z from "zod";
import { nearest } from "../nearest.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type Environment, placeOfSecret, tableOf, titleOf } from "./environments.ts";
import type { Report } from "./report.ts";
import { requiredSecrets } from "./sections.ts";

const table = z.record(z.string(), z.unknown()).catch({});

/** The variables of a deployed Worker that are no secrets. */
const KNOWN = ["REGION", "ACCOUNTS", "ELSEWHERE", "ACCESS_AUD"];

/** Variables that the Worker itself refuses when it is deployed. */
const REFUSED_BY_WORKER = ["TIME_SCALE", "HOLD_UNKNOWN", "CDP_US", "CDP_EU", "RUNTIME", "RUNTIME_KEY", "RUNTIME_PROOF"];

/** Names that the rule of secrets makes. */
const SECRET_NAME = /(_SECRET|_API_KEY|_TRACK_CREDENTIALS|_ALERT_URL|_READ_TOKEN|_OPERATE_TOKEN|^ADMIN_TOKEN|^DIRECTORY_KEY)$/;

/**
 * Examines where variables stand.
 * @param hasDirectory whether a DIRECTORY_KEY is known: then an environment may do without declared accounts
 */
export function examineVariables(
  top: Environment,
  named: readonly Environment[],
  report: Report,
  hasDirectory: boolean,
): readonly Diagnosis[] {
  return [
    ...misplaced(top, report, hasDirectory),
    ...[top, ...named].flatMap((environment) => unknownVariables(environment, report)),
    ...named.flatMap((environment) => [
      ...misplaced(environment, report, hasDirectory),
      ...regionOf(environment, report),
      ...examineElsewhere(environment, named, report),
    ]),
  ];
}

function misplaced(environment: Environment, report: Report, hasDirectory: boolean): readonly Diagnosis[] {
  const { name, path, own, vars, accounts } = environment;
  const place = titleOf(environment);
  const text = (where: string) => `${where} Accounts belong into [env.us.vars.ACCOUNTS.<name>] or [env.eu.vars.ACCOUNTS.<name>].`;
  const report1 = (key: readonly string[], where: string) =>
    report({
      code: "misplaced_accounts",
      level: "error",
      path: [...path, ...key],
      place: `${place} ${key.join(".")}`,
      text: text(where),
    });
  if ("ACCOUNTS" in own) return [report1(["ACCOUNTS"], "is not read here.")];
  if (name === "" && Object.keys(accounts).length > 0 && vars.REGION === undefined) {
    return [report1(["vars", "ACCOUNTS"], "has no region here, and no environment inherits it.")];
  }
  // They may be in the directory, or under a mistyped name, which is said already.
  const mayHave = hasDirectory || requiredSecrets(environment).includes("DIRECTORY_KEY") || Object.keys(vars).some(isMistyped);
  return Object.keys(accounts).length === 0 && name !== "" && !mayHave
    ? [
        report({
          code: "no_accounts",
          level: "warning",
          path,
          place,
          text:
            'has no accounts: if it is deployed, its Worker answers every webhook with 503. Add one before, as the comments in the file show; or, if its accounts are in the directory, say so: required = ["DIRECTORY_KEY"] in ' +
            `[${[...path, "secrets"].join(".")}].`,
        }),
      ]
    : [];
}

/** Variables that the Worker does not read, and secrets that stand in the file. */
export function unknownVariables(environment: Environment, report: Report): readonly Diagnosis[] {
  return Object.entries(environment.vars).flatMap(([name, value]) => {
    if (KNOWN.includes(name) || REFUSED_BY_WORKER.includes(name)) return [];
    const common = { path: [...environment.path, "vars", name], place: `${titleOf(environment)} vars.${name}` };
    if (SECRET_NAME.test(name)) {
      const where = /_(SECRET|API_KEY|CREDENTIALS|URL)$/.test(name) ? "replace it where it comes from" : "make another";
      const text = `is a secret in a file that everyone with the repository can read. Remove it, ${where}, and set the new one with: ${placeOfSecret(environment, name)}`;
      return [report({ ...common, code: "secret_in_file", level: "error", text })];
    }
    const accounts = tableOf(environment, "ACCOUNTS");
    const text =
      typeof value !== "object"
        ? "is not read by the Worker; remove it or correct its name."
        : isMistyped(name)
          ? `is a table that the Worker does not read. Accounts stand in [${accounts}.<name>]`
          : `is a table that the Worker does not read. An account stands under ACCOUNTS: [${accounts}.${name}]`;
    return [report({ ...common, code: "unknown_variable", level: "error", text, word: name }, KNOWN)];
  });
}

/** Whether a table is meant to be that of the accounts. */
function isMistyped(name: string): boolean {
  return nearest(name, ["ACCOUNTS"]) !== null;
}

function regionOf(environment: Environment, report: Report): readonly Diagnosis[] {
  const { name, path, vars } = environment;
  if (name !== "us" && name !== "eu") {
    const text = 'is not deployed by "npm run deploy", which knows us and eu. Its REGION decides where its calls go.';
    return [
      report({ code: "unknown_environment", level: "warning", path, place: titleOf(environment), text, word: name }, [
        "us",
        "eu",
      ]),
    ];
  }
  const { REGION: region } = vars;
  if (region === name || (region !== "us" && region !== "eu")) return [];
  const text = `"${region}": must be "${name}" in ${titleOf(environment)}, or the Worker of one region would serve the accounts of the other.`;
  const place = `${titleOf(environment)} REGION`;
  return [report({ code: "environment_region", level: "error", path: [...path, "vars", "REGION"], place, text })];
}

/** Accounts of ELSEWHERE that no other environment has, or that this one serves itself. */
function examineElsewhere(environment: Environment, named: readonly Environment[], report: Report): readonly Diagnosis[] {
  const { name, path, vars, accounts } = environment;
  const others = named.filter((other) => other.name !== name).flatMap((other) => Object.keys(other.accounts));
  return Object.keys(table.parse(vars.ELSEWHERE)).flatMap((account) => {
    const isOwn = account in accounts;
    if (!isOwn && (others.includes(account) || named.length < 2)) return [];
    const text = isOwn
      ? "is an account of this environment too, which serves it: remove one of the two."
      : "is an account of no other environment: correct the name or remove the line.";
    const key = [...path, "vars", "ELSEWHERE", account];
    const place = `${titleOf(environment)} ELSEWHERE.${account}`;
    return [report({ code: "unknown_account", level: "warning", path: key, place, text, word: account }, others)];
  });
}
