/**
 * A setup from its first question to its first event.
 */
import { askCio } from "../doctor/cio.ts";
import { localSecretsKnown, readSecretsGiven } from "../doctor/examine.ts";
import { secretsInEnvironment } from "../doctor/secret-file.ts";
import { ADAPTERS } from "../registry.ts";
import { type Answers, nameProblem, type Read, readAccountOptions, readSources } from "./answers.ts";
import { setUpCloudflare } from "./cloudflare.ts";
import { setUpHere } from "./here.ts";
import { ask, type Wishes } from "./questions.ts";
import type { SecretValues } from "./secret-files.ts";
import { askSecrets, type Needed, neededSecrets } from "./secrets.ts";
import { CANCELLED, type SetupEnd, type SetupRequest } from "./setup.ts";

/** Runs a setup. */
export async function runSetup(request: SetupRequest): Promise<SetupEnd> {
  const { prompts, isOffline } = request;
  const login = prompts === null || isOffline ? null : await askCio();
  const wishes = prompts === null ? request.wishes : await ask(request.wishes, ADAPTERS, prompts, login?.region ?? null);
  if (wishes === null) return CANCELLED;
  const read = readAnswers(wishes);
  if (!read.ok) return { exit: "usage", problem: read.problem };
  const isDeployed = wishes.deploy === true;
  const known = knownSecrets(request.secretsFile, isDeployed);
  if (!known.ok) return { exit: "usage", problem: known.problem };
  const needed = neededSecrets(read.value);
  const open = needed.filter(({ name }) => known.value[name] === undefined);
  // On this machine stand-ins do.
  const asked = prompts === null || !isDeployed ? {} : await askSecrets(open, prompts);
  if (asked === null) return CANCELLED;
  const given = { ...ownOf([...needed.map(({ name }) => name), "ADMIN_TOKEN"], known.value), ...asked };
  const problem = wrongSecret(needed, given);
  if (problem !== null) return { exit: "usage", problem: `${problem}. Nothing was changed.` };
  const setup = { request, answers: read.value, url: wishes.url ?? null, needed, given };
  return isDeployed ? setUpCloudflare(setup) : setUpHere(setup);
}

function readAnswers(wishes: Wishes): Read<Answers> {
  const { region, account = "" } = wishes;
  if (region !== "us" && region !== "eu") return { ok: false, problem: "--region is us or eu." };
  const problem = nameProblem("account", account);
  if (problem !== null) return { ok: false, problem: `--account ${account}: ${problem}.` };
  const options = readAccountOptions(wishes);
  if (!options.ok) return options;
  const sources = readSources(wishes, account, ADAPTERS);
  return sources.ok ? { ok: true, value: { region, account, options: options.value, sources: sources.value } } : sources;
}

/** Secrets of the file that is named and of our own environment; those of `.dev.vars` are for this machine alone. */
function knownSecrets(path: string | null, isDeployed: boolean): Read<SecretValues> {
  const given = path === null ? null : readSecretsGiven(path);
  if (given !== null && !given.ok) return { ok: false, problem: given.problem };
  const own = isDeployed ? secretsInEnvironment(process.env) : localSecretsKnown();
  const all = [...own, ...(given === null ? [] : given.secrets)];
  return { ok: true, value: Object.fromEntries(all.map(([name, { value }]) => [name, value])) };
}

function ownOf(names: readonly string[], values: SecretValues): SecretValues {
  return Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
}

function wrongSecret(needed: readonly Needed[], given: SecretValues): string | null {
  for (const { name, problem } of needed) {
    const value = given[name];
    const wrong = value === undefined ? undefined : problem(value);
    if (wrong !== undefined) return `${name}: ${wrong}`;
  }
  return null;
}
