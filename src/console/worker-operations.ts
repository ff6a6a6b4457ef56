/**
 * Everything that an operator may ask of the Worker as a whole: what concerns no account, or all of them.
 */
import * as z from "zod";
import { noticeSchema } from "../account/drift/drift.ts";
import type { Config } from "../config/model.ts";
import { readiness, type StandingsOf } from "./readiness.ts";

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
    dead: z.number().nullable(),
    conflicts: z.number().nullable(),
    /** What changed at vendors: values may go missing. `null` where it is not known. */
    drift: z.array(noticeSchema()).nullable(),
  });

/** The accounts, each with how it is doing. */
export const listAccounts = {
  method: "GET",
  path: "/accounts",
  summary: "Lists the accounts of this Worker: how each is configured, and how it is doing.",
  status: 200,
  output: () => z.object({ accounts: z.array(accountSchema()) }),
  run: async ({ config, standings, now }: WorkerContext): Promise<{ accounts: z.input<ReturnType<typeof accountSchema>>[] }> => {
    const known = await standings();
    return {
      accounts: Array.from(config.accounts, ([name, state]) => {
        if (!state.ok) {
          const unknown = { region: null, identifiers: null, apiKey: false, sources: 0, unusable: 0, ready: null, unready: null };
          const counts = { pending: null, oldestPending: null, dead: null, conflicts: null, drift: null };
          return { name, ok: false, problem: state.problem, ...unknown, ...counts };
        }
        const { region, identifiers, apiKey, sources } = state.account;
        const standing = known.get(name) ?? null;
        const unready = readiness(standing, now);
        return {
          ...{ name, ok: true, problem: null, region, identifiers, apiKey: apiKey !== null, sources: sources.size },
          ...{ unusable: [...sources.values()].filter(({ ok }) => !ok).length, ready: unready === null, unready },
          pending: standing && Object.values(standing.sources).reduce((sum, { pending }) => sum + pending, 0),
          oldestPending: standing?.oldestPending ?? null,
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
