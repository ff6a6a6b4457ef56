/**
 * The configuration that a setup writes: examined before anything is changed, and shown to the person who is asked.
 */
import { writeFileSync } from "node:fs";
import { renderDiagnosis } from "../doctor/diagnosis.ts";
import { examine, textOf } from "../doctor/examine.ts";
import type { Secrets } from "../doctor/secret-file.ts";
import { inProject, WORKER_CONFIG } from "../project.ts";
import type { Read } from "./answers.ts";
import { declare } from "./declare.ts";
import type { SecretValues } from "./secret-files.ts";
import type { Setup } from "./setup.ts";

/** How a configuration is used. */
export interface Use {
  /** The secrets that its Worker gets. */
  readonly secrets: SecretValues;
  /** Names of secrets without which it must not be deployed. */
  readonly required: readonly string[];
  readonly isDeployed: boolean;
}

/** The configuration with the account of a setup, or why it would not work. */
export function configurationWith({ answers }: Setup, { secrets, required, isDeployed }: Use): Read<string> {
  const text = textOf(inProject(WORKER_CONFIG));
  if (text === null) return { ok: false, problem: `There is no ${WORKER_CONFIG}. Take it from the project as it was delivered.` };
  const known: Secrets = new Map(Object.entries(secrets).map(([name, value]) => [name, { value, file: "(secret)", line: null }]));
  const errorsIn = (config: string) =>
    examine({
      config,
      file: WORKER_CONFIG,
      secrets: known,
      isDeployed,
      isComplete: false,
      environment: answers.region,
    }).diagnoses.filter(({ level, account }) => level === "error" && (account === null || account === answers.account));
  const unreadable = errorsIn(text).filter(({ code }) => code === "syntax");
  const declared = unreadable.length > 0 ? null : declare(text, answers, required);
  if (declared?.ok === false) return declared;
  const errors = declared === null ? unreadable : errorsIn(declared.value);
  if (errors.length === 0 && declared !== null) return declared;
  return { ok: false, problem: [...errors.map(renderDiagnosis), "", "Nothing was changed."].join("\n") };
}

/** Writes the configuration, once the person who is asked agrees. @returns whether it was written */
export async function writeConfiguration({ request: { prompts, say } }: Setup, config: string): Promise<boolean> {
  const path = inProject(WORKER_CONFIG);
  const before = new Set((textOf(path) ?? "").split("\n"));
  const added = config.split("\n").filter((line) => !before.has(line));
  if (prompts !== null && added.length > 0) {
    say(`\nThis goes into ${WORKER_CONFIG}:\n\n${added.map((line) => `  ${line}`).join("\n")}\n`);
    if ((await prompts.confirm("Is this right?")) !== true) return false;
  }
  writeFileSync(path, config);
  return true;
}
