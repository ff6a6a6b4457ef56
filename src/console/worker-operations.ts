/**
 * Everything that an operator may ask of the Worker as a whole: what concerns no account, or all of them.
 */
import * as z from "zod";
import { noticeSchema } from "../account/drift/drift.ts";
import type { Config } from "../config/model.ts";
import { takesWebhooks } from "../config/shards.ts";
import { VERSION } from "../version.ts";
import { readiness, type Standing, type StandingsOf } from "./readiness.ts";

/** What an operation on the Worker works on. */
export interface WorkerContext {
  readonly config: Config;
  readonly standings: StandingsOf;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const accountSchema = () =>
  z.object({
    name: z.string(),
    /** The account whose source it is, where it is the shard of a source. */
    shardOf: z.string().nullable().default(null),
    ok: z.boolean(),
    /** Why it answers 503, and what to do. */
    problem: z.string().nullable(),
    region: z.enum(["us", "eu"]).nullable(),
    identifiers: z.enum(["email_and_id", "id", "email"]).nullable(),
    /** Whether it has a key of the Pipelines API. */
    apiKey: z.boolean(),
    sources: z.number(),
    /** Sources that answer 503. */
    unusable: z.number(),
    /** Whether its object answers, and delivers what is kept; `null` where the account cannot be used. */
    ready: z.boolean().nullable(),
    /** Why it is not ready, for people. */
    unready: z.string().nullable(),
    pending: z.number().nullable(),
    oldestPending: z.number().nullable(),
    /** Seconds within which nine of ten events were delivered since its object was started; `null` if none was, or it took longer than a day. */
    lag: z.number().nullable(),
    /** Sources whose events are all refused by Customer.io while those of others are delivered. */
    heldSources: z.array(z.string()),
    dead: z.number().nullable(),
    conflicts: z.number().nullable(),
    /** What changed at vendors: values may go missing. `null` where it is not known. */
    drift: z.array(noticeSchema()).nullable(),
  });

/** The smallest bound within which nine of ten values are. */
function lagOf({ counts, bounds }: Standing["activity"]["lag"]): number | null {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const place = bounds.findIndex((_, index) => counts.slice(0, index + 1).reduce((sum, count) => sum + count, 0) >= 0.9 * all);
  return all === 0 ? null : (bounds[place] ?? null);
}

/** The accounts, each with how it is doing. */
export const listAccounts = {
  method: "GET",
  path: "/accounts",
  summary: "Lists the accounts of this Worker: how each is configured, and how it is doing.",
  status: 200,
  output: () => z.object({ version: z.string(), accounts: z.array(accountSchema()) }),
  run: async ({
    config,
    standings,
    now,
  }: WorkerContext): Promise<{ version: string; accounts: z.input<ReturnType<typeof accountSchema>>[] }> => {
    const known = await standings();
    return {
      version: VERSION,
      accounts: Array.from(config.accounts, ([name, state]) => {
        if (!state.ok) {
          const unknown = { region: null, identifiers: null, apiKey: false, sources: 0, unusable: 0, ready: null, unready: null };
          const counts = {
            pending: null,
            oldestPending: null,
            lag: null,
            heldSources: [],
            dead: null,
            conflicts: null,
            drift: null,
          };
          return { name, shardOf: null, ok: false, problem: state.problem, ...unknown, ...counts };
        }
        const { region, identifiers, apiKey, shardOf } = state.account;
        const sources = [...state.account.sources].filter(([source]) => takesWebhooks(state.account, source));
        const standing = known.get(name) ?? null;
        const unready = readiness(standing, now);
        return {
          ...{ name, shardOf: shardOf?.name ?? null, ok: true, problem: null, region, identifiers, apiKey: apiKey !== null },
          ...{ sources: sources.length, unusable: sources.filter(([, { ok }]) => !ok).length, ready: unready === null, unready },
          pending: standing && Object.values(standing.sources).reduce((sum, { pending }) => sum + pending, 0),
          oldestPending: standing?.oldestPending ?? null,
          lag: standing && lagOf(standing.activity.lag),
          heldSources: [...(standing?.heldSources ?? [])],
          dead: standing?.dead ?? null,
          conflicts: standing?.conflicts ?? null,
          drift: standing && [...standing.drift],
        };
      }),
    };
  },
} as const;

/** Every operation on the Worker, by name. */
export const WORKER_OPERATIONS = { accounts: listAccounts } as const;
