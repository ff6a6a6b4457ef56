/**
 * RevenueCat's subscriptions. Only a purchase or renewal says what is paid and for how long; everything else tells a part.
 */
import type { Draft, MapContext, MapResult } from "../../src/contract/adapter.ts";
import { ignore, moneyProperties, on } from "../../src/contract/adapter.ts";
import {
  ownEvents,
  paymentFailed,
  type SubscriptionEvent,
  subscriptionCancelled,
  subscriptionChanged,
  subscriptionExpired,
  subscriptionFact,
  subscriptionPastDue,
  subscriptionPaused,
  subscriptionReactivated,
  subscriptionRenewed,
  subscriptionStarted,
  subscriptionState,
  trialConverted,
  trialExpired,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";
import { customOf, identified, personOf } from "./customers.ts";
import type { REVENUECAT } from "./plan.schema.ts";
import {
  aboutPurchase,
  amountOf,
  beginningOf,
  endingOf,
  type Purchase,
  paymentOf,
  purchase,
  subscriptionOf,
} from "./purchase.ts";
import { paid, refunded } from "./sales.ts";

const own = ownEvents<typeof REVENUECAT>();

type Context = MapContext<unknown>;

/** A new subscription, with or without a trial. */
export const onInitialPurchase = on(purchase, (p, context) =>
  p.period_type === "TRIAL" ? begun(p, context, trialStarted, startedAs) : [...begun(p, context, startedAs), ...paid(p, "first")],
);

/** A new period; after a trial the first that is paid. */
export const onRenewal = on(purchase, (p, context) =>
  p.is_trial_conversion === true
    ? [...begun(p, context, trialConverted), ...paid(p, "first")]
    : [...begun(p, context, subscriptionRenewed), ...paid(p, "renewal")],
);

/** The end is decided, or money went back: then the subscription may go on. */
export const onCancellation = on(purchase, (p, { event }): MapResult => {
  if (p.cancel_reason === "BILLING_ERROR") return ignore("covered by BILLING_ISSUE");
  if (p.cancel_reason === "CUSTOMER_SUPPORT") return [...identified(p), refunded(p)];
  const immediate = typeof p.expiration_at_ms === "string" && p.expiration_at_ms <= event.occurredAt;
  const facts = { status: "cancelled", subscription_ends_at: p.expiration_at_ms ?? null } as const;
  return step(p, event.occurredAt, facts, (who, about, more) =>
    subscriptionCancelled(
      who,
      { ...about, ...endingOf(p), status: "cancelled", cancelled_at: event.occurredAt, immediate },
      more,
    ),
  );
});

/** The cancellation was withdrawn. */
export const onUncancellation = on(purchase, (p, { event }) => {
  const status = p.period_type === "TRIAL" ? "trialing" : "active";
  return step(p, event.occurredAt, { status, subscription_ends_at: null }, (who, about, more) =>
    subscriptionReactivated(who, { ...about, status }, more),
  );
});

/** Access ended; a pause begins so too. */
export const onExpiration = on(purchase, (p, { event }) => {
  if (p.expiration_reason === "SUBSCRIPTION_PAUSED")
    return step(p, event.occurredAt, { status: "paused" }, (who, about, more) =>
      subscriptionPaused(who, { ...about, status: "paused", paused_at: event.occurredAt, resumes_at: p.auto_resume_at_ms }, more),
    );
  const ended_at = p.expiration_at_ms ?? event.occurredAt;
  const over = { mrr: 0, current_period_ends_at: null, trial_ends_at: null, payment_failing: false } as const;
  const facts = { status: "expired", subscription_ends_at: ended_at, ...over } as const;
  const ended: SubscriptionEvent = (who, about, more) =>
    subscriptionExpired(who, { ...about, ...endingOf(p), status: "expired", ended_at }, more);
  const trialOver: SubscriptionEvent = (who, about, more) => trialExpired(who, { ...about, status: "expired", ended_at }, more);
  return step(p, event.occurredAt, facts, ...(p.period_type === "TRIAL" ? [trialOver] : []), ended);
});

/** A payment failed, and access may be kept for a time of grace. */
export const onBillingIssue = on(purchase, (p, { event }) => {
  const failed = paymentFailed(
    personOf(p),
    { ...paymentOf(p), ...moneyProperties("amount", amountOf(p)), grace_period_ends_at: p.grace_period_expiration_at_ms },
    customOf(p),
  );
  const pastDue: SubscriptionEvent = (who, about, more) => subscriptionPastDue(who, { ...about, status: "past_due" }, more);
  return [...step(p, event.occurredAt, { status: "past_due", payment_failing: true }, pastDue), failed];
});

/** Another product from now or the next period on: which, RevenueCat does not say. */
export const onProductChange = on(purchase, (p, { event }) =>
  step(p, event.occurredAt, {}, (who, { product_id: _, plan_id: previous_plan_id, ...about }, more) => {
    const next = { plan_id: p.new_product_id, product_id: p.new_product_id };
    return subscriptionChanged(who, { ...about, ...next, change: "other", previous_plan_id: previous_plan_id ?? null }, more);
  }),
);

/** The period was prolonged without a payment. */
export const onExtension = on(purchase, (p, { event }) =>
  step(p, event.occurredAt, { current_period_ends_at: p.expiration_at_ms ?? null }, (who, about, more) =>
    own("Subscription Extended")(who, about, more),
  ),
);

const startedAs: SubscriptionEvent = (who, facts, more) =>
  subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }, more);

/** The whole of a subscription at the beginning of a period. */
function begun(p: Purchase, { event }: Context, ...events: readonly SubscriptionEvent[]): readonly Draft[] {
  const [who, facts] = [personOf(p), beginningOf(p)];
  if (!facts) return identified(p);
  const properties = { ...facts, ...aboutPurchase(p) };
  return [
    ...identified(p),
    subscriptionState(who, event.occurredAt, facts),
    ...events.map((make) => make(who, properties, customOf(p))),
  ];
}

/** A part of it: what a purchase or renewal said stays. */
function step(
  p: Purchase,
  at: string,
  facts: Parameters<typeof subscriptionFact>[3],
  ...events: readonly SubscriptionEvent[]
): readonly Draft[] {
  const [who, subscription] = [personOf(p), subscriptionOf(p)];
  if (!subscription) return identified(p);
  const properties = { ...subscription, ...aboutPurchase(p) };
  return [
    ...identified(p),
    subscriptionFact(who, at, subscription.subscription_id, { plan_id: p.product_id ?? null, ...facts }),
    ...events.map((make) => make(who, properties, customOf(p))),
  ];
}
