/**
 * A ping about a sale of Gumroad's: its fields, its buyer, and what events say of it.
 */
import * as z from "zod";
import type { Maybe, Money, PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  each,
  flag,
  fromMinor,
  id,
  maybe,
  person,
  personId,
  products,
  reference,
} from "../../src/contract/adapter.ts";
import { attribution, attributionFrom, attributionIn, customFields } from "../../src/vocabulary/adapter.ts";
import { fieldsWithin } from "./forms.ts";

/** A sale; fields within fields stay as they are. */
export const sale = z.looseObject({
  sale_id: id,
  ...each(maybe.id, "order_number", "purchaser_id", "subscription_id", "product_id"),
  ...each(maybe.text, "email", "full_name", "ip_country", "product_name", "permalink", "product_permalink"),
  ...each(maybe.text, "offer_code", "recurrence", "referrer"),
  ...each(maybe.integer, "price", "gift_price", "shipping_rate", "quantity"),
  ...each(maybe.flag, "can_contact", "refunded"),
  ...each(decisive(flag), "is_recurring_charge", "is_preorder_authorization", "is_gift_receiver_purchase"),
  sale_timestamp: maybe.isoTime,
});

/** A sale. */
export type Sale = z.output<typeof sale>;

/** The buyer's input is claimed; links can set `url_params`, so they are not in the record. */
export function buyerOf(s: Sale): PersonFacts {
  return person({
    record: { purchaser_id: s.purchaser_id },
    email: claimed(s.email),
    ids: [personId("user", s.purchaser_id), reference("sale", s.sale_id), reference("subscription", s.subscription_id)],
  });
}

/** Amounts are in US cents. @see https://github.com/antiwork/gumroad/blob/main/app/modules/purchase/ping_notification.rb */
export function dollars(cents: Maybe<number>): Money | null {
  return typeof cents === "number" ? fromMinor(cents, "USD") : null;
}

/** The sale as an order. */
export function aboutOrder(s: Sale) {
  return { order_id: s.sale_id, order_number: s.order_number, subscription_id: s.subscription_id, ...productOf(s) };
}

/** What was sold. */
export function productOf(s: Sale) {
  const variant = Object.values(fieldsWithin(s, "variants")).join(", ");
  return products([{ product_id: s.product_id, name: s.product_name, variant, url: s.product_permalink, quantity: s.quantity }]);
}

/** `visual` is `**** **** **** 4242`. */
export function cardOf(s: Sale) {
  const { type, visual } = fieldsWithin(s, "card");
  return { card_brand: type, card_last4: /\d{4}$/.exec(visual ?? "")?.[0] };
}

/** What the address of the product had behind it, and the page before; `direct` is none. */
export function cameFrom(s: Sale) {
  const referrer = s.referrer === "direct" ? null : s.referrer;
  return attribution(attributionFrom(null, referrer), attributionIn(fieldsWithin(s, "url_params")));
}

/** What the seller asked the buyer, and what the product's address had behind it. */
export function customOf(s: Sale) {
  return {
    custom: [
      ...customFields("custom_fields", fieldsWithin(s, "custom_fields")),
      ...customFields("url_params", fieldsWithin(s, "url_params")),
    ],
  };
}
