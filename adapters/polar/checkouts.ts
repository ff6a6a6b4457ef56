/**
 * Polar's checkouts.
 */
import type { Draft } from "../../src/contract/adapter.ts";
import {
  claimed,
  each,
  id,
  identify,
  maybe,
  money,
  on,
  person,
  personId,
  products,
  reference,
} from "../../src/contract/adapter.ts";
import { type checkoutStarted, coupons } from "../../src/vocabulary/adapter.ts";
import { attributionOf, customOf, filled } from "./customers.ts";
import { amountOf, couponOf, discount, product, productOf } from "./products.ts";

const { text, integer } = maybe;

const checkout = filled.extend({
  id,
  ...each(maybe.id, "customer_id", "product_id"),
  ...each(text, "customer_email", "customer_name", "url"),
  currency: maybe.currency,
  ...each(integer, "amount", "discount_amount", "net_amount", "tax_amount", "total_amount"),
  product,
  discount,
  expires_at: maybe.isoTime,
});

/** A started or expired checkout, and what it says of the buyer. */
export function onCheckout(make: typeof checkoutStarted) {
  return on(checkout, (c): readonly Draft[] => {
    const ids = [personId("customer", c.customer_id), reference("checkout", c.id)];
    const who = person({ record: { id: c.customer_id }, email: claimed(c.customer_email), ids });
    const item = { ...productOf(c.product, c.product_id), price: amountOf(c.amount, c.currency)?.amount };
    const properties = {
      checkout_id: c.id,
      checkout_url: c.url,
      ...money("value", c.total_amount, c.currency),
      ...money("subtotal", c.net_amount, c.currency),
      ...money("discount", c.discount_amount, c.currency),
      ...money("tax", c.tax_amount, c.currency),
      ...coupons([couponOf(c.discount)]),
      ...(item.product_id ? products([item]) : {}),
      expires_at: c.expires_at,
      ...attributionOf(c),
    };
    return [
      ...(c.customer_name && c.customer_email ? [identify(who, { name: c.customer_name })] : []),
      make(who, properties, customOf(c)),
    ];
  });
}
