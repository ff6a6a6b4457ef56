/**
 * The second line behind alarms: every ten minutes each account's object looks whether something is left to do and no alarm is set.
 */
import type { AccountSweep } from "./account/rpc.ts";
import { loadConfig } from "./config/load.ts";
import type { AccountPlace, Config } from "./config/model.ts";
import { toConsole, type WriteLine } from "./log-line.ts";

/** Objects that are asked at a time: the platform opens six connections, and the others wait. */
const AT_A_TIME = 20;

/** How long an object may take to answer, milliseconds. It goes on looking all the same. */
const PATIENCE = 2_000;

/** No further object is asked after this time, milliseconds. The next sweep begins elsewhere. */
const LONGEST = 25_000;

/** What a sweep needs from its platform. Tests replace parts of it. */
export interface SweepTools {
  objectOf(place: AccountPlace): AccountSweep;
  /** Default: the console. */
  readonly write?: WriteLine;
  /** From 0 to 1: where it begins. Default: at random. */
  readonly begin?: number;
  /** Milliseconds since 1970. Default: the platform's clock. */
  readonly now?: () => number;
}

/** What came of a sweep: numbers of accounts. */
export interface Swept {
  readonly asked: number;
  readonly lost: number;
  readonly unanswered: number;
  /** Left for the next sweep. */
  readonly left: number;
}

/** Looks after every account of an environment. Never rejects. What it finds is a line of the log; where nothing is wrong, there is none. */
export async function sweepAccounts(env: object, tools: SweepTools): Promise<Swept> {
  const { objectOf, write = toConsole, begin = Math.random(), now = Date.now } = tools;
  const until = now() + LONGEST;
  const { places, isWhole } = await placesIn(await loadConfig(env));
  const first = Math.floor(begin * places.length);
  const queue = [...places.slice(first), ...places.slice(0, first)];
  let [asked, lost, unanswered] = [0, 0, 0];
  while (queue.length > 0 && now() < until) {
    const group = queue.splice(0, AT_A_TIME);
    const answers = await Promise.all(group.map((place) => lookAt(() => objectOf(place))));
    asked += group.length;
    lost += answers.filter((answer) => answer === true).length;
    unanswered += answers.filter((answer) => answer === null).length;
  }
  const swept = { asked, lost, unanswered, left: queue.length };
  if (lost > 0 || unanswered > 0 || !isWhole || queue.length > 0)
    write("error", JSON.stringify({ outcome: "sweep", ...swept, ...(isWhole ? {} : { reason: "no_directory" }) }));
  return swept;
}

/** Every account that has an object: the declared ones, and those of the directory. `isWhole`: whether the directory answered. */
async function placesIn({
  problems,
  accounts,
  directory,
}: Config): Promise<{ readonly places: readonly AccountPlace[]; readonly isWhole: boolean }> {
  // It takes no webhooks, so it has no accounts.
  if (problems.length > 0) return { places: [], isWhole: true };
  const declared = [...accounts.values()].flatMap((state) => (state.ok ? [state.account] : []));
  try {
    return { places: [...declared, ...((await directory?.places()) ?? [])], isWhole: true };
  } catch {
    return { places: declared, isWhole: false };
  }
}

/** Whether an account's alarm was lost; `null` where its object does not answer in time. */
async function lookAt(object: () => AccountSweep): Promise<boolean | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((settle) => {
    timer = setTimeout(() => settle(null), PATIENCE);
  });
  try {
    return await Promise.race([object().sweep(), late]);
  } catch {
    return null;
  } finally {
    if (timer !== undefined) clearTimeout(timer);
  }
}
