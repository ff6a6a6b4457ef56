/**
 * Whether the Worker does its work: what `/healthz` and `/readyz` say. Both end in time, whatever an account's object does.
 */
import type * as z from "zod";
import { type AccountOperations, OPERATIONS, type OperationOutput } from "../account/operations.ts";
import type { Account, Config } from "../config/model.ts";
import type { Clock } from "../ingest/clock.ts";

/** How long an account's object may take to answer, milliseconds. */
const PATIENCE = 2_000;

/** How long what the objects said is repeated, milliseconds: anybody may ask, and each question costs a request to every object. */
const FRESH = 5_000;

/** An account whose oldest pending webhook is older is not ready, milliseconds. */
const LONGEST_WAIT = 3_600_000;

/** How an account is doing. */
export type Standing = OperationOutput<"health">;

/** How the usable accounts are doing, by name; `null` for one that does not answer. */
export type Standings = ReadonlyMap<string, Standing | null>;

/** Asks how the accounts are doing. */
export type StandingsOf = () => Promise<Standings>;

/** Finds the object of an account. */
export type ObjectOf = (account: Account) => Pick<AccountOperations, "operate">;

/** Whether the configuration of the Worker, and of every declared account and source, can be used. Accounts of the directory are set up at any time. */
export function isConfigured({ problems, accounts, directory }: Config): boolean {
  return (
    problems.length === 0 &&
    (directory?.problem ?? null) === null &&
    [...accounts.values()].every((state) => state.ok && [...state.account.sources.values()].every(({ ok }) => ok))
  );
}

/** Asks every usable declared account's object, each for two seconds at most. */
export async function askAll({ accounts }: Config, objectOf: ObjectOf, after: Clock["after"]): Promise<Standings> {
  const answers = Array.from(
    accounts,
    async ([name, state]): Promise<readonly (readonly [string, Standing | null])[]> =>
      state.ok ? [[name, await askInTime(() => objectOf(state.account), after)]] : [],
  );
  return new Map((await Promise.all(answers)).flat());
}

/** Asks an account's object for two seconds at most. @returns `null` if it does not answer */
export function askInTime(object: () => ReturnType<ObjectOf>, after: Clock["after"]): Promise<Standing | null> {
  return inTime(ask(object), after);
}

async function ask(object: () => ReturnType<ObjectOf>): Promise<Standing | null> {
  try {
    const answer = await object().operate("health", "{}");
    const schema: z.ZodType<Standing> = OPERATIONS.health.output();
    return answer.ok ? (schema.safeParse(JSON.parse(answer.value)).data ?? null) : null;
  } catch {
    // What the isolate itself knows must be readable while an account is not.
    return null;
  }
}

function inTime<Value>(answer: Promise<Value | null>, after: Clock["after"]): Promise<Value | null> {
  return new Promise((resolve) => {
    const cancel = after(PATIENCE, () => resolve(null));
    void answer.then((value) => {
      cancel();
      resolve(value);
    });
  });
}

/** Why an account is not ready, for people; `null` if it is. @param now milliseconds since 1970 */
export function readiness(standing: Standing | null, now: number): string | null {
  if (standing === null) return "its object does not answer";
  const { hold, oldestPending } = standing;
  if (hold !== null) return `delivery is held: ${hold.reason.replaceAll("_", " ")}`;
  if (oldestPending !== null && now - oldestPending > LONGEST_WAIT) return "its oldest pending webhook is older than an hour";
  return null;
}

/** Repeats an answer for five seconds. Answers that are on their way are not shared: they belong to the request that asked. */
export function repeated<Answer>(
  now: () => number,
): (config: Config, key: number, ask: () => Promise<Answer>, isKept: (answer: Answer) => boolean) => Promise<Answer> {
  const last = new Map<number, { readonly config: Config; readonly at: number; readonly answer: Answer }>();
  return async (config, key, ask, isKept) => {
    const before = last.get(key);
    if (before !== undefined && before.config === config && now() - before.at <= FRESH) return before.answer;
    const at = now();
    const answer = await ask();
    if (isKept(answer)) last.set(key, { config, at, answer });
    return answer;
  };
}
