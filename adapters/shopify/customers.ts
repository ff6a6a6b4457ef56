/**
 * Shopify's customers: accounts, purchase totals, tags, consents and deletion.
 */
import * as z from "zod";
import type { Channel, MapResult, PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  currency,
  deleted,
  each,
  id,
  identify,
  ignore,
  integer,
  list,
  maybe,
  number,
  on,
  optional,
  text,
  track,
} from "../../src/contract/adapter.ts";
import { about, buyer, choice, choices, customerOf, factsOf } from "./buyers.ts";

/** A customer as a topic's body. */
export const customer = buyer.extend({ state: text });

const customerGid = z.string().regex(/^gid:\/\/shopify\/Customer\/\d+$/);

const customerOfGid = customerGid.transform((gid) => gid.slice(gid.lastIndexOf("/") + 1));

const purchasingSummary = z.object({
  customerId: customerOfGid,
  numberOfOrders: integer,
  amountSpent: optional(z.object({ amount: number, currencyCode: currency })),
});

const taggedCustomer = z.object({ customerId: customerOfGid, tags: list(text) });

const emailConsent = z.object({ customer_id: id, email_address: maybe.text, email_marketing_consent: choice });

const smsConsent = z.object({ id, phone: maybe.text, sms_marketing_consent: choice });

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
  ...about(factsOf(c), c, event.occurredAt),
  track(factsOf(c), "Customer Created"),
]);

/** A changed customer. */
export const onUpdated = on(customer, (c, { event }) => about(factsOf(c), c, event.occurredAt));

/** A customer with an account in this state. */
export function onAccount(state: "enabled" | "disabled", event: string) {
  return on(customer, (c) => (c.state === state ? track(factsOf(c), event) : ignore(`the account is not ${state}`)));
}

/** A customer's purchase totals, which are no longer part of the customer. */
export const onPurchases = on(purchasingSummary, (s) =>
  identify(customerOf(s.customerId), {
    orders_count: s.numberOfOrders,
    total_spent: s.amountSpent?.amount,
    currency: s.amountSpent?.currencyCode,
  }),
);

/**
 * Tags that a customer was given, or lost: the body does not say which, and the topic that does is not signed, so the event does not
 * either. @see https://shopify.dev/changelog/additional-webhook-subscription-topics-for-customer-tags
 */
export const onTags = on(taggedCustomer, (c) => track(customerOf(c.customerId), "Customer Tags Changed", { tags: c.tags }));

/** A consent for e-mail. */
export const onEmailConsent = on(emailConsent, (c, { event }) =>
  chosen(customerOf(c.customer_id, { email: claimed(c.email_address) }), "email", c.email_marketing_consent, event.occurredAt),
);

/** A consent for SMS. */
export const onSmsConsent = on(smsConsent, (c, { event }) =>
  chosen(customerOf(c.id, { phone: c.phone }), "sms", c.sms_marketing_consent, event.occurredAt),
);

/** A customer deleted by the shop. */
export const onDeleted = on(deletedCustomer, (c) => deleted(customerOf(c.id), "Customer Deleted"));

/** A customer to erase by law. */
export const onRedacted = on(redactedCustomer, ({ customer: { id, email, phone } }) =>
  deleted(customerOf(id, { email: claimed(email), phone }), "Customer Deleted", { erase: true }),
);

function chosen(facts: PersonFacts, channel: Channel, made: z.output<typeof choice>, at: string): MapResult {
  const drafts = choices(facts, channel, made, at);
  return drafts.length > 0 ? drafts : ignore("no choice was made");
}
