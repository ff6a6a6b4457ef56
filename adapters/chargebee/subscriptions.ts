/**
 * Events about Chargebee's subscriptions.
 */
import type * as z from "zod";
import type { Draft, MapContext, MapResult } from "../../src/contract/adapter.ts";
import { id, ignore, on } from "../../src/contract/adapter.ts";
import {
  ownEvents,
  renewalUpcoming,
  type SubscriptionEvent,
  subscriptionCancelled,
  subscriptionChanged,
  subscriptionExpired,
  subscriptionStarted,
  subscriptionState,
  trialExpired,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";
import { attributionOf, type Content, content, customOf, ownerOf } from "./customers.ts";
import type { CHARGEBEE } from "./plan.schema.ts";
import { factsOf, productsOf, subscription } from "./subscription.ts";

const own = ownEvents<typeof CHARGEBEE>();

const aboutSubscription = content.extend({ subscription: subscription.extend({ id }) });

type AboutSubscription = z.output<typeof aboutSubscription>;

/** Any step with an event of its own; the state alone without one. */
export function onSubscription(...events: readonly SubscriptionEvent[]) {
  return on(aboutSubscription, (c, context) => told(c, context, ...events));
}

/** A created or started subscription, in a trial or not; one that starts later has an event then. */
export const onStarted = on(aboutSubscription, (c, context): MapResult => {
  if (c.subscription.status === "future") return ignore("starts later, covered by subscription_started");
  return told(c, context, ...(c.subscription.status === "in_trial" ? [trialStarted] : []), startedAs);
});

/** What changed it does not say. */
export const changedSomehow: SubscriptionEvent = (who, facts, more) =>
  subscriptionChanged(who, { ...facts, change: "other" }, more);

/** A cancellation at a later time. */
export const cancelledLater: SubscriptionEvent = (who, facts, more) =>
  subscriptionCancelled(who, { ...facts, immediate: false }, more);

/** The end: scheduled before, decided now, by dunning, or because a trial ran out. Terms end one second before the next ones start. */
export const onCancelled = on(aboutSubscription, (c, context) => {
  const s = c.subscription;
  const isTrial = Boolean(s.trial_end) && !s.activated_at;
  const [end, planned] = [Date.parse(s.cancelled_at ?? ""), Date.parse((isTrial ? s.trial_end : s.current_term_end) ?? "")];
  const isDecidedNow = !s.cancel_reason && !s.cancel_schedule_created_at && planned - end > 1000;
  return told(c, context, ...(isDecidedNow ? [cancelledNow] : []), ...(isTrial ? [trialExpired] : []), subscriptionExpired);
});

/** The next period will be billed soon. */
export const onRenewalReminder = on(aboutSubscription, (c, { event }) => {
  const { who, facts, properties } = aboutIt(c);
  const { subscription_id, plan_id, price, price_minor, currency, quantity, interval, interval_count, mrr, mrr_minor } = facts;
  const { products, products_count, coupon, coupons } = properties;
  const plan = { plan_id, price, price_minor, currency, quantity, interval, interval_count, mrr, mrr_minor };
  const renews_at = facts.next_billing_at ?? facts.current_period_ends_at;
  const about = { subscription_id, ...plan, products, products_count, coupon, coupons, renews_at, ...attributionOf(c) };
  return [...statement(c, event.occurredAt), renewalUpcoming(who, about, customOf(c))];
});

/** A trial was prolonged. */
export const onTrialExtended = onSubscription((who, facts, more) => own("Trial Extended")(who, facts, more));

/** A scheduled end is near. */
export const onEnding = onSubscription((who, facts, more) => own("Subscription Ending")(who, facts, more));

const startedAs: SubscriptionEvent = (who, facts, more) =>
  subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }, more);

const cancelledNow: SubscriptionEvent = (who, facts, more) => subscriptionCancelled(who, { ...facts, immediate: true }, more);

function told(c: AboutSubscription, { event }: MapContext<unknown>, ...events: readonly SubscriptionEvent[]): readonly Draft[] {
  const { who, properties } = aboutIt(c);
  return [...statement(c, event.occurredAt), ...events.map((make) => make(who, properties, customOf(c)))];
}

function aboutIt(c: AboutSubscription) {
  const facts = factsOf(c.subscription.id, c.subscription);
  return { who: ownerOf(c), facts, properties: { ...facts, ...productsOf(c.subscription), ...attributionOf(c) } };
}

/**
 * The state of the subscription beside any event, if there is one. Chargebee has no status for an owed payment, but counts the invoices.
 * @param isFailing whether a payment is owed, where the event itself says so
 */
export function statement(c: Content, at: string, isFailing?: boolean): readonly Draft[] {
  const { subscription: s, customer } = c;
  if (!s?.id) return [];
  const facts = factsOf(s.id, s);
  const isOwed = (s.due_invoices_count ?? 0) > 0 && customer?.auto_collection !== "off" && facts.status !== "expired";
  return facts.status ? [subscriptionState(ownerOf(c), at, { ...facts, payment_failing: isFailing ?? isOwed })] : [];
}
