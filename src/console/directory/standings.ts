/**
 * How the accounts of the directory are doing, a page at a time: there may be a thousand, and each has to be asked.
 */
import type { AccountOperations } from "../../account/operations.ts";
import type { AccountPlace, Config } from "../../config/model.ts";
import type { Clock } from "../../ingest/clock.ts";
import { askInTime, type Standing, type Standings } from "../readiness.ts";

/** Accounts of one page, by name. */
const PAGE = 200;

/** Objects that are asked at a time: the platform opens six connections, and the others wait. */
const AT_A_TIME = 20;

/** No further object is asked after this time, milliseconds: who collects metrics waits for ten seconds. */
const LONGEST = 7_000;

/** What the Worker gives. */
export interface PageTools {
  /** The object of an account. */
  objectOf(place: AccountPlace): Pick<AccountOperations, "operate">;
  /** Milliseconds since 1970. */
  now(): number;
  readonly after: Clock["after"];
}

/** The accounts of a page. */
export interface StandingsPage {
  /** By name; `null` for one that does not answer. */
  readonly standings: Standings;
  /** Accounts of the directory that are on other pages, or for which the time was too short. */
  readonly leftOut: number;
  /** How many pages there are; 1 where the directory is empty, or there is none. */
  readonly pages: number;
  /** Whether the directory answered; `null` where there is none. */
  readonly isReached: boolean | null;
}

/** Asks the accounts of a page, each for two seconds at most. @param page counted from 1 */
export async function askPage(
  { directory, accounts, formerNames, region }: Config,
  page: number,
  tools: PageTools,
): Promise<StandingsPage> {
  if (directory === null || directory.problem !== null)
    return { standings: new Map(), leftOut: 0, pages: 1, isReached: directory === null ? null : false };
  const places = await directory.places().catch(() => null);
  if (places === null) return { standings: new Map(), leftOut: 0, pages: 1, isReached: false };
  // Those that are not served are in the details of /healthz.
  const served = places.filter(
    (place) => !accounts.has(place.name) && !formerNames.has(place.name) && place.region === (region ?? place.region),
  );
  const sorted = served.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const queue = sorted.slice((page - 1) * PAGE, page * PAGE);
  const until = tools.now() + LONGEST;
  const standings = new Map<string, Standing | null>();
  while (queue.length > 0 && tools.now() < until) {
    const group = queue.splice(0, AT_A_TIME);
    const answers = await Promise.all(group.map((place) => askInTime(() => tools.objectOf(place), tools.after)));
    for (const [index, { name }] of group.entries()) standings.set(name, answers[index] ?? null);
  }
  return {
    standings,
    leftOut: served.length - standings.size,
    pages: Math.max(1, Math.ceil(served.length / PAGE)),
    isReached: true,
  };
}
