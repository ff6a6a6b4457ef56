/**
 * `npm run doctor`: what is wrong with a setup, before a webhook or a person finds out.
 */
import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { askCio } from "../doctor/cio.ts";
import { type Diagnosis, renderDiagnosis, summary } from "../doctor/diagnosis.ts";
import { examineInstance } from "../doctor/instance.ts";
import { examineOnline } from "../doctor/online.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { didYouMean } from "../nearest.ts";
import { print, printJson } from "../printer.ts";
import { TARGET_OPTIONS, targetOf } from "../profiles.ts";
import { inProject, WORKER_CONFIG } from "../project.ts";

export const command = defineCommand({
  name: "doctor",
  group: "Run it",
  summary: "Find what is wrong with a setup, and say where",
  usage: {
    "[--env us|eu] [--account NAME] [--offline]": "",
    "--profile NAME [--account NAME]": "How the Worker of a profile is doing, deployed or self-hosted: no file is looked at.",
  },
  notes: [
    "Each problem is printed with the file and line of its cause, and what to do. Secrets are those of .dev.vars and of the environment; no value is printed.",
    'Unless --offline is given, each account whose key is known sends one anonymous event, "Tributary Connected", to Customer.io: it proves key and region, and creates no person.',
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
    offline: { type: "boolean", default: false, description: "Look at files only: ask neither Customer.io nor a Worker." },
    to: { type: "string", value: "URL", description: "A deployed Worker: what it has, and whether vendors reach it." },
    profile: TARGET_OPTIONS.profile,
    sandbox: { type: "string", value: "URL", description: "A sandbox to ask in place of Customer.io." },
    json: { type: "boolean", default: false, description: "Print what was found as JSON." },
  },
  environment: {
    "<ACCOUNT>_<SOURCE>_SECRET": "The secret of a source, if it is not in .dev.vars.",
    "<ACCOUNT>_CDP_API_KEY": "The Customer.io API key of an account.",
    "<ACCOUNT>_TRACK_CREDENTIALS": "Track API credentials, site_id:api_key: they confirm the region. Workers do not need them.",
    ADMIN_TOKEN: "That of the Worker of --to.",
  },
  examples: {
    "": "Everything, with all accounts.",
    "--offline --env eu": "Only the files, and of them what npx tributary deploy eu deploys.",
    "--profile us": "The deployed Worker of this profile.",
    "--offline --config tributary.toml --secrets-file own.env": "The files of a self-hosted Worker.",
    "--account acme --to https://hooks.example.com": "One account, and the Worker that serves it.",
  },
  run: async ({ values, positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments but options.");
    if (values.env !== undefined && values.env !== "us" && values.env !== "eu") return misuse("--env is us or eu.");
    if (values.profile !== undefined) {
      if (values.to !== undefined || values.offline) return misuse("--profile asks its Worker: neither --to nor --offline.");
      const found = targetOf({ profile: values.profile });
      if (!found.ok) return fail("usage", found.problem);
      return tell(await examineInstance(found.target, values.account ?? null, (url, init) => fetch(url, init)), values.json);
    }
    const addresses = [values.sandbox, values.to].map((url) => (url === undefined ? null : URL.parse(url)));
    if (values.sandbox !== undefined && !addresses[0])
      return misuse("--sandbox is the address of a sandbox: http://127.0.0.1:8788");
    if (values.to !== undefined && !addresses[1]) return misuse("--to is the address of a Worker.");
    const [sandbox = null, worker = null] = addresses;
    // It loads every adapter: only where it is needed.
    const { examine, localSecretsKnown, readSecretsGiven, textOf } = await import("../doctor/examine.ts");
    const { ADAPTERS } = await import("../registry.ts");
    const here = process.env.INIT_CWD ?? process.cwd();
    const config = values.config === WORKER_CONFIG ? inProject(WORKER_CONFIG) : resolve(here, values.config);
    const given = values["secrets-file"] === undefined ? null : readSecretsGiven(resolve(here, values["secrets-file"]));
    if (given !== null && !given.ok) return fail("usage", given.problem);
    const secrets = given === null ? localSecretsKnown() : given.secrets;
    const { diagnoses, environments } = examine({
      config: textOf(config),
      file: values.config,
      secrets,
      isDeployed: given !== null,
      isComplete: given !== null,
      environment: values.env ?? null,
    });
    const account = values.account ?? null;
    const names = environments.flatMap((environment) => Object.keys(environment.accounts));
    if (account !== null && !names.includes(account) && names.length > 0)
      return fail("usage", `There is no account "${account}".${didYouMean(account, names)} There are: ${names.join(", ")}`);
    const online = values.offline
      ? []
      : await examineOnline(
          {
            environments,
            secrets,
            account,
            sandbox,
            worker,
            login: sandbox === null ? await askCio() : null,
            adapters: ADAPTERS,
          },
          (url, init) => fetch(url, init),
        );
    const chosen = [...diagnoses, ...online].filter((each) => account === null || [null, account].includes(each.account));
    return tell(chosen, values.json);
  },
});

function tell(chosen: readonly Diagnosis[], isJson: boolean): Exit {
  if (isJson) printJson(chosen);
  else print([...chosen.map(renderDiagnosis), ...(chosen.length > 0 ? [""] : []), summary(chosen)].join("\n"));
  return chosen.some(({ level }) => level === "error") ? "failed" : "ok";
}
