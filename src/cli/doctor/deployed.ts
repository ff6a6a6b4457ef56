/**
 * Whether a deployed Worker has the accounts and secrets that it should have, and whether vendors reach it.
 */
import * as z from "zod";
import { valueAt } from "../../config/schema.ts";
import { partsOfName, shardNamesIn } from "../../config/shards.ts";
import type { Adapter } from "../../contract/interface.ts";
import { loadHistory } from "../history/load.ts";
import { canTell } from "../history/tells.ts";
import { adviceFor } from "./anonymous.ts";
import type { Fetch } from "./connection.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type DeclaredSource, type Environment, sourcesOf } from "./environments.ts";
import { silenceOf } from "./recovery.ts";
import { ask } from "./worker-answer.ts";

/** `/healthz/details`, as far as it is read. */
const details = z.looseObject({
  region: z.string().nullable(),
  problems: z.array(z.string()),
  directory: z.looseObject({ problems: z.array(z.string()) }).nullish(),
  warnings: z.array(z.string()),
  accounts: z.array(
    z.looseObject({
      name: z.string(),
      shardOf: z.string().optional(),
      ok: z.boolean(),
      problem: z.string().optional(),
      sources: z.array(z.looseObject({ name: z.string(), ok: z.boolean(), problem: z.string().optional() })).default([]),
    }),
  ),
});

/** The ledger of an account, as far as it is read. */
const ledger = z.looseObject({
  sources: z.record(z.string(), z.looseObject({ delivered: z.number(), anonymous: z.number().default(0) })),
});

/** The sources of an account, as far as they are read. */
const received = z.looseObject({
  sources: z.array(
    z.looseObject({
      name: z.string(),
      adapter: z.string().nullable(),
      lastReceivedAt: z.number().nullable(),
      gaps: z.object({ from: z.number(), until: z.number(), next: z.number() }).nullable().default(null),
    }),
  ),
});

/** What the Worker answers of itself. */
const ownAnswer = z.looseObject({ error: z.string(), message: z.string() });

type Said = Pick<Diagnosis, "code" | "level" | "text" | "account">;

/**
 * Examines a Worker.
 * @param to its address
 * @param token its ADMIN_TOKEN; `null` if it is not known
 * @param environments what is declared for it
 * @param adapters all adapters
 * @param now milliseconds since 1970
 */
export async function examineDeployed(
  to: URL,
  token: string | null,
  environments: readonly Environment[],
  adapters: ReadonlyMap<string, Adapter>,
  fetch: Fetch,
  now: () => number,
): Promise<readonly Diagnosis[]> {
  const said = [...(await examineDetails(to, token, environments, fetch))];
  if (said.every(({ code }) => code !== "unreachable")) {
    for (const environment of environments) {
      const sources = sourcesOf(environment);
      for (const { account, source } of sources) said.push(...(await examineHook(to, account, source, fetch)));
      if (token !== null)
        for (const account of accountsWithShards(new Set(sources.map((source) => source.account)), environment))
          said.push(
            ...(await examineLedger(to, token, account, environment, adapters, fetch)),
            ...(await examineReceipts(to, token, account, fetch, now())),
          );
    }
  }
  return said.map((each) => ({ ...each, file: null, line: null, place: to.host, suggestion: null }));
}

