/**
 * Who a record of BigCommerce is about. Ids are of one store each: they are kept with its name, as the API's addresses have them.
 */
import * as z from "zod";
import { claimed, id, type Maybe, person, personId, text } from "../../src/contract/adapter.ts";

/** The data of a webhook, and its store. */
export const subject = z.looseObject({ id, store: text });

/** The person of an order or customer, of which there is exactly one. */
export function personOf(store: string, kind: "order" | "customer", of: string, email?: Maybe<string>, customer?: Maybe<string>) {
  // 0 is a guest.
  const known = customer && customer !== "0" ? personId("customer", `${store}/${customer}`) : null;
  return person({ email: claimed(email), ids: [known, personId(kind, `${store}/${of}`)] });
}

/** The person of a cart. The second id is the one that can be looked up. */
export function cartOwner(cart: string, email: Maybe<string>, store?: string) {
  return person({ email: claimed(email), ids: [personId("cart", cart), personId("cart_of_store", store && `${store}/${cart}`)] });
}
