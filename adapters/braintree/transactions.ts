/**
 * Braintree's transactions, their payers and payment methods.
 */
import * as z from "zod";
import type { CustomField, Draft, Maybe, MoneyProperties, PersonFacts } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  backed,
  decisive,
  each,
  fromDecimal,
  id,
  identify,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  type reference,
} from "../../src/contract/adapter.ts";
import { attributionIn, customFields, paymentMethodRemoved } from "../../src/vocabulary/adapter.ts";

const { text, decimal, currency } = maybe;

const customer = optional(z.object(each(text, "id", "email", "phone", "company", "first-name", "last-name")));

/** A transaction, as an object of its own or inside a subscription. */
export const transaction = z.object({
  id,
  ...each(text, "order-id", "payment-instrument-type", "processor-response-code", "processor-response-text"),
  type: decisive(anyText),
  ...each(maybe.id, "refunded-transaction-id", "subscription-id"),
  "credit-card": optional(z.object(each(text, "card-type", "last-4"))),
  "custom-fields": optional(z.looseObject({})),
  amount: decimal,
  "currency-iso-code": currency,
  customer,
});

const account = z.object({ token: text, "customer-id": id });

/** A payment method; its kind is the name of the subject. */
export const revokedMethod = z
  .record(z.string(), account)
  .transform((subject): unknown => Object.entries(subject)[0])
  .pipe(z.tuple([z.string(), account]));

type Customer = z.output<typeof customer>;
type Transaction = z.output<typeof transaction>;

/** The payer, with all references to them. */
export function customerOf(c: Customer, ids: readonly ReturnType<typeof reference>[]): PersonFacts {
  return person({
    record: c,
    email: backed(c?.email),
    phone: c?.id ? c.phone : (c?.phone ?? undefined),
    ids: [personId("customer", c?.id), ...ids],
  });
}

/** Traits of the payer; none if the customer's record is missing. */
export function identified(facts: PersonFacts, c: Customer): readonly Draft[] {
  return c ? [identify(facts, { first_name: c["first-name"], last_name: c["last-name"], company: c.company })] : [];
}

/** What is known of a payment. */
export function aboutPayment(t: Maybe<Transaction>) {
  return {
    payment_id: t?.id,
    payment_method: t?.["payment-instrument-type"],
    card_brand: t?.["credit-card"]?.["card-type"]?.toLowerCase(),
    card_last4: t?.["credit-card"]?.["last-4"],
    ...attributionIn(t?.["custom-fields"]),
  };
}

/** Why a payment was declined. */
export function declineOf(t: Maybe<Transaction>): Maybe<string> {
  return t?.["processor-response-text"] ?? t?.["processor-response-code"];
}

/** Fields that the company defined, as candidates for `custom_fields`. */
export function customOf(t: Maybe<Transaction>): { readonly custom: readonly CustomField[] } {
  return { custom: customFields("transaction.custom_fields", t?.["custom-fields"]) };
}

/** The amount of a payment. */
export function money<Name extends string>(name: Name, amount: Maybe<string>, code: Maybe<string>): MoneyProperties<Name> {
  return moneyProperties(name, amount && code ? fromDecimal(amount, code) : null);
}

/** A payment method revoked by the customer. */
export const onRevoked = on(revokedMethod, ([kind, method]) => {
  const owner = method["customer-id"];
  const who = person({ record: { id: owner }, ids: [personId("customer", owner)] });
  return paymentMethodRemoved(who, { payment_method_id: method.token, payment_method: kind, reason: "revoked" });
});
