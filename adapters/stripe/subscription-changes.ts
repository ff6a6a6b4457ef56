/**
 * Changes of a subscription that matter to a person: Stripe sends all changes as one type of event.
 */
import type * as z from "zod";
import { type Draft, ignore, type MapContext, type MapResult, type Maybe } from "../../src/contract/adapter.ts";
import {
  changed,
  type SubscriptionEvent,
  subscriptionCancelled,
  subscriptionChanged,
  subscriptionPastDue,
  subscriptionPaused,
  subscriptionReactivated,
  subscriptionRecovered,
  subscriptionRenewed,
  subscriptionResumed,
  trialConverted,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";
import type { changedSubscription, SubscriptionState } from "./subscription.ts";
import { startedAs, told } from "./subscription-events.ts";
import { isEnding, isPaused, mrrOf, periodEndOf, planOf } from "./subscriptions.ts";

type Changed = z.output<typeof changedSubscription>;

/** The state that results, and one event for each relevant change. */
export function changesOf(s: Changed, context: MapContext<unknown>): MapResult {
  const before = { ...s, ...s.previous_attributes };
  const events = [
    ...statusChange(before.status, s.status),
    isEnding(before) === isEnding(s) ? null : isEnding(s) ? cancelledLater : subscriptionReactivated,
    isPaused(before) === isPaused(s) ? null : isPaused(s) ? subscriptionPaused : subscriptionResumed,
    itemsOf(before) === itemsOf(s) ? null : changedFrom(before, s),
    isRenewed(before, s) ? subscriptionRenewed : null,
  ].filter((event) => event !== null);
  const drafts: readonly Draft[] = told(s, context, ...events);
  return drafts.length > 0 ? drafts : ignore("the first payment was not made");
}

/** Nothing if nothing changed, or if a paused, resumed or deleted event covers it. */
function statusChange(before: Maybe<string>, after: Maybe<string>): readonly SubscriptionEvent[] {
  if (before === after) return [];
  switch (after) {
    case "trialing":
      return before === "paused" ? [] : before === "incomplete" ? [trialStarted, startedAs] : [trialStarted];
    case "active":
      if (before === "trialing") return [trialConverted];
      if (before === "incomplete") return [startedAs];
      return before === "paused" ? [] : [subscriptionRecovered];
    case "past_due":
      return [subscriptionPastDue];
    case "unpaid":
      return before === "past_due" ? [] : [subscriptionPastDue];
    default:
      return [];
  }
}

const cancelledLater: SubscriptionEvent = (who, facts, more) => subscriptionCancelled(who, { ...facts, immediate: false }, more);

function changedFrom(before: Changed, s: Changed): SubscriptionEvent {
  const [old, now] = [before, s].map((one) => ({ ...planOf(one), mrr: mrrOf(one) }));
  return (who, facts, more) => subscriptionChanged(who, { ...facts, ...changed(old ?? {}, now ?? {}) }, more);
}

/** A new period of what was and is active, of the same items: all else that moves the period has its own event. */
function isRenewed(before: Changed, s: Changed): boolean {
  const [was, is] = [periodEndOf(before), periodEndOf(s)];
  if (!was || !is || was >= is || itemsOf(before) !== itemsOf(s)) return false;
  return before.status === "active" && s.status === "active" && !isPaused(s);
}

/** Only prices and quantities: an item also holds its period, which changes at every renewal. */
function itemsOf(s: SubscriptionState): string {
  const items = s.items?.data.map((item) => `${item.price?.id} ${item.quantity}`) ?? [];
  return items.sort().join();
}
