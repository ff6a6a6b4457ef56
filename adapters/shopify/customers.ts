/**
 * Shopify's customers: accounts, purchase totals, tags, consents and deletion.
 */
import * as z from "zod";
import type { Channel, MapResult, PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  currency,
  decimal,
  decisive,
  deleted,
  each,
  id,
  identify,
  ignore,
  integer,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  text,
} from "../../src/contract/adapter.ts";
import { contactCreated, ordersState, ownEvents } from "../../src/vocabulary/adapter.ts";
import { about, buyer, choice, choices, customerOf, factsOf } from "./buyers.ts";
import { moneyOf } from "./lines.ts";
import type { SHOPIFY } from "./plan.schema.ts";

const own = ownEvents<typeof SHOPIFY>();

/** A customer as a topic's body. */
export const customer = buyer.extend({ state: text });

const customerGid = z.string().regex(/^gid:\/\/shopify\/Customer\/\d+$/);

const customerOfGid = customerGid.transform((gid) => gid.slice(gid.lastIndexOf("/") + 1));

const purchasingSummary = z.object({
  customerId: customerOfGid,
  numberOfOrders: integer,
  amountSpent: optional(z.object({ amount: decimal, currencyCode: currency })),
});

const taggedCustomer = z.object({ customerId: customerOfGid, tags: list(text) });

const emailConsent = z.object({ customer_id: id, email_address: maybe.text, email_marketing_consent: choice });

const smsConsent = z.object({ id, phone: maybe.text, sms_marketing_consent: choice });

/** @see https://shopify.dev/docs/api/webhooks/latest?reference=toml#list-of-topics-customers-merge */
const merged = z.object({
  admin_graphql_api_customer_kept_id: customerOfGid,
  admin_graphql_api_customer_deleted_id: customerOfGid,
  status: decisive(text),
});

/** Fields that a deleted customer lacks. */
const gone = z.null().optional();

/** Nothing is left but the id: `{ id, tax_exemptions: [], admin_graphql_api_id }`, in older versions more empty fields. */
const deletedCustomer = z.object({
  id,
  admin_graphql_api_id: customerGid,
  ...each(gone, "created_at", "updated_at", "state", "verified_email", "tax_exempt", "email", "first_name", "last_name"),
});

const redactedCustomer = z.object({
  customer: z.object({ id, email: maybe.text, phone: maybe.text }),
  orders_to_redact: z.array(z.unknown()),
});

/** A new customer. */
export const onCreated = on(customer, (c, { event }) => [
  ...about(factsOf(c), c, event.occurredAt, { trust: "verified" }),
  contactCreated(factsOf(c), {}),
]);

/** A changed customer. */
export const onUpdated = on(customer, (c, { event }) => about(factsOf(c), c, event.occurredAt, { trust: "verified" }));

/** A customer with an account in this state. */
export function onAccount(state: "enabled" | "disabled", event: "Customer Enabled" | "Customer Disabled") {
  return on(customer, (c) => (c.state === state ? own(event)(factsOf(c), {}) : ignore(`the account is not ${state}`)));
}

/** A customer's purchase totals, which are no longer part of the customer. */
export const onPurchases = on(purchasingSummary, (s, { event }) =>
  ordersState(customerOf(s.customerId), event.occurredAt, {
    orders_count: s.numberOfOrders,
    total_spent: moneyOf(s.amountSpent?.amount, s.amountSpent?.currencyCode),
  }),
);

/**
 * Tags that a customer was given, or lost: the body does not say which, and the topic that does is not signed, so the event does not
 * either. @see https://shopify.dev/changelog/additional-webhook-subscription-topics-for-customer-tags
 */
export const onTags = on(taggedCustomer, (c) => own("Customer Tags Changed")(customerOf(c.customerId), { tags: c.tags }));

/** A consent for e-mail. */
export const onEmailConsent = on(emailConsent, (c, { event }) =>
  chosen(customerOf(c.customer_id, { email: claimed(c.email_address) }), "email", c.email_marketing_consent, event.occurredAt),
);

/** A consent for SMS. */
export const onSmsConsent = on(smsConsent, (c, { event }) =>
  chosen(customerOf(c.id, { phone: c.phone }), "sms", c.sms_marketing_consent, event.occurredAt),
);

/** Two customers that the shop made one. */
export const onMerged = on(merged, (m) => {
  if (m.status && m.status.toLowerCase() !== "completed") return ignore("the merge is not completed");
  const kept = m.admin_graphql_api_customer_kept_id;
  const former = personId("customer", m.admin_graphql_api_customer_deleted_id);
  return identify(person({ record: { id: kept }, ids: [personId("customer", kept)], merged: [former] }), {});
});

/** A customer deleted by the shop. */
export const onDeleted = on(deletedCustomer, (c) => deleted(customerOf(c.id), "Contact Deleted"));

/** A customer to erase by law. */
export const onRedacted = on(redactedCustomer, ({ customer: { id, email, phone } }) =>
  deleted(customerOf(id, { email: claimed(email), phone }), "Contact Deleted", { erase: true }),
);

function chosen(facts: PersonFacts, channel: Channel, made: z.output<typeof choice>, at: string): MapResult {
  const drafts = choices(facts, channel, made, at, "verified");
  return drafts.length > 0 ? drafts : ignore("no choice was made");
}
