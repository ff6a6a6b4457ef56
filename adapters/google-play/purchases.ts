/**
 * Google Play's notifications about purchases: a token and a product.
 */
import * as z from "zod";
import { decisive, each, integer, maybe, on, person, personId, text } from "../../src/contract/adapter.ts";
import { type StorePurchase, type StoreStep, storeDrafts } from "../../src/vocabulary/adapter.ts";

/** By number. @see https://developer.android.com/google/play/billing/rtdn-reference#sub */
const SUBSCRIPTION: { readonly [type: number]: string } = {
  1: "RECOVERED",
  2: "RENEWED",
  3: "CANCELED",
  4: "PURCHASED",
  5: "ON_HOLD",
  6: "IN_GRACE_PERIOD",
  7: "RESTARTED",
  8: "PRICE_CHANGE_CONFIRMED",
  9: "DEFERRED",
  10: "PAUSED",
  11: "PAUSE_SCHEDULE_CHANGED",
  12: "REVOKED",
  13: "EXPIRED",
  17: "ITEMS_CHANGED",
  18: "CANCELLATION_SCHEDULED",
  19: "PRICE_CHANGE_UPDATED",
  20: "PENDING_PURCHASE_CANCELED",
  22: "PRICE_STEP_UP_CONSENT_UPDATED",
};

const ONE_TIME: { readonly [type: number]: string } = { 1: "PURCHASED", 2: "CANCELED" };

type Numbered = { readonly notificationType?: number | null | undefined } | null | undefined;

/** Google's name of a notification that has a number. */
export function named(subscription: Numbered, product: Numbered): string {
  const [kind, names] = subscription ? (["SUBSCRIPTION", SUBSCRIPTION] as const) : (["ONE_TIME_PRODUCT", ONE_TIME] as const);
  const type = (subscription ?? product)?.notificationType;
  return subscription || product ? `${kind}_${names[type ?? 0] ?? type ?? "UNKNOWN"}` : "UNKNOWN";
}

const purchase = z.looseObject({ purchaseToken: text, ...each(maybe.id, "subscriptionId", "sku") });

const voided = z.looseObject({
  purchaseToken: text,
  orderId: maybe.id,
  // 1 is a subscription; 1 is the whole, 2 a part.
  productType: decisive(integer),
  refundType: maybe.integer,
});

/** The token is longer than an identifier may be. Its beginning is as random as all of it. */
const TOKEN_PREFIX = 100;

function purchaseOf(token: string, at: string, product_id: string | null | undefined, payment_id?: string | null): StorePurchase {
  return {
    who: person({ ids: [personId("purchase", token.slice(0, TOKEN_PREFIX))] }),
    at,
    subscription_id: token,
    payment_id,
    product_id,
    amount: null,
    is_trial: false,
    starts_at: null,
    ends_at: null,
    store: "PLAY_STORE",
  };
}

/** What happened to a purchase. */
export const onPurchase = (step: StoreStep) =>
  on(purchase, (p, { event }) => storeDrafts(step, purchaseOf(p.purchaseToken, event.occurredAt, p.subscriptionId ?? p.sku)));

/** A purchase was refunded, charged back or taken back. An order is known by its token: its purchase did not name it otherwise. */
export const onVoided = on(voided, (v, { event }) => {
  const isSubscription = v.productType === 1;
  const bought = purchaseOf(v.purchaseToken, event.occurredAt, null, isSubscription ? v.orderId : null);
  return storeDrafts(isSubscription ? "refunded" : "bought_refunded", { ...bought, is_full: v.refundType !== 2 });
});
