/**
 * Shopify's companies (B2B): the customers that buy for one.
 */
import * as z from "zod";
import { group, maybe, on, type PersonFacts } from "../../src/contract/adapter.ts";
import { organizationJoined } from "../../src/vocabulary/adapter.ts";
import { customerOf } from "./buyers.ts";

const idOfGid = (kind: string) =>
  z
    .string()
    .regex(new RegExp(`^gid://shopify/${kind}/\\d+$`))
    .transform((gid) => gid.slice(gid.lastIndexOf("/") + 1));

const contact = z.object({
  admin_graphql_api_id: idOfGid("CompanyContact"),
  customer_admin_graphql_api_id: idOfGid("Customer"),
  title: maybe.text,
  company: z.object({ admin_graphql_api_id: idOfGid("Company"), name: maybe.text, external_id: maybe.text }),
});

type Contact = z.output<typeof contact>;

/** A new contact of a company. */
export const onContact = on(contact, (c) => [
  membership(c),
  organizationJoined(memberOf(c), {
    organization_id: c.company.admin_graphql_api_id,
    organization_name: c.company.name,
    role: c.title,
  }),
]);

/** A changed contact. */
export const onContactChanged = on(contact, membership);

function membership(c: Contact) {
  const { admin_graphql_api_id: id, name, external_id } = c.company;
  return group(memberOf(c), { kind: "organization", id }, { name, external_id }, { title: c.title });
}

function memberOf(c: Contact): PersonFacts {
  return customerOf(c.customer_admin_graphql_api_id);
}
