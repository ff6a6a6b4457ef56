/**
 * `npm run doctor`: what is wrong with a setup, before a webhook or a person finds out.
 */
import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { renderDiagnosis, summary } from "../doctor/diagnosis.ts";
import { fail } from "../exit-codes.ts";
import { print, printJson } from "../printer.ts";
import { inProject, WORKER_CONFIG } from "../project.ts";

export const command = defineCommand({
  name: "doctor",
  group: "Run it",
  summary: "Find what is wrong with a setup, and say where",
  usage: { "[--env us|eu] [--account NAME]": "" },
  notes: [
    "Each problem is printed with the file and line of its cause, and what to do. Secrets are those of .dev.vars and of the environment; no value is printed.",
  ],
  options: {
    env: { type: "string", value: "us|eu", description: "Only this environment of wrangler.toml." },
    account: { type: "string", value: "NAME", description: "Only this account, and what concerns all." },
    config: { type: "string", value: "FILE", default: WORKER_CONFIG, description: "The configuration." },
    "secrets-file": {
      type: "string",
      value: "FILE",
      description: "The secrets that a deployment gets with --secrets-file, in place of those of .dev.vars.",
    },
    json: { type: "boolean", default: false, description: "Print what was found as JSON." },
  },
  environment: {
    "<ACCOUNT>_<SOURCE>_SECRET": "The secret of a source, if it is not in .dev.vars.",
    "<ACCOUNT>_CDP_API_KEY": "The Customer.io API key of an account.",
  },
  examples: { "": "Everything.", "--env eu": "What is deployed by npm run deploy -- eu." },
  run: async ({ values, positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments but options.");
    if (values.env !== undefined && values.env !== "us" && values.env !== "eu") return misuse("--env is us or eu.");
    // It loads every adapter: only where it is needed.
    const { examine, localSecretsKnown, readSecretsGiven, textOf } = await import("../doctor/examine.ts");
    const here = process.env.INIT_CWD ?? process.cwd();
    const config = values.config === WORKER_CONFIG ? inProject(WORKER_CONFIG) : resolve(here, values.config);
    const given = values["secrets-file"] === undefined ? null : readSecretsGiven(resolve(here, values["secrets-file"]));
    if (given !== null && !given.ok) return fail("usage", given.problem);
    const { diagnoses } = examine({
      config: textOf(config),
      file: values.config,
      secrets: given === null ? localSecretsKnown() : given.secrets,
      isDeployed: given !== null,
      isComplete: given !== null,
      environment: values.env ?? null,
    });
    const account = values.account ?? null;
    const chosen = diagnoses.filter(
      (diagnosis) => account === null || diagnosis.account === null || diagnosis.account === account,
    );
    if (values.json) printJson(chosen);
    else print([...chosen.map(renderDiagnosis), ...(chosen.length > 0 ? [""] : []), summary(chosen)].join("\n"));
    return chosen.some(({ level }) => level === "error") ? "failed" : "ok";
  },
});