async function examineDetails(
  to: URL,
  token: string | null,
  environments: readonly Environment[],
  fetch: Fetch,
): Promise<readonly Said[]> {
  const answer = await ask(new URL("/healthz/details", to), token, fetch);
  if (answer === null)
    return [
      {
        code: "unreachable",
        level: "error",
        account: null,
        text: "nothing answers. Check --to, and that the Worker is deployed.",
      },
    ];
  if (answer.status === 401) {
    const text =
      token === null
        ? "ADMIN_TOKEN is not known here, so the Worker's own configuration was not compared."
        : "refuses this ADMIN_TOKEN. It is the one of: npx wrangler secret put ADMIN_TOKEN";
    return [{ code: "refused", level: token === null ? "warning" : "error", account: null, text }];
  }
  const read = details.safeParse(answer.json);
  if (!read.success)
    return [
      {
        code: "wrong_url",
        level: "error",
        account: null,
        text: `is not a Worker of this release: /healthz/details answered ${answer.status}.`,
      },
    ];
  const { problems, warnings, directory } = read.data;
  // The source of a shard is its account's too.
  const accounts = read.data.accounts.filter(({ shardOf }) => shardOf === undefined);
  const error = (text: string, account: string | null): Said => ({
    code: "refused",
    level: "error",
    account,
    text: `the Worker says: ${text}`,
  });
  const deployed = new Set(
    read.data.accounts.flatMap(({ name, sources }) => [name, ...sources.map((source) => `${name}/${source.name}`)]),
  );
  const declared = environments.flatMap((environment) => [
    ...accountsWithShards(Object.keys(environment.accounts), environment).map((name) => ({
      name,
      account: partsOfName(name)[0],
    })),
    ...sourcesOf(environment).map(({ account, source }) => ({ name: `${account}/${source}`, account })),
  ]);
  const broken = new Set(accounts.filter(({ ok }) => !ok).map(({ name }) => name));
  return [
    ...[...problems, ...(directory?.problems ?? [])].map((problem) => error(problem, null)),
    ...warnings.map((warning): Said => ({ ...error(warning, null), level: "warning" })),
    ...accounts.flatMap(({ name, ok, problem = "", sources }) => [
      ...(ok ? [] : [error(`account ${name}: ${problem}`, name)]),
      ...sources.filter((source) => !source.ok).map((source) => error(`source ${name}/${source.name}: ${source.problem}`, name)),
    ]),
    ...declared
      .filter(({ name, account }) => !deployed.has(name) && !broken.has(account))
      .map(
        ({ name, account }): Said => ({
          code: "wrong_url",
          level: "error",
          account,
          text: `does not have ${name}: deploy again, or check --to.`,
        }),
      ),
  ];
}

/** Accounts by name, each followed by its shards. */
function accountsWithShards(names: Iterable<string>, { accounts }: Environment): readonly string[] {
  return [...names].flatMap((name) => [name, ...shardNamesIn(name, accounts[name])]);
}

/** A vendor must reach a source's URL: a page of sign-in in front of it would refuse every webhook. */
async function examineHook(to: URL, account: string, source: string, fetch: Fetch): Promise<readonly Said[]> {
  const url = new URL(`/hooks/${account}/${source}`, to);
  const answer = await ask(url, null, fetch);
  if (answer === null) return [{ code: "unreachable", level: "error", account, text: `${url.pathname} does not answer.` }];
  if (answer.status < 300 || ownAnswer.safeParse(answer.json).success) {
    if (answer.status !== 404) return [];
    return [{ code: "wrong_url", level: "error", account, text: `${url.pathname} is not found: deploy again, or check --to.` }];
  }
  const text = `${url.pathname} is answered with ${answer.status} by something else than the Worker, such as Cloudflare Access or a firewall: vendors do not get through. Let /hooks/* pass.`;
  return [{ code: "wrong_url", level: "error", account, text }];
}

/** How many events of each source left without a known person. Nothing is said of an account whose ledger cannot be read. */
async function examineLedger(
  to: URL,
  token: string,
  account: string,
  environment: Environment,
  adapters: ReadonlyMap<string, Adapter>,
  fetch: Fetch,
): Promise<readonly Said[]> {
  const url = new URL(`/api/v1/accounts/${account}`, to);
  const read = ledger.safeParse((await ask(url, token, fetch))?.json);
  const declared = new Map<string, DeclaredSource>(
    sourcesOf(environment)
      .filter((source) => source.account === partsOfName(account)[0])
      .map((source) => [source.source, source]),
  );
  return Object.entries(read.data?.sources ?? {}).flatMap(([name, { delivered, anonymous }]) => {
    const source = declared.get(name);
    const options = source === undefined ? undefined : valueAt({ ACCOUNTS: environment.accounts }, source.path);
    const said = adviceFor({
      account,
      name,
      adapter: adapters.get(source?.adapter ?? "") ?? null,
      hasUserIdPath: valueAt(options, ["user_id_from"]) !== undefined,
      delivered,
      anonymous,
    });
    return said === null ? [] : [said];
  });
}

/** Whether a source of an account is silent for longer than it usually is. Nothing is said of an account whose sources cannot be read. */
async function examineReceipts(to: URL, token: string, account: string, fetch: Fetch, now: number): Promise<readonly Said[]> {
  const url = new URL(`/api/v1/accounts/${account}/sources`, to);
  const read = received.safeParse((await ask(url, token, fetch))?.json);
  const said = await Promise.all(
    (read.data?.sources ?? []).map(async ({ name, adapter, lastReceivedAt, gaps }) => {
      const history = adapter === null ? null : await loadHistory(adapter);
      const isRecoverable = history !== null && canTell(history, "recover");
      return silenceOf({ account, name, lastReceivedAt, gaps, isRecoverable }, now);
    }),
  );
  return said.filter((one) => one !== null);
}
