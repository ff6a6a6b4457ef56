/**
 * Polar's orders and refunds. Those of a subscription are payments.
 */
import * as z from "zod";
import type { MapResult } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  decisive,
  each,
  ignore,
  list,
  maybe,
  money,
  on,
  optional,
  products,
  integer as wholeNumber,
} from "../../src/contract/adapter.ts";
import {
  type BillingReason,
  coupons,
  fold,
  orderCompleted,
  orderRefunded,
  paymentRefunded,
  paymentSucceeded,
  refundFailed,
  subscriptionFact,
} from "../../src/vocabulary/adapter.ts";
import { attributionOf, customOf, owned, ownerOf } from "./customers.ts";
import { amountOf, couponOf, discount, product, productOf } from "./products.ts";

const { text, integer, currency } = maybe;

/** An order, once its payment is known. Credit of the customer is a negative `applied_balance_amount`, debt a positive one. */
const order = owned.extend({
  billing_reason: decisive(anyText),
  ...each(text, "invoice_number", "description"),
  ...each(integer, "discount_amount", "tax_amount", "total_amount"),
  applied_balance_amount: decisive(wholeNumber),
  currency,
  product,
  product_id: maybe.id,
  discount,
  items: optional(list(z.object({ label: text, amount: integer, product_price_id: maybe.id }))),
});

type Order = z.output<typeof order>;

/** A refund, which has no customer of its own. The refunded tax is not part of `amount`. */
const refund = owned.extend({
  status: decisive(anyText),
  ...each(decisive(wholeNumber), "amount", "tax_amount"),
  currency,
  reason: text,
});

/** The only event of an order that carries its `total`. */
export const onPaid = on(order, (o, { event }): MapResult => {
  const who = ownerOf(o, { order: o.id });
  const due = typeof o.total_amount === "number" ? Math.max(0, o.total_amount + (o.applied_balance_amount ?? 0)) : null;
  const total = money("total", due, o.currency);
  if (!o.subscription_id) return orderCompleted(who, { order_id: o.id, ...aboutOrder(o), ...total }, customOf(o));
  const paid = {
    subscription_id: o.subscription_id,
    order_id: o.id,
    plan_id: o.product?.id ?? o.product_id,
    plan_name: o.product?.name,
    product_id: o.product?.id ?? o.product_id,
    product_name: o.product?.name,
    billing_reason: reasonOf(o),
    billing_reason_raw: o.billing_reason,
    ...aboutOrder(o),
    ...total,
  };
  const state = subscriptionFact(who, event.occurredAt, o.subscription_id, { payment_failing: false });
  return total.total === 0 ? state : [state, paymentSucceeded(who, paid, customOf(o))];
});

/** One refund. It succeeds at once or later; a webhook says so once or twice. */
export const onRefund = on(refund, (r): MapResult => {
  const { status, subscription_id, order_id, reason } = r;
  const who = ownerOf(r, { refund: r.id });
  const amount = typeof r.amount === "number" ? r.amount + (r.tax_amount ?? 0) : null;
  const about = { refund_id: r.id, reason, ...attributionOf(r) };
  if (status === "failed")
    return refundFailed(who, { ...about, subscription_id, order_id, ...money("amount", amount, r.currency) }, customOf(r));
  if (status !== "succeeded") return ignore("the refund is not made yet, or was cancelled");
  const total = money("total", amount, r.currency);
  return subscription_id || !order_id
    ? paymentRefunded(who, { ...about, subscription_id, order_id, ...total }, customOf(r))
    : orderRefunded(who, { ...about, order_id, ...total }, customOf(r));
});

function reasonOf({ billing_reason }: Order): BillingReason | undefined {
  return fold(billing_reason, {
    purchase: "first",
    subscription_create: "first",
    subscription_cycle: "renewal",
    subscription_cycle_after_trial: "first",
    subscription_update: "change",
  });
}

/** Polar's `subtotal_amount` is before discounts. */
function aboutOrder(o: Order) {
  const net = typeof o.total_amount === "number" && typeof o.tax_amount === "number" ? o.total_amount - o.tax_amount : null;
  return {
    checkout_id: o.checkout_id,
    invoice_number: o.invoice_number,
    description: o.description,
    ...money("subtotal", net, o.currency),
    ...money("discount", o.discount_amount, o.currency),
    ...money("tax", o.tax_amount, o.currency),
    ...coupons([couponOf(o.discount)]),
    ...products(
      o.items?.map((item, _, all) => ({
        ...(all.length === 1 ? productOf(o.product, o.product_id) : {}),
        variant_id: item.product_price_id,
        name: item.label,
        price: amountOf(item.amount, o.currency)?.amount,
      })),
    ),
    ...attributionOf(o),
  };
}
