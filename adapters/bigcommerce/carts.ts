/**
 * BigCommerce's carts: made with their first product, and given up after an hour.
 */
import { id, identify, on } from "../../src/contract/adapter.ts";
import { cartCreated, cartUpdated, checkoutExpired } from "../../src/vocabulary/adapter.ts";
import { cartOwner, personOf, subject } from "./people.ts";

const handler = (make: typeof cartCreated) =>
  on(subject, ({ id: cart_id, store }) => make(cartOwner(cart_id, null, store), { cart_id }));

/** A new cart. */
export const onCreated = handler(cartCreated);

/** Its products changed. */
export const onUpdated = handler(cartUpdated);

/** It was left alone for an hour. */
export const onAbandoned = handler(checkoutExpired);

/** It became an order: whose the order is, the cart is. */
export const onConverted = on(subject.extend({ orderId: id }), ({ id: cart, store, orderId }) => {
  const { ids } = cartOwner(cart, null, store);
  const who = personOf(store, "order", orderId);
  return identify({ ...who, ids: [...who.ids, ...ids] }, {});
});
