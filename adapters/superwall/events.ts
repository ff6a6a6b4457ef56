/**
 * Superwall's events: a purchase, and the app's user id if it has set one.
 */
import * as z from "zod";
import { decisive, each, fromDecimal, id, maybe, number, person, personId, reference, text } from "../../src/contract/adapter.ts";
import { fold, type StorePurchase } from "../../src/vocabulary/adapter.ts";

/** Made by the SDK if the app sets no user id. */
const ALIAS = "$SuperwallAlias:";

/** An event. */
export const event = z.looseObject({
  originalAppUserId: decisive(id),
  ...each(maybe.id, "transactionId", "originalTransactionId", "productId", "newProductId"),
  ...each(decisive(text), "periodType", "cancelReason"),
  ...each(maybe.text, "expirationReason", "store", "offerCode", "countryCode"),
  ...each(decisive(number), "price", "priceInPurchasedCurrency"),
  currencyCode: maybe.currency,
  isFamilyShare: maybe.boolean,
  isTrialConversion: decisive(z.boolean()),
  ...each(maybe.unixMilliseconds, "purchasedAt", "expirationAt"),
});

type Event = z.output<typeof event>;

/** Is this money that went back? */
export function isRefund(e: Event): boolean {
  return (e.price ?? e.priceInPurchasedCurrency ?? 0) < 0;
}

/** The purchase that an event is about. What a family shares is paid once. */
export function purchaseOf(e: Event, at: string): StorePurchase {
  const user = e.originalAppUserId;
  const [amount, currency] =
    e.currencyCode && typeof e.priceInPurchasedCurrency === "number"
      ? [e.priceInPurchasedCurrency, e.currencyCode]
      : [e.price, "USD"];
  const isPaid = typeof amount === "number" && e.isFamilyShare !== true;
  const reason = e.cancelReason ?? e.expirationReason;
  const subscription_id = e.originalTransactionId ?? e.transactionId;
  return {
    who: person({
      record: { userId: user?.startsWith(ALIAS) ? undefined : user },
      ids: [personId("app_user", user), reference("purchase", subscription_id)],
    }),
    at,
    subscription_id,
    payment_id: e.transactionId,
    product_id: e.productId,
    next_product_id: e.newProductId,
    amount: isPaid ? fromDecimal(Math.abs(amount).toFixed(6), currency) : null,
    is_trial: e.periodType === "TRIAL" && e.isTrialConversion !== true,
    starts_at: e.purchasedAt,
    ends_at: e.expirationAt,
    store: e.store,
    offer: e.offerCode,
    reason,
    cause: fold(reason, {
      unsubscribe: "customer",
      price_increase: "customer",
      billing_error: "payment_failed",
      developer_initiated: "merchant",
    }),
  };
}
