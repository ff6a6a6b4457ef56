/**
 * Changes of a subscription that matter to a person: Stripe sends all changes as one type of event.
 */
import type * as z from "zod";
import { ignore, type MapResult, type Maybe } from "../../src/contract/adapter.ts";
import {
  type changedSubscription,
  noticed,
  periodEndOf,
  planOf,
  type SubscriptionState,
  subscriptionEvent,
} from "./subscriptions.ts";

/** One event for each relevant change. */
export function changesOf(s: z.output<typeof changedSubscription>): MapResult {
  const before = { ...s, ...s.previous_attributes };
  const events = [
    statusChange(before.status, s.status),
    isEnding(before) === isEnding(s) ? null : isEnding(s) ? "Subscription Cancelled" : "Subscription Reactivated",
    isPaused(before) === isPaused(s) ? null : isPaused(s) ? "Subscription Paused" : "Subscription Resumed",
  ];
  const drafts = events.filter((event) => event !== null).map((event) => subscriptionEvent(event, s));
  if (itemsOf(before) !== itemsOf(s)) {
    const previous = Object.entries(planOf(before)).map(([name, value]) => [`previous_${name}`, value]);
    return [...drafts, subscriptionEvent("Plan Changed", s, Object.fromEntries(previous))];
  }
  if (drafts.length > 0) return drafts;
  if (before.status !== s.status) return ignore("not relevant to a customer, or covered by another event");
  if (periodEndOf(before) !== periodEndOf(s)) return ignore("a new period, covered by invoice.paid");
  const changed = Object.keys(s.previous_attributes ?? {}).filter((name) => name in noticed);
  return changed.length > 0 ? subscriptionEvent("Subscription Updated", s, { changed }) : ignore("not relevant to a customer");
}

/** `null` if nothing changed, or if a paused, resumed or deleted event covers it. */
function statusChange(before: Maybe<string>, after: Maybe<string>): string | null {
  if (before === after) return null;
  switch (after) {
    case "trialing":
      return before === "paused" ? null : "Trial Started";
    case "active":
      if (before === "trialing") return "Trial Converted";
      if (before === "incomplete") return "Subscription Started";
      return before === "paused" ? null : "Subscription Recovered";
    case "past_due":
      return "Subscription Past Due";
    case "unpaid":
      return "Subscription Unpaid";
    default:
      return null;
  }
}

/**
 * Whether the end is set. In flexible billing mode a cancellation sets `cancel_at` alone.
 * @see https://docs.stripe.com/changelog/basil/2025-07-30/cancel-at-enums
 */
function isEnding(s: SubscriptionState): boolean {
  return s.cancel_at_period_end === true || typeof s.cancel_at === "string";
}

/** Is collection paused? This does not change the status and has no event of its own. */
function isPaused(s: SubscriptionState): boolean {
  return (s.pause_collection ?? null) !== null;
}

/** Only prices and quantities: an item also holds its period, which changes at every renewal. */
function itemsOf(s: SubscriptionState): string {
  const items = s.items?.data.map((item) => `${item.price?.id} ${item.quantity}`) ?? [];
  return items.sort().join();
}
