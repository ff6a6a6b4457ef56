/**
 * A setup on this machine: a trial that ends in a sandbox.
 */
import { inProject, WORKER_CONFIG } from "../project.ts";
import { OWN_SECRETS } from "../secrets.ts";
import type { Answers } from "./answers.ts";
import { configurationWith, writeConfiguration } from "./configuration.ts";
import { saveSecrets } from "./secret-files.ts";
import { standIns } from "./secrets.ts";
import { CANCELLED, type Setup, type SetupEnd } from "./setup.ts";
import { linesOfTrial, tryLocally } from "./trial.ts";
import { vendorSteps } from "./vendor-steps.ts";

/** Sets an account up on this machine, and sends a sample through each source. */
export async function setUpHere(setup: Setup): Promise<SetupEnd> {
  const { request, answers, url, needed, given } = setup;
  const { account, region, sources } = answers;
  const secrets = { ...given, ...standIns(needed, given) };
  const config = configurationWith(setup, { secrets, required: [], isDeployed: false });
  if (!config.ok) return { exit: "usage", problem: config.problem };
  if (!(await writeConfiguration(setup, config.value))) return CANCELLED;
  saveSecrets(inProject(OWN_SECRETS), secrets);
  request.say(`${WORKER_CONFIG} has account ${account} in [env.${region}]; ${OWN_SECRETS} has its secrets for this machine.`);
  if (request.test !== "none") {
    request.say("Starting its Worker and a sandbox here, and sending a signed webhook through each source …\n");
    const names = sources.map(({ name }) => name);
    const trial = await tryLocally(region, account, names);
    if (!trial.ok) return { exit: "failed", problem: trial.problem };
    request.say(linesOfTrial(trial.tried).join("\n"));
  }
  const own = new Set(needed.filter(({ name, demo }) => secrets[name] !== demo).map(({ name }) => name));
  const steps = await vendorSteps(answers, url, own, () => ({ text: "On this machine a stand-in will do." }));
  request.say(`${["\nAt each vendor, for a Worker on Cloudflare:", ...steps].join("\n")}

Next: npm run dev serves the account here, beside the demo.
      ${deployCommand(answers)}
      puts it on Cloudflare.`);
  return { exit: "ok" };
}

function deployCommand({ region, account, sources }: Answers): string {
  const names = sources.map(({ name, adapter }) => `--source ${name === adapter.id ? name : `${name}=${adapter.id}`}`);
  return `npm run setup -- --region ${region} --account ${account} ${names.join(" ")} --deploy`;
}
