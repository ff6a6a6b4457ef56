/**
 * Refunds of the App Store, and those that it took back.
 *
 * @see https://developer.apple.com/documentation/appstoreservernotifications/notificationtype
 */
import { moneyProperties, on } from "../../src/contract/adapter.ts";
import { refundFailed, type StoreStep } from "../../src/vocabulary/adapter.ts";
import { type Notice, notice, purchaseOf } from "./purchases.ts";

/** Whether a refund is of a subscription or of something bought once. */
export function restored({ data }: Notice): StoreStep {
  return data.transaction.type === "Auto-Renewable Subscription" ? "refunded" : "bought_refunded";
}

/** Apple took a refund back, because the customer disputed it: what was to go back stays. A refund of a part does not say so here. */
export const refundReversed = on(notice, (n, { event: { occurredAt } }) => {
  const { who, payment_id, subscription_id, product_id, amount, store } = purchaseOf(n, occurredAt);
  const bought = restored(n) === "refunded" ? { subscription_id } : {};
  return refundFailed(who, { payment_id, ...bought, product_id, affiliation: store, ...moneyProperties("amount", amount) });
});
