/**
 * One run of an account's work: retention, erasing, delivery, and telling an operator.
 */
import type { Account } from "../config/model.ts";
import { readSettings } from "../config/settings.ts";
import { passOn } from "./erasure/pass-on.ts";
import type { AccountModules } from "./modules.ts";
import { destinationOf, type SandboxBindings } from "./outbox/destination.ts";
import { defectOf, type Report } from "./report.ts";
import { siblingOf } from "./sibling.ts";
import { retire } from "./state/retention.ts";

/** Delay before another run if the configuration is unusable, or another object does not answer, milliseconds. */
const AGAIN = 10_000;

/** Interval of the retention check, milliseconds. */
const HOUR = 3_600_000;

/** Time limit for erasing, milliseconds: once before delivery, and once after it. */
const ERASING = 5_000;

/** What delivering needs of the object. */
export interface DeliveryTools {
  readonly env: SandboxBindings & Record<string, unknown>;
  /** The account as it is configured; `null` where it cannot be used. */
  configured(account: AccountModules): Promise<Account | null>;
  /** Tells an operator what an operator must know. Must not take time. */
  alert(account: AccountModules): void;
  report(line: Report): void;
}

/** Runs once. Must not run concurrently. @returns when to run again, milliseconds since 1970; `null` when nothing waits */
export type Deliver = (account: AccountModules) => Promise<number | null>;

/** Makes the runs of one object. */
export function createDeliver({ env, configured, alert, report }: DeliveryTools): Deliver {
  let retiredAt = 0;

  /** A defect here must not stop delivery. @returns whether there is more that can be done now */
  async function erase(account: AccountModules, found: Account): Promise<boolean> {
    try {
      return await account.erasures.run(account, found, Date.now() + ERASING);
    } catch (error) {
      report(defectOf(error));
      return false;
    }
  }

  return async (account) => {
    if (Date.now() - retiredAt > HOUR) {
      retire(account, account.settled(), Date.now());
      retiredAt = Date.now();
    }
    const settings = readSettings(env);
    const found = await configured(account);
    if (found === null) return isOpen(account) ? Date.now() + AGAIN : null;
    // Before delivery, so that no call about an erased person is sent; and after it, because a webhook can be deleted once it is delivered.
    await erase(account, found);
    const next = await account.run(await destinationOf(found, settings, env));
    alert(account);
    const isMore = await erase(account, found);
    // Webhooks and erasures that arrived after delivery ended did not set the alarm.
    const isOwed = account.erasures.owed().length > 0;
    const isTold = await passOn(account, found, (place) => siblingOf(place, env));
    if (isMore || (next === null && (isOwed || account.isPending()))) return Date.now();
    const wanted = next === null ? null : next / settings.timeScale;
    return isTold ? wanted : Math.min(wanted ?? Number.MAX_SAFE_INTEGER, Date.now() + AGAIN);
  };
}

/** Whether something is left to do: it is to be sent, to wait, or to be forgotten. */
export function isOpen({ isPending, waiting, erasures }: AccountModules): boolean {
  return isPending() || waiting.nextDue(0) !== null || erasures.isOpen();
}

/** Whether it must wake for anything: what is open, an alert that waits, or a move into a new file. */
export function isOwed(account: AccountModules): boolean {
  return isOpen(account) || account.alerts.waiting() > 0 || account.state.current().compaction.wantedSince !== null;
}

/**
 * When to look again: at the retention check at the latest.
 * @param next when delivery wants to run; `null` when nothing waits
 * @param begun when the last run began: events whose wait ended before it are included in `next`
 */
export function nextLook(account: AccountModules | null, next: number | null, begun: number): number {
  const others = [account?.waiting.nextDue(begun), account?.alerts.nextDue()].map((time) => time ?? Number.MAX_SAFE_INTEGER);
  return Math.min(next ?? Date.now() + HOUR, ...others);
}
