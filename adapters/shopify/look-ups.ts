/**
 * Look-ups of a customer and of an order's buyer, and the list of all customers.
 */
import * as z from "zod";
import { id, identify, type Lookup, optional, type Pull } from "../../src/contract/adapter.ts";
import { about, buyer, factsOf } from "./buyers.ts";
import { customer } from "./customers.ts";
import { buyerOf, order } from "./orders.ts";

/** REST, because a look-up must be a GET. @see https://shopify.dev/docs/api/admin-rest */
const API = "/admin/api/2026-10";

/** Customers in a page: Shopify's maximum. */
const CUSTOMERS_AT_ONCE = 250;

const PATHS: ReadonlyMap<string, (id: string) => string> = new Map([
  ["customer", (id: string) => `/customers/${id}.json`],
  [
    "order",
    (id: string) => `/orders/${id}.json?fields=id,order_number,email,contact_email,phone,customer,cart_token,checkout_token`,
  ],
]);

/** A customer, or the buyer of an order. */
export const lookup: Lookup = {
  hosts: ["{shop}"],
  request: ({ kind, id }, apiKey) => {
    const path = /^\d+$/.test(id) ? PATHS.get(kind)?.(id) : undefined;
    return path === undefined ? null : { host: "{shop}", path: API + path, headers: { "x-shopify-access-token": apiKey } };
  },
  read: (body) => {
    const answer = z.object({ customer: optional(customer), order: optional(order) }).safeParse(body).data;
    if (answer?.customer) return about(factsOf(answer.customer), answer.customer, null, { trust: "verified" });
    if (!answer?.order) return null;
    return answer.order.customer
      ? about(buyerOf(answer.order), answer.order.customer, null)
      : [identify(buyerOf(answer.order), {})];
  },
};

/**
 * All customers, in the order of their ids, so that the last of a page is where the next begins.
 * @see https://shopify.dev/docs/api/admin-rest/latest/resources/customer#get-customers
 */
export const pull: Pull = {
  hosts: ["{shop}"],
  request: (page, apiKey) => ({
    host: "{shop}",
    path: `${API}/customers.json?limit=${CUSTOMERS_AT_ONCE}&since_id=${encodeURIComponent(page ?? "0")}&fields=id,email,verified_email,phone`,
    headers: { "x-shopify-access-token": apiKey },
  }),
  read: (body) => {
    const found = z.object({ customers: z.array(z.unknown()) }).safeParse(body).data?.customers;
    const last = z.object({ id }).safeParse(found?.at(-1)).data;
    if (!found || (found.length > 0 && !last)) return null;
    const customers = found.flatMap((item) => buyer.safeParse(item).data ?? []);
    const drafts = customers.map((item) => identify(factsOf(item), {}));
    return { drafts, next: found.length === CUSTOMERS_AT_ONCE ? (last?.id ?? null) : null };
  },
};
