/**
 * Lemon Squeezy's subscriptions and their payments.
 */
import * as z from "zod";
import type { Draft, MapResult, Maybe } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  decisive,
  each,
  id,
  ignore,
  integer,
  maybe,
  on,
  optional,
  pick,
  track,
} from "../../src/contract/adapter.ts";
import { identifyOwner, owned, ownerOf } from "./customers.ts";
import { charged, sums } from "./orders.ts";

const { text, isoTime: time } = maybe;

/** A subscription. */
export const subscription = owned.extend({
  ...each(maybe.id, "order_id", "product_id", "variant_id"),
  ...each(text, "product_name", "variant_name", "status", "card_brand", "card_last_four"),
  ...each(time, "trial_ends_at", "renews_at", "ends_at"),
  pause: optional(z.object({ resumes_at: time })),
  first_subscription_item: optional(z.object({ price_id: maybe.id, quantity: maybe.integer })),
});

/** A new subscription: its status says whether it starts with a trial. */
export const startedSubscription = subscription.extend({ status: decisive(anyText) });

type Subscription = z.output<typeof subscription>;

/** A payment of a subscription, which Lemon Squeezy calls an invoice. */
export const payment = charged.extend({
  subscription_id: id,
  ...each(text, "billing_reason", "card_brand", "card_last_four"),
  urls: optional(z.object({ invoice_url: text })),
});

/** The billing reason says whether an order covers it too. */
export const paidPayment = payment.extend({ billing_reason: decisive(anyText) });

/** The refunded amount decides the sum of a refund. */
export const returnedPayment = payment.extend({ refunded_amount: decisive(integer) });

type Payment = z.output<typeof payment>;

/** A started subscription, with or without a trial. */
export function started(s: Subscription): readonly Draft[] {
  return [identifyOwner(s), subscriptionEvent(s.status === "on_trial" ? "Trial Started" : "Subscription Started", s)];
}

/** A subscription event. */
export function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

/** The first payment is also an order, which carries the `total`; each later payment carries its own. */
export function paid(p: Payment): MapResult {
  if (p.billing_reason === "initial") return ignore("covered by order_created");
  if (p.total === 0) return ignore("nothing was paid");
  return paymentEvent("Invoice Paid", p, "total", p.total);
}

/** A failed or recovered payment. */
export function onPayment(event: string) {
  return on(payment, (p) => paymentEvent(event, p, "amount", p.total));
}

/** A full or partial refund of a payment. */
export function refundedPayment(p: Payment): Draft {
  return paymentEvent("Refund Issued", p, "amount_refunded", p.refunded_amount ?? p.total);
}

function subscriptionEvent(event: string, s: Subscription): Draft {
  return track(ownerOf(s, { subscription: s.id, order: s.order_id }), event, {
    subscription_id: s.id,
    plan: s.variant_name,
    ...pick(s, "order_id", "status", "product_id", "product_name", "variant_id", "trial_ends_at", "renews_at", "ends_at"),
    ...pick(s.first_subscription_item, "price_id", "quantity"),
    resumes_at: s.pause?.resumes_at,
    brand: s.card_brand,
    last4: s.card_last_four,
  });
}

function paymentEvent(event: string, p: Payment, name: string, amount: Maybe<number>): Draft {
  return track(ownerOf(p, { subscription: p.subscription_id }), event, {
    invoice_id: p.id,
    ...pick(p, "subscription_id", "billing_reason"),
    ...sums(p, name, amount),
    brand: p.card_brand,
    last4: p.card_last_four,
    invoice_url: p.urls?.invoice_url,
  });
}
