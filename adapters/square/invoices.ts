/**
 * Square's invoices, also those of subscriptions. The money is the payment's, which finds its person by the invoice's order.
 */
import * as z from "zod";
import type { Draft } from "../../src/contract/adapter.ts";
import {
  claimed,
  each,
  id,
  identify,
  list,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  pick,
  reference,
  text,
  told,
} from "../../src/contract/adapter.ts";
import {
  customFields,
  invoiceCreated,
  invoiceSent,
  invoiceVoided,
  paymentFailed,
  subscriptionFact,
} from "../../src/vocabulary/adapter.ts";
import { money } from "./payments.ts";

const invoice = z.object({
  invoice: z.object({
    id,
    status: text,
    ...each(maybe.id, "order_id", "subscription_id"),
    ...each(maybe.text, "invoice_number", "title", "public_url"),
    primary_recipient: optional(
      z.object({
        customer_id: maybe.id,
        ...each(maybe.text, "email_address", "phone_number", "given_name", "family_name"),
      }),
    ),
    custom_fields: optional(list(z.object({ label: text, value: maybe.text }))),
    next_payment_amount_money: money,
    payment_requests: optional(z.array(z.object({ due_date: maybe.isoTime, computed_amount_money: money }))),
  }),
});

type Invoice = z.output<typeof invoice>["invoice"];

/** A published invoice; one that is scheduled is sent later. */
export const onPublished = on(invoice, ({ invoice: i }) => [
  namedIn(i),
  (i.status === "SCHEDULED" ? invoiceCreated : invoiceSent)(payerOf(i), aboutInvoice(i), customOf(i)),
]);

/** A payment of an invoice: what is paid in full fails no more. */
export const onInvoicePayment = on(invoice, ({ invoice: i }, { event }): readonly Draft[] => [
  namedIn(i),
  ...(i.subscription_id && i.status === "PAID"
    ? [subscriptionFact(payerOf(i), event.occurredAt, i.subscription_id, { payment_failing: false })]
    : []),
]);

/** The card on file could not be charged. */
export const onFailedCharge = on(invoice, ({ invoice: i }, { event }): readonly Draft[] => [
  namedIn(i),
  ...(i.subscription_id ? [subscriptionFact(payerOf(i), event.occurredAt, i.subscription_id, { payment_failing: true })] : []),
  paymentFailed(payerOf(i), aboutInvoice(i), customOf(i)),
]);

/** A cancelled invoice. */
export const onVoided = on(invoice, ({ invoice: i }) => [namedIn(i), invoiceVoided(payerOf(i), aboutInvoice(i), customOf(i))]);

function payerOf(i: Invoice) {
  const r = i.primary_recipient;
  return person({
    email: claimed(r?.email_address),
    phone: r?.phone_number ?? undefined,
    ids: [
      personId("customer", r?.customer_id),
      reference("invoice", i.id),
      reference("order", i.order_id),
      reference("subscription", i.subscription_id),
    ],
  });
}

function namedIn(i: Invoice): Draft {
  const { given_name: first_name, family_name: last_name } = i.primary_recipient ?? {};
  return identify(payerOf(i), told({ first_name, last_name }));
}

function customOf(i: Invoice) {
  return { custom: customFields("custom_fields", i.custom_fields) };
}

function aboutInvoice(i: Invoice) {
  const request = i.payment_requests?.at(-1);
  return {
    invoice_id: i.id,
    ...pick(i, "invoice_number", "order_id", "subscription_id"),
    description: i.title,
    invoice_url: i.public_url,
    due_at: request?.due_date,
    ...moneyProperties("amount", i.next_payment_amount_money ?? request?.computed_amount_money),
  };
}
