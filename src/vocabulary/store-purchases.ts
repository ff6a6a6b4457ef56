/**
 * Subscriptions and purchases in app stores, as vendors tell them that stand between the stores and the company: one event for each step, and only a
 * purchase or renewal says what is paid and for how long.
 */
import type { CustomField, Draft, SubscriptionFacts } from "../contract/drafts.ts";
import type { Maybe, PersonFacts } from "../contract/facts.ts";
import { type Money, moneyProperties } from "../contract/money.ts";
import type { Attribution } from "./attribution.ts";
import type { CancellationReason, SubscriptionChange } from "./enums.ts";
import {
  orderCompleted,
  orderRefunded,
  paymentFailed,
  paymentRefunded,
  paymentSucceeded,
  subscriptionCancelled,
  subscriptionChanged,
  subscriptionExpired,
  subscriptionPastDue,
  subscriptionPaused,
  subscriptionReactivated,
  subscriptionRecovered,
  subscriptionRenewed,
  subscriptionStarted,
  trialConverted,
  trialExpired,
  trialStarted,
} from "./events.ts";
import { periodBetween } from "./periods.ts";
import { coupons, plan, subscription } from "./subscription.ts";
import { subscriptionFact, subscriptionState } from "./subscription-state.ts";

/** A purchase, and the person whose it is. */
export interface StorePurchase {
  readonly who: PersonFacts;
  /** Time of the event, ISO 8601 UTC. */
  readonly at: string;
  /** The store's id of the first purchase, which all of a subscription have in common. */
  readonly subscription_id: Maybe<string>;
  readonly payment_id: Maybe<string>;
  readonly product_id: Maybe<string>;
  /** What was paid, or paid back; never negative. */
  readonly amount: Money | null;
  readonly is_trial: boolean;
  readonly starts_at: Maybe<string>;
  readonly ends_at: Maybe<string>;
  readonly store: Maybe<string>;
  readonly offer?: Maybe<string>;
  readonly reason?: Maybe<string>;
  readonly cause?: CancellationReason | undefined;
  /** The product from then on. */
  readonly next_product_id?: Maybe<string>;
  /** How it differs, where the vendor says so. */
  readonly change?: SubscriptionChange | undefined;
  /** Whether `amount` is all that was paid, where a part may be paid back. Default: yes. */
  readonly is_full?: boolean;
  /** Until when access is kept while a payment is owed. */
  readonly grace_ends_at?: Maybe<string>;
  readonly entitlements?: Maybe<readonly string[]>;
  readonly attribution?: Attribution;
  readonly custom?: readonly CustomField[];
}

/** What happened to it. */
export type StoreStep =
  | "started"
  | "converted"
  | "renewed"
  | "restarted"
  | "upgraded"
  | "recovered"
  | "cancelled"
  | "reactivated"
  | "expired"
  | "paused"
  | "changed"
  | "failed"
  | "refunded"
  | "bought"
  | "bought_refunded";

