/**
 * The purchase that a notification is about, and what becomes of it.
 *
 * @see https://developer.apple.com/documentation/appstoreservernotifications/jwstransactiondecodedpayload
 */
import * as z from "zod";
import type { Draft } from "../../src/contract/adapter.ts";
import {
  decisive,
  each,
  fromDecimal,
  id,
  ignore,
  inMinor,
  integer,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  reference,
  text,
  tokenText,
} from "../../src/contract/adapter.ts";
import { couponApplied, fold, priceChangeUpcoming, type StorePurchase, subscriptionFact } from "../../src/vocabulary/adapter.ts";

const transaction = z.looseObject({
  ...each(maybe.id, "transactionId", "originalTransactionId", "productId"),
  ...each(decisive(id), "appAccountToken", "appTransactionId"),
  ...each(decisive(text), "type", "inAppOwnershipType", "offerDiscountType"),
  ...each(maybe.text, "storefront", "offerIdentifier"),
  ...each(decisive(integer), "price", "revocationPercentage"),
  currency: maybe.currency,
  ...each(maybe.unixMilliseconds, "purchaseDate", "expiresDate", "revocationDate"),
  revocationReason: maybe.integer,
});

const renewal = z.looseObject({
  autoRenewProductId: maybe.id,
  renewalPrice: maybe.integer,
  currency: maybe.currency,
  ...each(maybe.unixMilliseconds, "renewalDate", "gracePeriodExpiresDate"),
  offerIdentifier: maybe.text,
});

/** A notification about a purchase. */
export const notice = z.looseObject({
  notificationType: text,
  subtype: decisive(text),
  data: z
    .object({ signedTransactionInfo: tokenText.pipe(transaction), signedRenewalInfo: optional(tokenText.pipe(renewal)) })
    .transform((data) => ({ transaction: data.signedTransactionInfo, renewal: data.signedRenewalInfo ?? null })),
});

export type Notice = z.output<typeof notice>;

const CAUSES = {
  auto_renew_disabled: "customer",
  voluntary: "customer",
  price_increase: "customer",
  billing_retry: "payment_failed",
  product_not_for_sale: "merchant",
} as const;

const REVOCATIONS: readonly string[] = ["OTHER", "APP_ISSUE"];

/** A price in thousandths. */
function priced(thousandths: number | null | undefined, currency: string | null | undefined) {
  return typeof thousandths === "number" && currency ? fromDecimal((thousandths / 1000).toFixed(3), currency) : null;
}

/** The purchase. What a family shares is paid once; the price of a renewal that failed stands in the renewal's information. */
export function purchaseOf(
  { notificationType, subtype, data: { transaction: t, renewal: r } }: Notice,
  at: string,
): StorePurchase {
  const isFailed = notificationType === "DID_FAIL_TO_RENEW";
  const amount = isFailed ? priced(r?.renewalPrice, r?.currency ?? t.currency) : priced(t.price, t.currency);
  // Of a refund, Apple tells which part of the price it is, in thousandths of a per cent.
  const part = t.revocationPercentage ?? 100_000;
  const isRefund = notificationType === "REFUND";
  const reason = isRefund ? REVOCATIONS[t.revocationReason ?? -1] : subtype || (notificationType === "REVOKE" ? "REVOKE" : null);
  return {
    who: person({
      record: t,
      ids: [
        personId("app_account", t.appAccountToken),
        personId("app_transaction", t.appTransactionId),
        reference("purchase", t.originalTransactionId),
      ],
    }),
    at,
    subscription_id: t.originalTransactionId,
    // With a renewal that failed comes the transaction of the period before.
    payment_id: isFailed ? null : t.transactionId,
    product_id: t.productId,
    next_product_id: r?.autoRenewProductId,
    change: fold(subtype, { upgrade: "upgrade", downgrade: "downgrade" }),
    amount:
      t.inAppOwnershipType === "FAMILY_SHARED" || amount === null
        ? null
        : isRefund
          ? inMinor(Math.round((amount.minor * part) / 100_000), amount)
          : amount,
    is_full: part === 100_000,
    is_trial: !isFailed && t.offerDiscountType === "FREE_TRIAL",
    starts_at: t.purchaseDate,
    ends_at: notificationType === "REVOKE" ? (t.revocationDate ?? at) : t.expiresDate,
    grace_ends_at: r?.gracePeriodExpiresDate,
    store: "APP_STORE",
    offer: t.offerIdentifier ?? r?.offerIdentifier,
    reason,
    cause: fold(reason, CAUSES),
  };
}

/** An offer for a subscription that goes on. */
export function offered({ who, subscription_id, offer }: StorePurchase): readonly Draft[] {
  return [couponApplied(who, { subscription_id, coupon_id: offer })];
}

/** The customer is asked to consent to a higher price; ACCEPTED comes after that, or where no consent is needed. */
export const priceIncrease = on(notice, (n, { event: { occurredAt } }) => {
  if (n.subtype !== "PENDING") return ignore("accepted, or in no need of it");
  const { who, subscription_id, product_id } = purchaseOf(n, occurredAt);
  const { transaction: t, renewal: r } = n.data;
  const next = moneyProperties("new_price", priced(r?.renewalPrice, r?.currency ?? t.currency));
  const plan = product_id ? { plan_id: product_id, product_id } : {};
  return priceChangeUpcoming(who, { subscription_id, ...plan, ...next, takes_effect_at: r?.renewalDate });
});

/** The period was prolonged without a payment. */
export const prolonged = on(notice, (n, { event: { occurredAt } }) => {
  const { who, subscription_id, ends_at } = purchaseOf(n, occurredAt);
  if (!subscription_id) return ignore("names no subscription");
  return subscriptionFact(who, occurredAt, subscription_id, { current_period_ends_at: ends_at ?? null });
});
