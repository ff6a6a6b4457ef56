/**
 * Recharge's customers: they are the shop's, who typed their address.
 */
import * as z from "zod";
import type { Lookup, Maybe } from "../../src/contract/adapter.ts";
import { claimed, decisive, each, id, identify, maybe, on, person, personId, text } from "../../src/contract/adapter.ts";
import { contactCreated } from "../../src/vocabulary/adapter.ts";

const customer = z.object({ id, email: decisive(text), ...each(maybe.text, "first_name", "last_name", "phone") });

type Customer = z.output<typeof customer>;

/** The person that an object names, at least by the customer's id. */
export function buyer(customerId: Maybe<string>, email?: Maybe<string>, phone?: Maybe<string>) {
  return person({ email: claimed(email), phone: phone ?? undefined, ids: [personId("customer", customerId)] });
}

const known = (c: Customer) => identify(buyer(c.id, c.email, c.phone), { first_name: c.first_name, last_name: c.last_name });

/** A new customer. */
export const onCreated = on(customer, (c) => [known(c), contactCreated(buyer(c.id, c.email), {})]);

/** A customer changed. */
export const onUpdated = on(customer, known);

const answer = z.object({ customer });

/** A subscription names its customer by the id. @see https://developer.rechargepayments.com/2021-11/customers/customers_retrieve */
export const lookup: Lookup = {
  hosts: ["api.rechargeapps.com"],
  request: ({ kind, id: customerId }, apiKey) =>
    kind === "customer"
      ? {
          host: "api.rechargeapps.com",
          path: `/customers/${encodeURIComponent(customerId)}`,
          headers: { "x-recharge-access-token": apiKey, "x-recharge-version": "2021-11" },
        }
      : null,
  read: (body) => {
    const found = answer.safeParse(body);
    return found.success ? [known(found.data.customer)] : null;
  },
};
