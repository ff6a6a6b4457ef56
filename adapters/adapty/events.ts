/**
 * Adapty's events: a purchase and the profile whose it is.
 */
import * as z from "zod";
import {
  backed,
  decisive,
  each,
  fromDecimal,
  id,
  maybe,
  optional,
  person,
  personId,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import { attribution, attributionIn, customFields, fold, type StorePurchase } from "../../src/vocabulary/adapter.ts";

const source = z.looseObject(each(maybe.text, "channel", "campaign", "ad_group", "ad_set", "creative"));

const properties = z.looseObject({
  ...each(maybe.id, "transaction_id", "original_transaction_id", "vendor_product_id"),
  ...each(maybe.text, "store", "cancellation_reason", "promotional_offer_id", "access_level_id"),
  ...each(maybe.number, "price_local", "price_usd"),
  currency: maybe.currency,
  ...each(maybe.isoTime, "purchase_date", "subscription_expires_at"),
});

/** An event. */
export const event = z.looseObject({
  profile_id: decisive(id),
  customer_user_id: decisive(id),
  email: decisive(text),
  event_properties: properties,
  attributions: optional(z.record(z.string(), optional(source))),
  user_attributes: optional(z.record(z.string(), z.unknown())),
});

/** The purchase that an event is about. A refund is negative in some versions. */
export function purchaseOf(e: z.output<typeof event>, at: string, is_trial: boolean): StorePurchase {
  const p = e.event_properties;
  const [amount, currency] = p.currency && typeof p.price_local === "number" ? [p.price_local, p.currency] : [p.price_usd, "USD"];
  const subscription_id = p.original_transaction_id ?? p.transaction_id;
  const from = Object.values(e.attributions ?? {}).map((one) =>
    attributionIn({ utm_source: one?.channel, utm_campaign: one?.campaign, utm_term: one?.ad_set, utm_content: one?.creative }),
  );
  return {
    who: person({
      record: e,
      email: backed(e.email),
      ids: [personId("profile", e.profile_id), reference("purchase", subscription_id)],
    }),
    at,
    subscription_id,
    payment_id: p.transaction_id,
    product_id: p.vendor_product_id,
    amount: typeof amount === "number" ? fromDecimal(Math.abs(amount).toFixed(6), currency) : null,
    is_trial,
    starts_at: p.purchase_date,
    ends_at: p.subscription_expires_at,
    // As the others that sell in stores name them.
    store: p.store?.toUpperCase(),
    offer: p.promotional_offer_id,
    reason: p.cancellation_reason,
    cause: fold(p.cancellation_reason, {
      voluntarily_cancelled: "customer",
      price_increase: "customer",
      billing_error: "payment_failed",
      cancelled_by_developer: "merchant",
    }),
    entitlements: p.access_level_id ? [p.access_level_id] : null,
    attribution: attribution(...from, attributionIn(e.user_attributes)),
    custom: customFields("user_attributes", e.user_attributes),
  };
}
