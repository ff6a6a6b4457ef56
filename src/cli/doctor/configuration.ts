/**
 * What is wrong with a `wrangler.toml`: everything at once, each problem with its line.
 */

import type { Finding, FindingCode } from "../../config/findings.ts";
import { readConfig } from "../../config/load.ts";
import type { Adapter } from "../../contract/interface.ts";
import { type Diagnosis, renderDiagnosis } from "./diagnosis.ts";
import { type Environment, environmentsOf, titleOf } from "./environments.ts";
import type { ConfigFile } from "./files.ts";
import { examineLimits } from "./limits.ts";
import { namesOfSecrets } from "./names.ts";
import { examineObjects } from "./objects.ts";
import { diagnose, type Report, reporter } from "./report.ts";
import { examineSchedule } from "./schedule.ts";
import { examineRequired, examineSections, examineUpload } from "./sections.ts";
import { examineShards } from "./shards.ts";
import { examineSources } from "./sources.ts";
import { examineVariables, unknownVariables } from "./variables.ts";

/** Findings about secrets: they are not in the file. */
const ABOUT_SECRETS: readonly FindingCode[] = [
  "missing_secret",
  "secret_format",
  "weak_secret",
  "demo_secret",
  "shared_token",
  "unused_key",
];

/** Accounts that local runs have of themselves. */
const DEMO_NAMES = ["demo", "demo-eu"];

/**
 * Examines the environments of a configuration.
 * @param adapters all adapters
 * @param only the environment that is examined; all unless given
 * @param hasDirectory whether a DIRECTORY_KEY is known: its accounts are declared nowhere
 */
export function examineConfiguration(
  config: ConfigFile,
  adapters: ReadonlyMap<string, Adapter>,
  only: string | null = null,
  hasDirectory = false,
): readonly Diagnosis[] {
  const report = reporter(config);
  const { top, named } = environmentsOf(config);
  const chosen = named.filter(({ name }) => only === null || name === only);
  // The top level has accounts and a region only where it is deployed without an environment.
  const isTopDeployed = only === null && Object.keys(top.accounts).length > 0 && top.vars.REGION !== undefined;
  const deployed = isTopDeployed ? [top, ...chosen] : chosen;
  return withoutRepetitions([
    ...(only === null ? ["us", "eu"] : [only]).flatMap((name) =>
      named.some((environment) => environment.name === name)
        ? []
        : report({
            code: "unknown_environment",
            level: "error",
            path: ["env"],
            place: `[env.${name}]`,
            text: "is missing; take it from the file as it was delivered.",
          }),
    ),
    ...examineSections(top, chosen, report),
    ...examineUpload(top, chosen, report),
    ...examineVariables(top, chosen, report, hasDirectory),
    ...deployed.flatMap((environment) => [
      ...findingsOf(environment, adapters).map((finding) => diagnose(finding, environment, adapters, report)),
      ...examineLimits(environment, report),
      ...examineSources(environment, report),
      ...examineShards(environment, adapters, report),
      ...examineRequired(environment, namesOfSecrets(environment), report),
    ]),
    ...chosen.flatMap((environment) => examineObjects(top, environment, report)),
    ...chosen.flatMap((environment) => examineSchedule(top, environment, report)),
    ...examineNames(chosen, report),
  ]);
}

/** Examines the file of a self-hosted Worker. */
export function examineSelfhosted(
  config: ConfigFile,
  environment: Environment,
  adapters: ReadonlyMap<string, Adapter>,
): readonly Diagnosis[] {
  const report = reporter(config);
  return [
    ...unknownVariables(environment, report),
    ...findingsOf(environment, adapters)
      // One machine may serve both regions.
      .filter(({ code }) => code !== "missing_variable")
      .map((finding) => diagnose(finding, environment, adapters, report)),
    ...examineSources(environment, report),
    ...examineShards(environment, adapters, report),
  ];
}

/** What environments inherit is wrong only once. */
function withoutRepetitions(diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
  return [...new Map(diagnoses.map((diagnosis) => [renderDiagnosis(diagnosis), diagnosis])).values()];
}

/** What the Worker itself would find, except what is about secrets. */
function findingsOf({ name, vars }: Environment, adapters: ReadonlyMap<string, Adapter>): readonly Finding[] {
  // With the region of the environment's name: a wrong REGION is one problem, and not one more for each account.
  const region = (name === "us" || name === "eu") && (vars.REGION === "us" || vars.REGION === "eu") ? { REGION: name } : {};
  const { findings } = readConfig({ ...vars, ...region }, adapters);
  const hasAccounts = vars.ACCOUNTS !== undefined;
  return findings.filter(({ code, path }) => !ABOUT_SECRETS.includes(code) && (path[0] !== "ACCOUNTS" || hasAccounts));
}

/** Names that local runs, or the Workers of both regions, cannot tell apart. */
function examineNames(environments: readonly Environment[], report: Report): readonly Diagnosis[] {
  const seen = new Map<string, Environment>();
  return environments.flatMap((environment) =>
    Object.keys(environment.accounts).flatMap((name) => {
      const path = [...environment.path, "vars", "ACCOUNTS", name];
      const place = `${titleOf(environment)} ${name}`;
      const before = seen.get(name);
      seen.set(name, environment);
      const text = `is also an account of ${before && titleOf(before)}. Both have the same names of secrets, and a local run cannot serve both: give them two names, such as ${name}-us and ${name}-eu.`;
      return [
        ...(before ? [report({ code: "same_account_name", level: "warning", path, place, text })] : []),
        ...(DEMO_NAMES.includes(name)
          ? [
              report({
                code: "account_name_of_demo",
                level: "warning",
                path,
                place,
                text: "is the name of an account of the demo, whose secrets are public. Local runs refuse it: choose another name.",
              }),
            ]
          : []),
      ];
    }),
  );
}
