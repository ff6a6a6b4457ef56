/**
 * The money of RevenueCat's purchases.
 */
import type { Draft } from "../../src/contract/adapter.ts";
import { moneyProperties, on, products } from "../../src/contract/adapter.ts";
import {
  invoiceCreated,
  orderCompleted,
  orderRefunded,
  ownEvents,
  paymentRefunded,
  paymentSucceeded,
  refundFailed,
} from "../../src/vocabulary/adapter.ts";
import { customOf, identified, personOf } from "./customers.ts";
import type { REVENUECAT } from "./plan.schema.ts";
import { aboutPurchase, amountOf, type Purchase, paymentOf, purchase } from "./purchase.ts";

const own = ownEvents<typeof REVENUECAT>();

/**
 * A one-time purchase, or a grant by the company.
 * @see https://www.revenuecat.com/docs/integrations/webhooks/event-types-and-fields (`period_type`)
 */
export const onSinglePurchase = on(purchase, (p, { event }) => {
  const who = personOf(p);
  if (p.period_type === "PROMOTIONAL") {
    const grant = { product_id: p.product_id, entitlements: p.entitlement_ids, expires_at: p.expiration_at_ms };
    return [...identified(p), own("Promotional Access Granted")(who, grant, customOf(p))];
  }
  return [
    ...identified(p),
    orderCompleted(who, { ...orderOf(p, p.transaction_id ?? event.id), ...moneyProperties("total", amountOf(p)) }, customOf(p)),
  ];
});

/** The store took a refund back. */
export const onRefundReversed = on(purchase, (p) => [
  ...identified(p),
  refundFailed(personOf(p), { ...paymentOf(p), ...moneyProperties("amount", amountOf(p)) }, customOf(p)),
]);

/** An invoice of RevenueCat's own billing. */
export const onInvoice = on(purchase, (p) => [
  ...identified(p),
  invoiceCreated(personOf(p), { ...paymentOf(p), ...moneyProperties("amount", amountOf(p)) }, customOf(p)),
]);

/** The event that carries the `total`; a free period, and a share of the family's purchase, have none. */
export function paid(p: Purchase, billing_reason: "first" | "renewal"): readonly Draft[] {
  const amount = amountOf(p);
  if (p.is_family_share === true || amount?.minor === 0) return [];
  return [paymentSucceeded(personOf(p), { ...paymentOf(p), billing_reason, ...moneyProperties("total", amount) }, customOf(p))];
}

/** Money that went back: of a subscription, which has an end, or of an order. */
export function refunded(p: Purchase): Draft {
  const total = { ...moneyProperties("total", amountOf(p)), reason: p.cancel_reason };
  if (p.expiration_at_ms || !p.transaction_id) return paymentRefunded(personOf(p), { ...paymentOf(p), ...total }, customOf(p));
  return orderRefunded(personOf(p), { ...orderOf(p, p.transaction_id), ...total }, customOf(p));
}

function orderOf(p: Purchase, order_id: string) {
  const { entitlements: _, ...about } = aboutPurchase(p);
  return { order_id, ...products([{ product_id: p.product_id, price: amountOf(p)?.amount, quantity: 1 }]), ...about };
}
