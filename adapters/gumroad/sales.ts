/**
 * Gumroad's sales, refunds and disputes.
 */
import * as z from "zod";
import type { Draft, MapResult, Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  claimed,
  consent,
  decisive,
  each,
  flag,
  id,
  identify,
  ignore,
  maybe,
  money,
  on,
  person,
  personId,
  pick,
  products,
  reference,
  track,
} from "../../src/contract/adapter.ts";

/** A sale. */
export const sale = z.object({
  sale_id: id,
  ...each(maybe.id, "order_number", "purchaser_id", "subscription_id", "product_id"),
  ...each(maybe.text, "email", "full_name", "ip_country", "product_name", "product_permalink"),
  ...each(maybe.text, "offer_code", "recurrence", "referrer"),
  ...each(maybe.integer, "price", "gift_price", "shipping_rate", "quantity"),
  ...each(maybe.flag, "can_contact", "refunded"),
  ...each(decisive(flag), "is_recurring_charge", "is_preorder_authorization", "is_gift_receiver_purchase"),
  sale_timestamp: maybe.isoTime,
});

type Sale = z.output<typeof sale>;

/** The buyer's input is claimed; links can set `url_params`, so they are not in the record. */
function buyerOf(s: Sale): PersonFacts {
  return person({
    record: { purchaser_id: s.purchaser_id },
    email: claimed(s.email),
    ids: [personId("user", s.purchaser_id), reference("sale", s.sale_id), reference("subscription", s.subscription_id)],
  });
}

/** Amounts are in US cents. @see https://github.com/antiwork/gumroad/blob/main/app/modules/purchase/ping_notification.rb */
function dollars(name: string, cents: Maybe<number>): Properties {
  return money(name, cents, "USD");
}

function saleEvent(event: string, s: Sale, more: Properties = {}): Draft {
  return track(buyerOf(s), event, {
    order_id: s.sale_id,
    ...pick(s, "order_number", "subscription_id", "recurrence", "referrer"),
    ...products([{ product_id: s.product_id, name: s.product_name, url: s.product_permalink, quantity: s.quantity }]),
    ...more,
  });
}

/** A sale, a later charge of a membership, or a gift, with the buyer's traits. */
export function sold(s: Sale): MapResult {
  if (s.is_preorder_authorization) return ignore("a pre-order; the sale follows when the product is released");
  const known = identify(buyerOf(s), { name: s.full_name, country_code: s.ip_country });
  if (s.is_gift_receiver_purchase) return [known, saleEvent("Gift Received", s, dollars("value", s.gift_price))];
  const event = s.is_recurring_charge ? "Subscription Renewed" : "Order Completed";
  const { shipping } = dollars("shipping", s.shipping_rate);
  return [known, ...optOut(s), saleEvent(event, s, { ...dollars("total", s.price), shipping, coupon: s.offer_code })];
}

/** The box is ticked by default, so only an opt-out is a choice. */
function optOut(s: Sale): readonly Draft[] {
  if (s.can_contact !== false || !s.sale_timestamp) return [];
  return [consent(buyerOf(s), { channel: "email", state: "unsubscribed", at: s.sale_timestamp })];
}

/** A refund; a partial one has no amount. */
export function refunded(s: Sale): Draft {
  return saleEvent("Order Refunded", s, dollars("total", s.refunded ? s.price : null));
}

/** A dispute that was opened or won by the seller. */
export function onDispute(event: string, outcome?: "won") {
  return on(sale, (s) => saleEvent(event, s, { outcome }));
}
