/**
 * Whose an order, a cart or a customer's record is.
 *
 * @see https://developer.bigcommerce.com/docs/rest-management
 */
import * as z from "zod";
import { each, id, identify, type Lookup, maybe, optional, text } from "../../src/contract/adapter.ts";
import { cartOwner, personOf } from "./people.ts";

const PATHS: Readonly<Record<string, string>> = { order: "v2/orders/", cart_of_store: "v3/carts/", customer: "v2/customers/" };

const name = each(maybe.text, "first_name", "last_name");

/** Addresses of the API that the answers name say which store they are of. */
const storeIn = (address: string) => /\/stores\/([a-z0-9]+)\//.exec(address)?.[1];

const order = z.object({
  id,
  customer_id: maybe.id,
  billing_address: z.object({ email: maybe.text, ...name }),
  products: z.object({ url: text }),
});

/** It does not say of which store it is, but its id is a UUID. */
const cart = z.object({ data: z.object({ id: z.uuid(), email: text }) });

const customer = z.object({ id, email: text, ...name, addresses: optional(z.object({ url: text })) });

/** The look-up; the API key is the access token of an API account that may read orders, carts and customers. */
export const lookup: Lookup = {
  hosts: ["api.bigcommerce.com"],
  request: ({ kind, id: full }, apiKey) => {
    const [, store, of] = /^([a-z0-9]+)\/([\w-]+)$/.exec(full) ?? [];
    const path = Object.hasOwn(PATHS, kind) ? PATHS[kind] : undefined;
    if (!store || !of || !path) return null;
    return {
      host: "api.bigcommerce.com",
      path: `/stores/${store}/${path}${of}`,
      headers: { "x-auth-token": apiKey, accept: "application/json" },
    };
  },
  read: (body) => {
    const one = order.safeParse(body).data;
    const store = one && storeIn(one.products.url);
    if (one && store) {
      const { email, first_name, last_name } = one.billing_address;
      return [identify(personOf(store, "order", one.id, email, one.customer_id), { first_name, last_name })];
    }
    const known = customer.safeParse(body).data;
    const home = known?.addresses && storeIn(known.addresses.url);
    if (known && home) return [identify(personOf(home, "customer", known.id, known.email), pickName(known))];
    const bought = cart.safeParse(body).data;
    return bought ? [identify(cartOwner(bought.data.id, bought.data.email), {})] : null;
  },
};

function pickName({ first_name, last_name }: z.output<typeof customer>) {
  return { first_name, last_name };
}
