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
} from "../../src/contract/adapter.ts";
import type { cartCreated, cartUpdated, checkoutStarted, checkoutUpdated } from "../../src/vocabulary/adapter.ts";
import { recordOf } from "./buyers.ts";
import { line, lines, moneyOf, productsOf, sumOf } from "./lines.ts";
import { shopper, shopperFields } from "./shoppers.ts";
import { attributionOf, customOf, sumProperties, sums } from "./sums.ts";

/** A field that only the body of another topic has. */
const absent = z.never().optional();

/** A cart's token. The storefront writes `token?key=…`, an order only the token. @see https://github.com/Shopify/hydrogen/pull/3529 */
export const cartToken = id.transform((token) => token.replace(/\?.*$/s, ""));

/** Its value is the sum of its lines: one that is malformed keeps its place. */
const cart = z.object({ token: cartToken, line_items: z.array(optional(line)), total_price: absent, note: maybe.text });

const checkout = z.object({
  token: id,
  order_number: absent,
  line_items: lines,
  total_price: decimal,
  ...each(maybe.text, "email", "phone", "abandoned_checkout_url"),
  presentment_currency: maybe.currency,
  ...shopperFields,
  cart_token: optional(cartToken),
  completed_at: decisive(isoTime),
  ...sums,
});

type Checkout = z.output<typeof checkout>;

/** A cart event; a cart has no currency and no total. */
export function onCart(make: typeof cartCreated | typeof cartUpdated) {
  return on(cart, (c) => {
    const items = c.line_items.filter((item) => item !== null && item !== undefined);
    if (items.length === 0) return ignore("the cart is empty");
    const amounts = c.line_items.map((item) => moneyOf(item?.line_price, item?.price_set?.shop_money?.currency_code));
    const value = sumOf(amounts);
    return make(visitorOf(c), {
      cart_id: c.token,
      ...moneyProperties("value", value),
      ...productsOf(items, value?.currency),
      note: c.note,
    });
  });
}

/** A checkout event, with its shopper. Its token links it with its order; its `id` was removed in 2026-04. */
export function onCheckout(make: typeof checkoutStarted | typeof checkoutUpdated) {
  return on(checkout, (c, { event }) => {
    if (c.completed_at) return ignore("covered by orders/create");
    const { presentment_currency: shown } = c;
    return [
      ...shopper(factsOf(c), c, event.occurredAt),
      make(
        factsOf(c),
        {
          checkout_id: c.token,
          cart_id: c.cart_token,
          checkout_url: c.abandoned_checkout_url,
          ...moneyProperties("value", moneyOf(c.total_price, c.currency)),
          presentment_currency: shown && shown !== c.currency ? shown : null,
          ...sumProperties(c),
          ...productsOf(c.line_items, c.currency),
          ...attributionOf(c),
        },
        customOf(c),
      ),
    ];
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
function factsOf(c: Checkout): PersonFacts {
  return person({
    record: recordOf(c.customer),
    email: claimed(c.email || c.customer?.email),
    phone: c.phone || c.customer?.phone || undefined,
    ids: [personId("customer", c.customer?.id), personId("cart", c.cart_token), reference("checkout", c.token)],
  });
}
