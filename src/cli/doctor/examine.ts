/**
 * Everything that can be known of a setup without the network.
 */
import { existsSync, readFileSync } from "node:fs";
import { inProject, WORKER_CONFIG } from "../project.ts";
import { ADAPTERS } from "../registry.ts";
import { OWN_SECRETS } from "../secrets.ts";
import { examineConfiguration, examineSelfhosted } from "./configuration.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type Environment, environmentsOf } from "./environments.ts";
import { readConfigFile } from "./files.ts";
import { readSecrets, type Secrets, secretsInEnvironment } from "./secret-file.ts";
import { examineSecrets } from "./secrets.ts";
import { asSelfhosted } from "./selfhost-file.ts";

/** What is examined. */
export interface Examination {
  /** The text of `wrangler.toml`; `null` if there is no such file. */
  readonly config: string | null;
  /** Its name in messages. */
  readonly file: string;
  /** Secrets that are known here; `null`: only the configuration is examined. */
  readonly secrets: Secrets | null;
  /** Whether a deployed Worker gets these secrets. */
  readonly isDeployed: boolean;
  /** Whether it has no other secrets. */
  readonly isComplete: boolean;
  /** The environment that is examined; `null`: all. */
  readonly environment: string | null;
}

/** What was found, and the environments whose accounts can be tried. */
export interface Examined {
  readonly diagnoses: readonly Diagnosis[];
  readonly environments: readonly Environment[];
}

/** Examines a setup. */
export function examine({ config, file, secrets, isDeployed, isComplete, environment }: Examination): Examined {
  const missing: Diagnosis = {
    code: "missing_file",
    level: "error",
    file: null,
    line: null,
    place: file,
    account: null,
    text: "There is no such file. Take it from the project as it was delivered.",
    suggestion: null,
  };
  if (config === null) return { diagnoses: [missing], environments: [] };
  const read = readConfigFile(file, config);
  if ("code" in read) return { diagnoses: [read], environments: [] };
  const selfhosted = asSelfhosted(read);
  if (selfhosted !== null) return examineOwn(selfhosted, { secrets, isDeployed, isComplete });
  const { top, named } = environmentsOf(read);
  const hasDirectory = secrets?.has("DIRECTORY_KEY") === true;
  const chosen = named.filter(({ name }) => environment === null || name === environment);
  const environments = [...(environment === null ? [top] : []), ...chosen].filter(
    ({ accounts }) => Object.keys(accounts).length > 0,
  );
  const ofSecrets =
    secrets === null
      ? []
      : // With a directory a Worker needs no declared account.
        examineSecrets(read, environments.length > 0 || !hasDirectory ? environments : chosen, ADAPTERS, {
          ...{ known: secrets, isDeployed, isComplete, all: [top, ...named] },
        });
  return { diagnoses: [...examineConfiguration(read, ADAPTERS, environment, hasDirectory), ...ofSecrets], environments };
}

/** Examines a self-hosted setup. */
function examineOwn(
  { config, environment }: NonNullable<ReturnType<typeof asSelfhosted>>,
  { secrets, ...known }: Pick<Examination, "secrets" | "isDeployed" | "isComplete">,
): Examined {
  const environments = [environment];
  const ofSecrets =
    secrets === null ? [] : examineSecrets(config, environments, ADAPTERS, { ...known, known: secrets, all: environments });
  return { diagnoses: [...examineSelfhosted(config, environment, ADAPTERS), ...ofSecrets], environments };
}

/** The configuration of the project alone, as it is deployed. @param environment all if `null` */
export function examineProject(environment: string | null): readonly Diagnosis[] {
  return examine({
    config: textOf(inProject(WORKER_CONFIG)),
    file: WORKER_CONFIG,
    secrets: null,
    isDeployed: false,
    isComplete: false,
    environment,
  }).diagnoses;
}

/** The secrets that local commands read: `.dev.vars`, and our own environment before it. */
export function localSecretsKnown(): Secrets {
  const own = readSecrets(OWN_SECRETS, textOf(inProject(OWN_SECRETS)) ?? "");
  return new Map([...(own ?? []), ...secretsInEnvironment(process.env)]);
}

/** The secrets of a file for `--secrets-file`, or why it cannot be read. @param path absolute */
export function readSecretsGiven(
  path: string,
): { readonly ok: true; readonly secrets: Secrets } | { readonly ok: false; readonly problem: string } {
  const text = textOf(path);
  if (text === null) return { ok: false, problem: `There is no file ${path}.` };
  const secrets = readSecrets(path, text);
  return secrets === null ? { ok: false, problem: `${path} is not valid JSON.` } : { ok: true, secrets };
}

/** @returns `null` if there is no such file */
export function textOf(path: string): string | null {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}
