/**
 * Payments of Lemon Squeezy's subscriptions, which it calls invoices.
 */
import * as z from "zod";
import type { Draft, MapContext, MapResult } from "../../src/contract/adapter.ts";
import { text as anyText, decisive, each, id, ignore, integer, maybe, money, on, optional } from "../../src/contract/adapter.ts";
import {
  fold,
  paymentFailed,
  paymentRefunded,
  paymentSucceeded,
  subscriptionFact,
  subscriptionRecovered,
  subscriptionRenewed,
} from "../../src/vocabulary/adapter.ts";
import { attributionOf, customOf, ownerOf } from "./customers.ts";
import { charged, partsOf, refundOf, refundsSoFar } from "./orders.ts";

/** The billing reason says whether an order covers it too; the refunded amount decides the sum of a refund. */
const payment = charged.extend({
  subscription_id: id,
  billing_reason: decisive(anyText),
  refunded_amount: decisive(integer),
  ...each(maybe.text, "card_brand", "card_last_four"),
  urls: optional(z.object({ invoice_url: maybe.text })),
});

type Payment = z.output<typeof payment>;

/** The first payment is also an order, which carries the `total`; each later payment carries its own. */
export const onPaid = on(payment, (p, context): MapResult => {
  const state = stated(p, context, false);
  const who = ownerOf(p, { subscription: p.subscription_id });
  const isFirst = p.billing_reason === "initial";
  const total = money("total", p.total, p.currency);
  const renewed = { subscription_id: p.subscription_id, ...attributionOf(p) };
  return [
    state,
    ...(isFirst || p.total === 0 ? [] : [paymentSucceeded(who, { ...aboutPayment(p), ...partsOf(p), ...total }, customOf(p))]),
    ...(p.billing_reason === "renewal" ? [subscriptionRenewed(who, renewed, customOf(p))] : []),
  ];
});

/** A failed attempt. */
export const onFailed = on(payment, (p, context) => [
  stated(p, context, true),
  paymentFailed(
    ownerOf(p, { subscription: p.subscription_id }),
    { ...aboutPayment(p), ...partsOf(p), ...money("amount", p.total, p.currency) },
    customOf(p),
  ),
]);

/**
 * An owed payment arrived; its money is told by subscription_payment_success, which is sent at the same time.
 * @see https://docs.lemonsqueezy.com/help/webhooks/event-types
 */
export const onRecovered = on(payment, (p, context) => [
  stated(p, context, false),
  subscriptionRecovered(
    ownerOf(p, { subscription: p.subscription_id }),
    { subscription_id: p.subscription_id, status: "active", ...attributionOf(p) },
    customOf(p),
  ),
]);

/** A full or partial refund of a payment; of the first one the order has it, as it has the money. */
export const onRefunded = on(payment, (p): MapResult => {
  if (p.billing_reason === "initial") return ignore("covered by order_refunded");
  const refund = { ...aboutPayment(p), ...refundOf(p) };
  const more = { ...customOf(p), ...refundsSoFar(`payment:${p.id}`, p) };
  return paymentRefunded(ownerOf(p, { subscription: p.subscription_id }), refund, more);
});

function stated(p: Payment, { event }: MapContext<unknown>, payment_failing: boolean): Draft {
  return subscriptionFact(ownerOf(p, { subscription: p.subscription_id }), event.occurredAt, p.subscription_id, {
    payment_failing,
  });
}

function aboutPayment(p: Payment) {
  return {
    subscription_id: p.subscription_id,
    invoice_id: p.id,
    payment_id: p.id,
    invoice_url: p.urls?.invoice_url,
    billing_reason: fold(p.billing_reason, { initial: "first", renewal: "renewal", updated: "change" }),
    billing_reason_raw: p.billing_reason,
    ...(p.card_brand ? { payment_method: "card", card_brand: p.card_brand.toLowerCase(), card_last4: p.card_last_four } : {}),
    ...attributionOf(p),
  };
}
