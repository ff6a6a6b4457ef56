/**
 * How a Worker is doing that a profile names, deployed or on a machine of one's own: what its API says.
 */

import * as z from "zod";
import { isWithin } from "../../config/shards.ts";
import { listAccounts } from "../../console/worker-operations.ts";
import { VERSION } from "../../version.ts";
import type { Target } from "../profiles.ts";
import type { Fetch } from "./connection.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { ask } from "./worker-answer.ts";

/** The sources of an account, as far as they are read. */
const sourceList = z.looseObject({
  sources: z.array(z.looseObject({ name: z.string(), ok: z.boolean(), problem: z.string().nullable() })),
});

type Said = Pick<Diagnosis, "code" | "level" | "text" | "account">;

/** Asks a Worker how it is doing. @param account the only one that is looked at; all that the token opens if `null` */
export async function examineInstance(
  { url, token }: Target,
  account: string | null,
  fetch: Fetch,
): Promise<readonly Diagnosis[]> {
  const said = await examine(new URL(url), token, account, fetch);
  return said.map((each) => ({ ...each, file: null, line: null, place: new URL(url).host, suggestion: null }));
}

async function examine(to: URL, token: string | null, only: string | null, fetch: Fetch): Promise<readonly Said[]> {
  const ready = await ask(new URL("/readyz", to), null, fetch);
  if (ready === null)
    return [say("unreachable", "error", null, "nothing answers. Check the profile's url, and that the Worker runs.")];
  const listed = await ask(new URL("/api/v1/accounts", to), token, fetch);
  if (listed === null || listed.status === 401 || listed.status === 403) {
    const text = token === null ? "asks for a token, and the profile has none." : "refuses the token of this profile.";
    return [say("refused", "error", null, text)];
  }
  const read = listAccounts.output().safeParse(listed.json).data;
  if (read === undefined)
    return [say("wrong_url", "error", null, `is not a Worker of this release: /api/v1/accounts answered ${listed.status}.`)];
  const accounts = read.accounts.filter(({ name }) => only === null || isWithin(only, name));
  const said: Said[] = [];
  if (read.version !== VERSION)
    said.push(
      say("other_version", "warning", null, `has version ${read.version}, and this is ${VERSION}: deploy again, or update.`),
    );
  if (only !== null && accounts.length === 0)
    said.push(say("unknown_account", "error", only, `has no account "${only}", or the token opens another one.`));
  for (const { name, ok, problem, apiKey, ready: isReady, unready, dead, conflicts, drift } of accounts) {
    if (!ok) {
      said.push(say("refused", "error", name, `account ${name}: ${problem}`));
      continue;
    }
    if (!apiKey)
      said.push(say("no_key", "error", name, `account ${name} has no Pipelines API key: webhooks are kept, not delivered.`));
    if (isReady === false) said.push(say("not_ready", "error", name, `account ${name} does not deliver: ${unready}.`));
    if (dead) said.push(say("not_ready", "warning", name, `account ${name} has dead letters (${dead}): npx tributary dead list`));
    if (conflicts)
      said.push(
        say("not_ready", "warning", name, `account ${name} has conflicts (${conflicts}): npx tributary people conflicts`),
      );
    for (const { source, type, path, version } of drift ?? [])
      said.push(
        say(
          "not_ready",
          "warning",
          name,
          `${name}/${source}: ${version === null ? `${type} no longer has ${path}` : `its API has a new version, ${version}`}.`,
        ),
      );
    said.push(...(await examineSources(to, token, name, fetch)));
  }
  const isFine = said.every(({ level }) => level !== "error");
  if (isFine && ready.status !== 200)
    said.push(say("not_ready", "error", null, "/readyz says that it is not ready: an account that this token does not open."));
  if (isFine && ready.status === 200)
    said.push(say("connected", "ok", null, `is ready, version ${read.version}: ${accounts.map(({ name }) => name).join(", ")}.`));
  return said;
}

/** Sources that answer 503: their problem names the secret that is missing. */
async function examineSources(to: URL, token: string | null, account: string, fetch: Fetch): Promise<readonly Said[]> {
  const answer = await ask(new URL(`/api/v1/accounts/${encodeURIComponent(account)}/sources`, to), token, fetch);
  const read = sourceList.safeParse(answer?.json).data;
  if (read === undefined) return [say("not_ready", "error", account, `account ${account} does not say how its sources are.`)];
  return read.sources.flatMap(({ name, ok, problem }) =>
    ok || problem === null ? [] : [say("refused", "error", account, `source ${account}/${name}: ${problem}`)],
  );
}

function say(code: Said["code"], level: Said["level"], account: string | null, text: string): Said {
  return { code, level, account, text };
}
