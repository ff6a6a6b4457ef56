/**
 * GoCardless's customers. Events name them by id.
 */
import * as z from "zod";
import type { Lookup } from "../../src/contract/adapter.ts";
import { backed, bearerLookup, each, id, identify, maybe, person, personId, text } from "../../src/contract/adapter.ts";
import { metadata } from "./events.ts";

const customer = z.object({ id, email: text, ...each(maybe.text, "given_name", "family_name", "phone_number"), metadata });

/** The look-up of a customer. @see https://developer.gocardless.com/api-reference/#customers-get-a-single-customer */
export const lookup: Lookup = (() => {
  const asked = bearerLookup({
    host: "api.gocardless.com",
    kind: "customer",
    path: "/customers/",
    schema: z.object({ customers: customer }),
    draft: ({ customers: c }) =>
      identify(
        person({
          record: { resource_metadata: c.metadata },
          email: backed(c.email),
          phone: c.phone_number,
          ids: [personId("customer", c.id)],
        }),
        { first_name: c.given_name, last_name: c.family_name },
      ),
  });
  return {
    ...asked,
    request: (of, apiKey) => {
      const request = asked.request(of, apiKey);
      return request && { ...request, headers: { ...request.headers, "gocardless-version": "2015-07-06" } };
    },
  };
})();
