/**
 * Shopify's carts and checkouts.
 */
import * as z from "zod";
import type { PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  decimal,
  decisive,
  each,
  id,
  ignore,
  isoTime,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  reference,
  track,
} from "../../src/contract/adapter.ts";
import { buyer, recordOf } from "./buyers.ts";
import { line, lines, moneyOf, productsOf, sumOf, sumProperties, sums } from "./lines.ts";

/** A field that only the body of another topic has. */
const absent = z.never().optional();

/** A cart's token. The storefront writes `token?key=…`, an order only the token. @see https://github.com/Shopify/hydrogen/pull/3529 */
export const cartToken = id.transform((token) => token.replace(/\?.*$/s, ""));

/** Its value is the sum of its lines: one that is malformed keeps its place. */
const cart = z.object({ token: cartToken, line_items: z.array(optional(line)), total_price: absent });

const checkout = z.object({
  token: id,
  order_number: absent,
  line_items: lines,
  total_price: decimal,
  ...each(maybe.text, "email", "phone", "abandoned_checkout_url"),
  customer: optional(buyer),
  cart_token: optional(cartToken),
  completed_at: decisive(isoTime),
  ...sums,
});

/** A cart event; a cart has no currency and no total. */
export function onCart(event: string) {
  return on(cart, (c) => {
    const amounts = c.line_items.map((item) => moneyOf(item?.line_price, item?.price_set?.shop_money?.currency_code));
    return track(visitorOf(c), event, {
      cart_id: c.token,
      ...moneyProperties("value", sumOf(amounts)),
      ...productsOf(c.line_items.filter((item) => item !== null && item !== undefined)),
    });
  });
}

/** A checkout event. Its token links it with its order; its `id` was removed in 2026-04. */
export function onCheckout(event: string) {
  return on(checkout, (c) => {
    if (c.completed_at) return ignore("covered by orders/create");
    return track(shopperOf(c), event, {
      checkout_id: c.token,
      checkout_url: c.abandoned_checkout_url,
      ...moneyProperties("value", moneyOf(c.total_price, c.currency)),
      ...sumProperties(c),
      ...productsOf(c.line_items, c.currency),
    });
  });
}

/**
 * A cart belongs to one visitor, so its token is an id of that person: what was done before an address was typed can still find
 * them. Orders and checkouts are references.
 */
function visitorOf(c: z.output<typeof cart>): PersonFacts {
  return person({ ids: [personId("cart", c.token)] });
}

/** An address typed at the checkout is claimed, even if Shopify finds a customer with it. */
function shopperOf(c: z.output<typeof checkout>): PersonFacts {
  return person({
    record: recordOf(c.customer),
    email: claimed(c.email || c.customer?.email),
    phone: c.phone || c.customer?.phone,
    ids: [personId("customer", c.customer?.id), personId("cart", c.cart_token), reference("checkout", c.token)],
  });
}
