/**
 * A setup on Cloudflare: a Worker of the account's region, with its secrets.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { counted } from "../../contract/counted.ts";
import { accountKeyName, secretName } from "../../secret-names.ts";
import { examineConnection } from "../doctor/connection.ts";
import { renderDiagnosis } from "../doctor/diagnosis.ts";
import { inProject, parseWranglerConfig, WORKER_CONFIG } from "../project.ts";
import { configurationWith, writeConfiguration } from "./configuration.ts";
import { declareElsewhere } from "./declare.ts";
import { deployWith } from "./deployment.ts";
import { type SecretValues, writePrivately } from "./secret-files.ts";
import { makeAdminToken } from "./secrets.ts";
import { CANCELLED, type Setup, type SetupEnd } from "./setup.ts";
import { linesOfTrial, tryDeployed } from "./trial.ts";
import { vendorSteps } from "./vendor-steps.ts";

/** Sets an account up on Cloudflare, and sends samples through it where that is wanted. */
export async function setUpCloudflare(setup: Setup): Promise<SetupEnd> {
  const { request, answers, given } = setup;
  const { account, region } = answers;
  const keyName = accountKeyName(account);
  const key = given[keyName];
  if (key === undefined) {
    const problem = `${keyName} is missing: put it into the environment, or into a file for --secrets. Nothing was changed.`;
    return { exit: "usage", problem };
  }
  const admin = adminToken(region, given.ADMIN_TOKEN);
  const secrets = { ...given, ADMIN_TOKEN: admin.token };
  const required = Object.keys(given).filter((name) => name !== "ADMIN_TOKEN");
  const config = configurationWith(setup, { secrets, required, isDeployed: true });
  if (!config.ok) return { exit: "usage", problem: config.problem };
  if (!request.isOffline && !(await isConnected(setup, key))) return { exit: "failed", problem: "\nNothing was changed." };
  if (!(await writeConfiguration(setup, config.value))) return CANCELLED;
  if (admin.isNew && !request.isDryRun) writePrivately(inProject(admin.file), `${admin.token}\n`);
  const count = Object.keys(secrets).length;
  request.say(`${WORKER_CONFIG} has account ${account} in [env.${region}]. Deploying it with ${counted(count, "secret")} …\n`);
  const { code, url } = await deployWith(region, secrets, request.isDryRun);
  if (code !== 0) return { exit: "failed", problem: "wrangler deployed nothing. Correct what it says, and run this again." };

  const worker = setup.url ?? url;
  if (worker !== null && !request.isDryRun)
    writeFileSync(inProject(WORKER_CONFIG), declareElsewhere(config.value, answers, worker));
  const put = (name: string) => ({
    text: "It is not set yet, and until it is the source answers 503:",
    command: `npx wrangler secret put ${name} --env ${region}`,
  });
  const steps = await vendorSteps(answers, worker, new Set(required), put);
  const kept =
    given.ADMIN_TOKEN === undefined ? ["", `The operator's token is in ${admin.file}: keep it with your passwords.`] : [];
  request.say(["\nAt each vendor:", ...steps, ...(request.isDryRun ? [] : kept)].join("\n"));
  if (worker === null || request.isDryRun || !(await maySend(setup))) return { exit: "ok" };
  return sendSamples(setup, config.value, worker);
}

/** Whether Customer.io takes calls with the key, in this region. Says what it finds. */
async function isConnected({ request, answers: { account, region } }: Setup, key: string): Promise<boolean> {
  const machine = { fetch: (url: string, init: RequestInit) => fetch(url, init), now: Date.now };
  const said = await examineConnection({ name: account, region, key, track: null }, machine);
  request.say(said.map(renderDiagnosis).join("\n"));
  return said.every(({ level }) => level !== "error");
}

interface AdminToken {
  readonly token: string;
  /** Where it is kept, inside the project, if it is not given. */
  readonly file: string;
  readonly isNew: boolean;
}

/** The operator's token: the given one, that of an earlier setup, or a new one. */
function adminToken(region: string, given: string | undefined): AdminToken {
  const file = `.admin-token.${region}`;
  if (given !== undefined) return { token: given, file, isNew: false };
  const path = inProject(file);
  const isKept = existsSync(path);
  return { token: isKept ? readFileSync(path, "utf8").trim() : makeAdminToken(), file, isNew: !isKept };
}

/** Samples create an invented person in the workspace: only where a person says so. */
async function maySend({ request: { prompts, test } }: Setup): Promise<boolean> {
  if (test !== null || prompts === null) return test === "live";
  const question =
    "Send a signed sample through each source? An invented person appears in the workspace, and may start automations.";
  return (await prompts.confirm(question)) === true;
}

async function sendSamples({ request, answers, given }: Setup, config: string, to: string): Promise<SetupEnd> {
  const { account, region, sources } = answers;
  const ready = sources.map(({ name }) => name).filter((name) => given[secretName(account, name)] !== undefined);
  const vars: SecretValues | object = parseWranglerConfig(config).env[region]?.vars ?? {};
  const trial = await tryDeployed({ ...vars, ...given }, account, ready, to);
  if (!trial.ok) return { exit: "failed", problem: trial.problem };
  const where = `They are on their way: People → Activity Logs in Customer.io shows them.`;
  request.say(["", ...linesOfTrial(trial.tried), ...(trial.tried.length === 0 ? [] : [where])].join("\n"));
  return { exit: "ok" };
}
