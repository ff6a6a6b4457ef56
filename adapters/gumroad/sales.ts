/**
 * What Gumroad's sales, charges of memberships, refunds and disputes become.
 */
import type { Draft, MapContext, MapResult } from "../../src/contract/adapter.ts";
import { consent, identify, ignore, moneyProperties, on, told } from "../../src/contract/adapter.ts";
import {
  coupons,
  disputeClosed,
  disputeOpened,
  giftReceived,
  orderCompleted,
  orderRefunded,
  paymentRefunded,
  paymentSucceeded,
  period,
  plan,
  subscription,
  subscriptionRenewed,
  subscriptionStarted,
  subscriptionState,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";
import { fieldsWithin } from "./forms.ts";
import { aboutOrder, buyerOf, cameFrom, cardOf, customOf, dollars, productOf, type Sale, sale } from "./sale.ts";

/** The options that sales depend on. */
interface Options {
  readonly free_trial_products: readonly string[];
}

/** A sale, a charge of a membership, or a gift, with the buyer's traits. */
export function sold(s: Sale, { event, options }: MapContext<Options>): MapResult {
  if (s.is_preorder_authorization) return ignore("a pre-order; the sale follows when the product is released");
  const who = buyerOf(s);
  const known = identify(who, told({ name: s.full_name, country_code: s.ip_country }));
  if (s.is_gift_receiver_purchase) return [known, giftReceived(who, aboutOrder(s), customOf(s))];
  const { subscription_id } = s;
  if (subscription_id) {
    const isOnTrial = hasTrial(s, options) && !s.is_recurring_charge;
    const made = isOnTrial
      ? trialOf(s, subscription_id, event.occurredAt)
      : charged(s, subscription_id, event.occurredAt, hasTrial(s, options));
    return [known, ...optOut(s), ...made];
  }
  const more = { ...moneyProperties("total", dollars(s.price)), ...moneyProperties("shipping", dollars(s.shipping_rate)) };
  return [
    known,
    ...optOut(s),
    orderCompleted(who, { ...aboutOrder(s), ...more, ...coupons([s.offer_code]), ...cardOf(s), ...cameFrom(s) }, customOf(s)),
  ];
}

/**
 * Whether a membership begins with a free trial: its first ping is then that of a sale at the full price, of which nothing was charged, and nothing
 * in it says so.
 * @see https://github.com/antiwork/gumroad/blob/main/app/models/purchase.rb
 */
function hasTrial(s: Sale, { free_trial_products: products }: Options): boolean {
  return products.some((product) => product === s.product_id || product === s.permalink || product === s.product_permalink);
}

/** A free trial, which costs nothing so far. */
function trialOf(s: Sale, subscription_id: string, at: string): readonly Draft[] {
  const [who, custom] = [buyerOf(s), customOf(s)];
  const facts = subscription({ ...planOf(s), subscription_id, status: "trialing", mrr: null, coupons: [s.offer_code] });
  const begun = { ...facts, status: "trialing" as const, started_at: at, ...productOf(s), ...cameFrom(s) };
  return [subscriptionState(who, at, facts), trialStarted(who, begun, custom), subscriptionStarted(who, begun, custom)];
}

/** The first or a later charge of a membership. The first one after a trial is told like those that follow it. */
function charged(s: Sale, subscription_id: string, at: string, isAfterTrial: boolean): readonly Draft[] {
  const [who, custom] = [buyerOf(s), customOf(s)];
  const input = planOf(s);
  const facts = subscription({ ...input, subscription_id, status: "active", coupons: [s.offer_code] });
  const reason = s.is_recurring_charge ? ("renewal" as const) : ("first" as const);
  const paid = {
    ...plan(input),
    ...moneyProperties("total", dollars(s.price)),
    subscription_id,
    order_id: s.sale_id,
    payment_id: s.sale_id,
    ...coupons([s.offer_code]),
    ...productOf(s),
    ...cardOf(s),
    ...cameFrom(s),
    billing_reason: isAfterTrial ? null : reason,
  };
  return [
    subscriptionState(who, at, facts),
    paymentSucceeded(who, paid, custom),
    s.is_recurring_charge
      ? subscriptionRenewed(who, { ...facts, ...productOf(s) }, custom)
      : subscriptionStarted(who, { ...facts, status: "active", started_at: at, ...productOf(s), ...cameFrom(s) }, custom),
  ];
}

function planOf(s: Sale) {
  const { Tier: tier } = fieldsWithin(s, "variants");
  return {
    plan_name: tier ?? s.product_name,
    product_id: s.product_id,
    product_name: s.product_name,
    price: dollars(s.price),
    ...period(s.recurrence),
  };
}

/**
 * A refund. The ping of a partial one has no amount; that of the last one, which leaves nothing of the sale, only the whole: its `total` is what no
 * refund before it told.
 */
export function refunded(s: Sale): Draft {
  const { subscription_id } = s;
  const whole = s.refunded ? dollars(s.price) : null;
  const total = { ...moneyProperties("total", whole), ...moneyProperties("total_refunded", whole) };
  const full = s.refunded === true;
  return subscription_id
    ? paymentRefunded(buyerOf(s), { ...total, full, subscription_id, payment_id: s.sale_id, ...productOf(s) }, customOf(s))
    : orderRefunded(buyerOf(s), { ...aboutOrder(s), ...total, full }, customOf(s));
}

/** A dispute that was opened. */
export const onDispute = on(sale, (s) => disputeOpened(buyerOf(s), aboutDispute(s)));

/** A dispute that the seller won. */
export const onDisputeWon = on(sale, (s) => disputeClosed(buyerOf(s), { ...aboutDispute(s), outcome: "won" }));

function aboutDispute(s: Sale) {
  const { order_id, subscription_id, ...rest } = aboutOrder(s);
  return {
    order_id,
    subscription_id,
    payment_id: order_id,
    products: rest.products,
    products_count: rest.products_count,
    ...moneyProperties("amount", dollars(s.price)),
  };
}

/** The box is ticked by default, so only an opt-out is a choice. */
function optOut(s: Sale): readonly Draft[] {
  if (s.can_contact !== false || !s.sale_timestamp) return [];
  return [consent(buyerOf(s), { channel: "email", state: "unsubscribed", at: s.sale_timestamp })];
}
