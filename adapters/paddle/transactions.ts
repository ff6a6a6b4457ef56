/**
 * Paddle's transactions. Those of a subscription are payments, all others orders.
 */
import type { Draft, MapResult } from "../../src/contract/adapter.ts";
import { ignore, money, on } from "../../src/contract/adapter.ts";
import {
  attributionIn,
  checkoutStarted,
  type Maker,
  orderCompleted,
  paymentFailed,
  paymentSucceeded,
  subscriptionFact,
  subscriptionRenewed,
} from "../../src/vocabulary/adapter.ts";
import { customOf, ownerOf } from "./customers.ts";
import { productsOf } from "./items.ts";
import { aboutSale, basketOf, billingOf, isBilled, methodOf, planOf, type Transaction, transaction } from "./transaction.ts";

/** The only event of a sale that carries its `total`. */
export const onSale = on(transaction, (t, { event }): MapResult => {
  const total = t.details?.totals?.grand_total;
  if (t.origin === "subscription_payment_method_change") return ignore("only the payment method changed");
  const [who, sold] = [ownerOf(t, { transaction: t.id }), { ...aboutSale(t), ...methodOf(t) }];
  const sum = money("total", total, t.currency_code);
  if (!isBilled(t)) return orderCompleted(who, { order_id: t.id, ...sold, ...sum }, customOf(t));
  const drafts: readonly Draft[] = [
    ...factOf(t, event.occurredAt, false),
    ...(total === 0 ? [] : [paymentSucceeded(who, { ...sold, ...planOf(t), ...billingOf(t), ...sum }, customOf(t))]),
    ...renewal(t),
  ];
  return drafts.length > 0 ? drafts : ignore("nothing was paid");
});

/** A checkout that was opened. */
export const onReady = on(transaction, (t) => {
  if (t.origin !== "web") return ignore("not made at a checkout");
  return checkoutStarted(
    ownerOf(t, { transaction: t.id }),
    {
      checkout_id: t.id,
      checkout_url: t.checkout?.url,
      ...basketOf(t),
      ...money("value", t.details?.totals?.grand_total, t.currency_code),
    },
    customOf(t),
  );
});

/** An attempt to collect the money failed; at `invoice_url` it can be paid. */
export const onFailed = on(transaction, (t, { event }) => {
  const failures = t.payments?.filter(({ status }) => status === "error").length;
  return [
    ...factOf(t, event.occurredAt, true),
    paymentFailed(
      ownerOf(t, { transaction: t.id }),
      { ...owed(t), ...methodOf(t), attempt: failures || null, decline_reason: t.payments?.[0]?.error_code },
      customOf(t),
    ),
  ];
});

/**
 * An invoice event: a transaction that is invoiced and paid manually.
 * @param reason why other transactions are ignored
 */
export function onInvoice(make: Maker<ReturnType<typeof owed>>, reason: string) {
  return on(transaction, (t) =>
    t.collection_mode === "manual" ? make(ownerOf(t, { transaction: t.id }), owed(t), customOf(t)) : ignore(reason),
  );
}

function renewal(t: Transaction): readonly Draft[] {
  if (t.origin !== "subscription_recurring" || !t.subscription_id) return [];
  const facts = {
    subscription_id: t.subscription_id,
    ...planOf(t),
    ...productsOf(t.items, t.currency_code, t.details?.line_items ?? []),
    current_period_starts_at: t.billing_period?.starts_at,
    current_period_ends_at: t.billing_period?.ends_at,
    ...attributionIn(t.custom_data),
  };
  return [subscriptionRenewed(ownerOf(t, { transaction: t.id }), facts, customOf(t))];
}

function owed(t: Transaction) {
  return {
    ...aboutSale(t),
    ...(isBilled(t) ? { ...planOf(t), ...billingOf(t) } : { order_id: t.id }),
    ...money("amount", t.details?.totals?.grand_total, t.currency_code),
    invoice_url: t.checkout?.url,
  };
}

function factOf(t: Transaction, at: string, isFailing: boolean): readonly Draft[] {
  const who = ownerOf(t, { transaction: t.id });
  return t.subscription_id ? [subscriptionFact(who, at, t.subscription_id, { payment_failing: isFailing })] : [];
}
