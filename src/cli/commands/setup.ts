/**
 * `npm run setup`: from nothing to the first event, on this machine or on Cloudflare.
 */
import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { EXAMPLE_SOURCE } from "../examples.ts";
import { fail } from "../exit-codes.ts";
import { print } from "../printer.ts";
import { WORKER_CONFIG } from "../project.ts";
import { OWN_SECRETS } from "../secrets.ts";
import { ACCOUNT_MEANINGS, SOURCE_MEANINGS } from "../setup/meanings.ts";

export const command = defineCommand({
  name: "setup",
  group: "Try it",
  summary: "Set up an account, and see its first event arrive",
  usage: {
    "": "Asks for everything.",
    "--account NAME --region us --source NAME": "Asks for nothing: a trial on this machine.",
    "--account NAME --region us --source NAME --deploy": "Asks for nothing: a Worker on Cloudflare.",
  },
  notes: [
    `It writes the account into ${WORKER_CONFIG}, keeping all that is there, and says what is left to do at each vendor. Then it sends a signed sample through each source.`,
    `On this machine the samples end in a sandbox, and secrets that are not known get stand-ins in ${OWN_SECRETS}, which only local runs take. With --deploy, secrets go to Cloudflare through a file that only you can read and that is removed at once.`,
    "Secrets are never options: they are asked for, or come from the environment or from --secrets.",
  ],
  options: {
    region: { type: "string", value: "us|eu", description: "The region of the Customer.io account." },
    account: { type: "string", value: "NAME", description: "A name for the workspace; part of the URLs." },
    source: {
      type: "string",
      value: "NAME[=ADAPTER]",
      multiple: true,
      description: "A vendor, by the name of its adapter, or a name of your own for it: billing=ADAPTER. May be repeated.",
    },
    option: {
      type: "string",
      value: "[SOURCE.]NAME=VALUE",
      multiple: true,
      description: "An option of a source, or of the account. May be repeated.",
    },
    url: { type: "string", value: "URL", description: "Where vendors reach the Worker, if it has a domain of its own." },
    secrets: { type: "string", value: "FILE", description: "Secrets, as NAME=value lines or JSON." },
    deploy: { type: "boolean", default: false, description: "Deploy to Cloudflare." },
    "dry-run": { type: "boolean", default: false, description: "With --deploy: do everything but upload." },
    offline: { type: "boolean", default: false, description: "Do not ask Customer.io whether key and region are right." },
    test: {
      type: "string",
      value: "WHERE",
      description:
        "Where the samples go: sandbox (on this machine; the default without --deploy), live (through the deployed Worker: an invented person appears in the workspace), none (the default with --deploy).",
    },
  },
  tables: { "Options of an account": ACCOUNT_MEANINGS, "Options of every source, beside those of its adapter": SOURCE_MEANINGS },
  environment: {
    "<ACCOUNT>_<SOURCE>_SECRET": "The secret of a source.",
    "<ACCOUNT>_CDP_API_KEY": "The Customer.io API key of the account.",
    ADMIN_TOKEN: "Of the Worker's operator API; with --deploy, one is made if there is none.",
    CLOUDFLARE_API_TOKEN: "Signs in to Cloudflare where no browser can, as in CI.",
  },
  examples: {
    "": "At a terminal: asks, explains, and shows what it does.",
    [`--account acme --region us --source ${EXAMPLE_SOURCE}`]: "From a fresh clone to the first event in the sandbox.",
    [`--account acme --region eu --source ${EXAMPLE_SOURCE} --deploy`]: "A Worker for the EU.",
  },
  run: async ({ values, positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments but options.");
    const { region, test } = values;
    if (region !== undefined && region !== "us" && region !== "eu") return misuse("--region is us or eu.");
    if (test !== undefined && !["sandbox", "live", "none"].includes(test)) return misuse("--test is sandbox, live or none.");
    if (values.url !== undefined && URL.parse(values.url)?.protocol !== "https:")
      return misuse("--url is an address with https://");
    if (!values.deploy && (values["dry-run"] || test === "live")) return misuse("--dry-run and --test live go with --deploy.");
    const here = process.env.INIT_CWD ?? process.cwd();
    // They load every adapter: only where they are needed.
    const { runSetup } = await import("../setup/run.ts");
    const { terminalPrompts } = await import("../setup/prompts.ts");
    const isComplete = region !== undefined && values.account !== undefined && values.source !== undefined;
    const prompts = !isComplete && process.stdin.isTTY ? terminalPrompts() : null;
    if (!isComplete && prompts === null) return misuse("Where nobody can be asked, --region, --account and --source are needed.");
    const end = await runSetup({
      wishes: { ...values, deploy: values.deploy || prompts === null ? values.deploy : undefined },
      secretsFile: values.secrets === undefined ? null : resolve(here, values.secrets),
      isOffline: values.offline,
      isDryRun: values["dry-run"],
      test: test ?? null,
      prompts,
      say: print,
    });
    return end.exit === "ok" ? "ok" : fail(end.exit, end.problem);
  },
});
