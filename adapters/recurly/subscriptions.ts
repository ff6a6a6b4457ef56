/**
 * Notifications about Recurly's subscriptions. The newer ones hold no more than an id, so their type alone says how the subscription stands.
 */
import type * as z from "zod";
import type { Draft, MapContext } from "../../src/contract/adapter.ts";
import { decisive, ignore, on } from "../../src/contract/adapter.ts";
import {
  attribution,
  attributionIn,
  ownEvents,
  paymentMethodExpiring,
  paymentMethodRemoved,
  priceChangeUpcoming,
  renewalUpcoming,
  type SubscriptionEvent,
  type SubscriptionProperties,
  type SubscriptionStatus,
  subscriptionCancelled,
  subscriptionChanged,
  subscriptionExpired,
  subscriptionFact,
  subscriptionRenewed,
  subscriptionStarted,
  subscriptionState,
  trialConverted,
  trialExpired,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";
import { customOf, identified, notification, ownerOf, subscriptionOf } from "./notifications.ts";
import type { RECURLY } from "./plan.schema.ts";
import { factsOf, subscription } from "./subscription.ts";

const own = ownEvents<typeof RECURLY>();

const aboutSubscription = notification.extend({ subscription: decisive(subscription) });

type About = z.output<typeof aboutSubscription>;

/**
 * Any step with an event of its own.
 * @param status what the step leads to
 */
export function onSubscription(status: SubscriptionStatus | null, ...events: readonly SubscriptionEvent[]) {
  return on(aboutSubscription, (n, context) => told(n, context, status, ...events));
}

/** A new subscription: it starts with a trial if the trial's end is in the future. */
export const onCreated = on(aboutSubscription, (n, context) => {
  const isTrial = (n.subscription?.trial_ends_at ?? "") > context.event.occurredAt;
  return told(n, context, null, ...(isTrial ? [trialStarted] : []), startedAs);
});

/** A new period: the first one after a trial is the trial's conversion. */
export const onRenewed = on(aboutSubscription, (n, context) => {
  const { trial_ends_at: trialEnd, current_period_started_at: start } = n.subscription ?? {};
  return told(n, context, "active", trialEnd && trialEnd === start ? trialConverted : subscriptionRenewed);
});

/** The end; of a trial too, if nothing was paid after it. */
export const onExpired = on(aboutSubscription, (n, context) => {
  const { trial_ends_at: trialEnd, expires_at: end } = n.subscription ?? {};
  return told(n, context, "expired", ...(trialEnd && end && end <= trialEnd ? [trialExpired] : []), subscriptionExpired);
});

/** What changed it does not say. */
export const changedSomehow: SubscriptionEvent = (who, facts, more) =>
  subscriptionChanged(who, { ...facts, change: "other" }, more);

/** A cancellation leaves the paid period to the customer. */
export const cancelledLater: SubscriptionEvent = (who, facts, more) =>
  subscriptionCancelled(who, { ...facts, immediate: false }, more);

/** The next period will be billed soon. */
export const onRenewalUpcoming = on(aboutSubscription, (n, context) => {
  const facts = aboutIt(n, context);
  if (!facts) return ignore("names no subscription");
  const renews_at = facts.current_period_ends_at;
  return [...stated(n, context, null), renewalUpcoming(ownerOf(n), { ...planOf(facts), renews_at }, customOf(n))];
});

/** The price of the next period is another one. */
export const onPriceChange = onSubscription(null, (who, facts, more) => priceChangeUpcoming(who, facts, more));

/** The card will expire before the next payment. */
export const onCardExpiring = onSubscription(null, (who, { subscription_id }, more) =>
  paymentMethodExpiring(who, { subscription_id }, more),
);

/** The customer's bank no longer lets the company collect. */
export const onMandateEnded = onSubscription(null, (who, { subscription_id }, more) =>
  paymentMethodRemoved(who, { subscription_id, reason: "mandate_inactive" }, more),
);

/** What is left on a gift card does not pay the next period. */
export const onLowBalance = onSubscription(null, (who, facts, more) => own("Gift Card Balance Low")(who, facts, more));

const startedAs: SubscriptionEvent = (who, facts, more) =>
  subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }, more);

type Context = MapContext<unknown>;

function told(n: About, context: Context, status: SubscriptionStatus | null, ...events: readonly SubscriptionEvent[]) {
  const facts = aboutIt(n, context);
  if (!facts) return ignore("names no subscription");
  const account = attributionIn(n.account?.custom_fields);
  const properties = {
    ...(status && !facts.status ? { status } : {}),
    ...facts,
    ...attribution(attributionIn(n.subscription?.custom_fields), account),
  };
  return [...stated(n, context, status), ...events.map((make) => make(ownerOf(n), properties, customOf(n)))];
}

function aboutIt(n: About, { event }: Context): SubscriptionProperties | null {
  const id = subscriptionOf(n);
  if (!id) return null;
  return n.subscription ? factsOf(id, n.subscription, event.occurredAt) : { subscription_id: id };
}

/** Traits of the account, and the state of the subscription. */
function stated(n: About, context: Context, status: SubscriptionStatus | null): readonly Draft[] {
  const [who, facts, at] = [ownerOf(n), aboutIt(n, context), context.event.occurredAt];
  if (!facts) return identified(n);
  if (facts.status) return [...identified(n), subscriptionState(who, at, facts)];
  return [...identified(n), ...(status ? [subscriptionFact(who, at, facts.subscription_id, { status })] : [])];
}

function planOf(facts: SubscriptionProperties) {
  const { subscription_id, plan_id, plan_name, price, price_minor, currency, quantity } = facts;
  const { interval, interval_count, mrr, mrr_minor } = facts;
  const money = { price, price_minor, currency, mrr, mrr_minor };
  return { subscription_id, plan_id, plan_name, ...money, quantity, interval, interval_count };
}
