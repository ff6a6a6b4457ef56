/**
 * What the facts in a WooCommerce order become.
 */
import type { Draft, MapResult, Maybe } from "../../src/contract/adapter.ts";
import { identify, inMinor, type Money, moneyProperties, on, told } from "../../src/contract/adapter.ts";
import {
  checkoutStarted,
  coupons,
  orderCancelled,
  orderCompleted,
  orderFulfilled,
  orderRefunded,
  ordersState,
  paymentFailed,
  paymentRefunded,
  paymentSucceeded,
  subscriptionFact,
  subscriptionPastDue,
  subscriptionRenewed,
} from "../../src/vocabulary/adapter.ts";
import { addressTraits } from "./customers.ts";
import { moneyOf, productsOf, without } from "./lines.ts";
import { attributionOf, customOf, subscriptionOf, trackingOf } from "./meta.ts";
import { buyerOf, entry, type Order } from "./orders.ts";

/** A fact with its order. */
export const onFact = on(entry, ({ order: o, fact, refund }, { event: { occurredAt: at } }): MapResult => {
  const who = buyerOf(o);
  const custom = customOf(o.meta_data);
  const buyer = identify(who, told(addressTraits(o.billing)));
  const value = moneyProperties("value", moneyOf(o.total, o));
  switch (fact) {
    case "checkout": {
      const { order_number: _, status_raw: __, ...about } = aboutOrder(o);
      return [buyer, checkoutStarted(who, { ...about, ...value, ...sumsOf(o), checkout_url: o.payment_url }, custom)];
    }
    case "sale":
      return [buyer, ordersState(who, at, { last_order_at: at }), ...saleOf(o, at)];
    case "fulfilled":
      return orderFulfilled(who, { ...aboutOrder(o), ...trackingOf(o.meta_data) }, custom);
    case "cancelled":
      return orderCancelled(who, { ...aboutOrder(o), ...value }, custom);
    case "failed":
      return failureOf(o, at);
    case "refund":
      return refundOf(o, refund);
  }
});

/** The only event of an order that carries its `total`. What renews or changes a subscription is a payment for it. */
function saleOf(o: Order, at: string): readonly Draft[] {
  const [who, custom] = [buyerOf(o), customOf(o.meta_data)];
  const total = moneyProperties("total", moneyOf(o.total, o));
  const paidFor = subscriptionOf(o.meta_data);
  const { note, ...sums } = sumsOf(o);
  const { payment_method } = o;
  if (!paidFor) return [orderCompleted(who, { ...aboutOrder(o), ...total, ...sums, note, payment_method }, custom)];
  const { order_number: _, status_raw: __, ...about } = aboutOrder(o);
  const { id: subscription_id, reason: billing_reason } = paidFor;
  return [
    paymentSucceeded(who, { ...about, ...total, ...sums, subscription_id, billing_reason, payment_method }, custom),
    subscriptionFact(who, at, subscription_id, { payment_failing: false }),
    ...(billing_reason === "renewal" ? [subscriptionRenewed(who, { subscription_id, ...productsOf(o.line_items) }, custom)] : []),
  ];
}

/** A payment that failed, with the page on which it can be made up for. */
function failureOf(o: Order, at: string): readonly Draft[] {
  const [who, custom] = [buyerOf(o), customOf(o.meta_data)];
  const paidFor = subscriptionOf(o.meta_data);
  const { order_number: _, status_raw: __, ...about } = aboutOrder(o);
  const { note: ___, ...sums } = sumsOf(o);
  const properties = {
    ...about,
    ...sums,
    ...moneyProperties("amount", moneyOf(o.total, o)),
    invoice_url: o.payment_url,
    payment_method: o.payment_method,
  };
  if (paidFor?.reason !== "renewal") return [paymentFailed(who, properties, custom)];
  const { id: subscription_id } = paidFor;
  return [
    paymentFailed(who, { ...properties, subscription_id, billing_reason: "renewal" }, custom),
    subscriptionFact(who, at, subscription_id, { status: "past_due", payment_failing: true }),
    subscriptionPastDue(who, { subscription_id, status: "past_due", ...productsOf(o.line_items) }, custom),
  ];
}

/** One refund of an order. Its amount is negative; its products are not in the webhook. */
function refundOf(o: Order, refund: Maybe<string>): Draft {
  const returned = o.refunds?.find((one) => one?.id === refund);
  const amounts = (o.refunds ?? []).filter((one) => Number(one?.id) <= Number(refund));
  const total = refundedMoney(returned?.total, o);
  const soFar = amounts.reduce(
    (sum: Money | null, one) => {
      const next = refundedMoney(one?.total, o);
      return sum && next ? inMinor(sum.minor + next.minor, sum) : null;
    },
    moneyOf("0", o),
  );
  const all = moneyOf(o.total, o);
  const properties = {
    refund_id: refund,
    ...moneyProperties("total", total),
    ...moneyProperties("total_refunded", soFar),
    full: soFar && all ? soFar.minor >= all.minor : null,
    reason: returned?.reason,
  };
  const paidFor = subscriptionOf(o.meta_data);
  const { order_number, status_raw, order_id } = aboutOrder(o);
  return paidFor
    ? paymentRefunded(buyerOf(o), { order_id, subscription_id: paidFor.id, ...properties }, customOf(o.meta_data))
    : orderRefunded(buyerOf(o), { order_id, order_number, status_raw, ...properties }, customOf(o.meta_data));
}

function refundedMoney(total: Maybe<string>, o: Order): Money | null {
  return moneyOf(total?.replace(/^-/, ""), o);
}

function aboutOrder(o: Order) {
  return {
    order_id: o.id,
    order_number: o.number,
    status_raw: o.status,
    ...productsOf(o.line_items),
    ...attributionOf(o.meta_data),
  };
}

/** Shipping is without tax, and fees are in the subtotal. */
function sumsOf(o: Order) {
  const [total, tax, shipping] = [moneyOf(o.total, o), moneyOf(o.total_tax, o), moneyOf(o.shipping_total, o)];
  return {
    ...moneyProperties("subtotal", without(total, tax, shipping)),
    ...moneyProperties("tax", tax),
    ...moneyProperties("shipping", shipping),
    ...moneyProperties("discount", moneyOf(o.discount_total, o)),
    ...coupons(o.coupon_lines?.map(({ code }) => code)),
    note: o.customer_note,
  };
}
