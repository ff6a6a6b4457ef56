/**
 * Recharge's charges: amounts are decimal texts.
 */
import type { Draft, Maybe } from "../../src/contract/adapter.ts";
import { fromDecimal, identify, moneyProperties, on, pick, products } from "../../src/contract/adapter.ts";
import {
  attribution,
  attributionIn,
  coupons,
  customFields,
  paymentFailed,
  paymentRefunded,
  paymentSucceeded,
  renewalUpcoming,
  subscriptionFact,
  subscriptionRenewed,
  withCustom,
} from "../../src/vocabulary/adapter.ts";
import { type Charge, charge } from "./charge.ts";
import { buyer } from "./customers.ts";

const amount = (value: Maybe<string>, { currency: code }: Charge) => (value && code ? fromDecimal(value, code) : null);

const whoOf = (c: Charge) => buyer(c.customer?.id, c.customer?.email, c.billing_address?.phone);

/** The subscriptions that a charge is for. */
function subscriptionsOf(c: Charge): readonly string[] {
  const ids = (c.line_items ?? []).flatMap((one) =>
    one.purchase_item_type === "subscription" ? (one.purchase_item_id ?? []) : [],
  );
  return [...new Set(ids)].slice(0, 20);
}

function about(c: Charge) {
  const [only, ...others] = subscriptionsOf(c);
  const [first] = c.line_items ?? [];
  const sent = (c.shipping_lines ?? []).reduce((sum, { price }) => sum + Number(price), 0);
  return {
    payment_id: c.id,
    order_id: c.external_order_id?.ecommerce,
    subscription_id: others.length === 0 ? only : null,
    plan_name: c.line_items?.length === 1 ? first?.title : null,
    billing_reason: c.type === "checkout" ? ("first" as const) : ("renewal" as const),
    billing_reason_raw: c.type,
    // With taxes in the prices, the parts do not sum up to the total.
    ...moneyProperties("subtotal", c.taxes_included ? null : amount(c.subtotal_price, c)),
    ...moneyProperties("shipping", sent > 0 ? amount(String(sent), c) : null),
    ...moneyProperties("tax", amount(c.total_tax, c)),
    ...moneyProperties("discount", amount(c.total_discounts, c)),
    ...coupons(c.discounts?.map(({ code }) => code)),
    ...products(
      c.line_items?.map((p) => ({
        product_id: p.external_product_id?.ecommerce,
        variant_id: p.external_variant_id?.ecommerce,
        sku: p.sku,
        name: p.title,
        variant: p.variant_title,
        price: p.unit_price,
        quantity: p.quantity,
      })),
    ),
    ...attribution(attributionIn(c.order_attributes), ...(c.analytics_data?.utm_params ?? []).map((one) => attributionIn(one))),
  };
}

const withAttributes = (c: Charge, drafts: readonly Draft[]) =>
  withCustom(drafts, customFields("order_attributes", c.order_attributes));

/** A charge was paid: at a checkout, or for the next delivery. */
export const onPaid = on(charge, (c, { event }) => {
  const who = whoOf(c);
  const renewed = c.type === "recurring" ? subscriptionsOf(c) : [];
  return withAttributes(c, [
    identify(who, {
      first_name: c.billing_address?.first_name ?? undefined,
      last_name: c.billing_address?.last_name ?? undefined,
    }),
    paymentSucceeded(who, { ...about(c), ...moneyProperties("total", amount(c.total_price, c)) }),
    ...renewed.map((subscription_id) => subscriptionRenewed(who, { subscription_id })),
    ...renewed.map((one) => subscriptionFact(who, event.occurredAt, one, { payment_failing: false })),
  ]);
});

/** An attempt to charge failed. */
export const onFailed = on(charge, (c, { event }) => {
  const who = whoOf(c);
  const { charge_attempts: attempt, retry_date: next_attempt_at, error_type: decline_reason, error: error_message } = c;
  const failed = { ...about(c), ...moneyProperties("amount", amount(c.total_price, c)), decline_reason, error_message };
  return withAttributes(c, [
    paymentFailed(who, { ...failed, attempt, next_attempt_at, final: c.status === "error" && !next_attempt_at ? null : false }),
    ...subscriptionsOf(c).map((one) => subscriptionFact(who, event.occurredAt, one, { payment_failing: true })),
  ]);
});

/** Recharge tells what was given back of a charge so far, not one refund: the part that is new is the core's to find. */
export const onRefunded = on(charge, (c) => {
  const full = c.status === "refunded";
  const all = amount(c.total_refunds, c) ?? (full ? amount(c.total_price, c) : null);
  const told = pick(about(c), "payment_id", "order_id", "subscription_id", "plan_name");
  const money = {
    ...moneyProperties("total", all),
    ...moneyProperties("total_refunded", all),
  };
  const sum = all && ({ of: `refunds:${c.id}`, amount: all, tells: "each" } as const);
  return withAttributes(c, [paymentRefunded(whoOf(c), { ...told, ...money, full }, sum ? { sum } : {})]);
});

/** The next charge comes in three days, or what the shop has set. */
export const onUpcoming = on(charge, (c) =>
  withAttributes(c, [
    renewalUpcoming(whoOf(c), { ...about(c), ...moneyProperties("amount", amount(c.total_price, c)), renews_at: c.scheduled_at }),
  ]),
);