/** The drafts of a step. The money of a subscription is on Payment Succeeded, that of a one-time purchase on Order Completed. */
export function storeDrafts(step: StoreStep, p: StorePurchase): readonly Draft[] {
  const { who, at } = p;
  const more = { custom: p.custom ?? [] };
  const about = { affiliation: p.store, ...coupons([p.offer]), ...p.attribution };
  const product = { plan_id: p.product_id, product_id: p.product_id };
  const payment = {
    payment_id: p.payment_id,
    subscription_id: p.subscription_id,
    ...plan({ ...product, mrr: null }),
    ...about,
  };
  const order = {
    order_id: p.payment_id ?? p.subscription_id ?? "",
    products: [{ product_id: p.product_id, price: p.amount?.amount, quantity: 1 }],
    products_count: 1,
    ...about,
  };
  const total = moneyProperties("total", p.amount);
  const full = p.is_full !== false;
  if (step === "bought") return order.order_id === "" ? [] : [orderCompleted(who, { ...order, ...total }, more)];
  if (step === "bought_refunded")
    return order.order_id === "" ? [] : [orderRefunded(who, { ...order, ...total, full, reason: p.reason }, more)];
  if (step === "refunded") return [paymentRefunded(who, { ...payment, ...total, full, reason: p.reason }, more)];

  const { subscription_id } = p;
  if (!subscription_id) return [];
  const period = {
    current_period_starts_at: p.starts_at,
    current_period_ends_at: p.ends_at,
    ...(p.is_trial ? { trial_started_at: p.starts_at, trial_ends_at: p.ends_at } : {}),
  };
  const isPriced = !p.is_trial && p.amount !== null && p.amount.minor > 0;
  const price = isPriced ? { price: p.amount, ...periodBetween(p.starts_at, p.ends_at) } : { mrr: null };
  const status = p.is_trial ? ("trialing" as const) : ("active" as const);
  const whole = subscription({ subscription_id, status, ...product, ...price, ...period });
  const known = {
    ...subscription({ subscription_id, ...product, mrr: null, ...period }),
    ...about,
    entitlements: p.entitlements,
  };
  const begun = { ...whole, ...about, entitlements: p.entitlements };
  const state = subscriptionState(who, at, whole);
  const fact = (facts: SubscriptionFacts) =>
    subscriptionFact(who, at, subscription_id, { plan_id: p.product_id ?? null, ...facts });
  const paid = (billing_reason: "first" | "renewal" | "change") =>
    isPriced ? [paymentSucceeded(who, { ...payment, ...total, billing_reason }, more)] : [];
  const ending = { cancellation_reason: p.reason ? (p.cause ?? "other") : null, cancellation_reason_raw: p.reason };

  switch (step) {
    case "started":
      return [
        state,
        ...(p.is_trial ? [trialStarted(who, begun, more)] : []),
        subscriptionStarted(who, { ...begun, status }, more),
        ...paid("first"),
      ];
    case "converted":
      return [state, trialConverted(who, begun, more), ...paid("first")];
    case "renewed":
      return [state, subscriptionRenewed(who, begun, more), ...paid("renewal")];
    case "restarted":
      return [
        state,
        ...(p.is_trial ? [trialStarted(who, begun, more)] : []),
        subscriptionReactivated(who, { ...begun, status }, more),
        ...paid("renewal"),
      ];
    case "upgraded":
      return [state, subscriptionChanged(who, { ...begun, change: p.change ?? "other" }, more), ...paid("change")];
    case "recovered":
      return [state, subscriptionRecovered(who, begun, more), subscriptionRenewed(who, begun, more), ...paid("renewal")];
    case "cancelled":
      return [
        fact({ status: "cancelled", subscription_ends_at: p.ends_at ?? null }),
        subscriptionCancelled(who, { ...known, ...ending, status: "cancelled", cancelled_at: at, ends_at: p.ends_at }, more),
      ];
    case "reactivated":
      return [fact({ status, subscription_ends_at: null }), subscriptionReactivated(who, { ...known, status }, more)];
    case "paused":
      return [fact({ status: "paused" }), subscriptionPaused(who, { ...known, status: "paused", paused_at: at }, more)];
    case "changed": {
      const next = { plan_id: p.next_product_id, product_id: p.next_product_id, previous_plan_id: p.product_id };
      return [fact({}), subscriptionChanged(who, { ...known, ...next, change: p.change ?? "other" }, more)];
    }
    case "failed":
      return [
        fact({ status: "past_due", payment_failing: true }),
        subscriptionPastDue(who, { ...known, status: "past_due" }, more),
        paymentFailed(
          who,
          { ...payment, ...moneyProperties("amount", isPriced ? p.amount : null), grace_period_ends_at: p.grace_ends_at },
          more,
        ),
      ];
    case "expired": {
      const ended_at = p.ends_at ?? at;
      const over = { mrr: 0, current_period_ends_at: null, trial_ends_at: null, payment_failing: false };
      const ended = { ...known, ...ending, status: "expired" as const, ended_at };
      return [
        fact({ status: "expired", subscription_ends_at: ended_at, ...over }),
        ...(p.is_trial ? [trialExpired(who, ended, more)] : []),
        subscriptionExpired(who, ended, more),
      ];
    }
  }
}
