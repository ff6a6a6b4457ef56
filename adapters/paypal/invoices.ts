/**
 * PayPal's invoices, with their recipients.
 */
import * as z from "zod";
import {
  claimed,
  id,
  identify,
  list,
  maybe,
  on,
  optional,
  type PersonFacts,
  person,
  reference,
  type Traits,
  told,
} from "../../src/contract/adapter.ts";
import { invoiceVoided } from "../../src/vocabulary/adapter.ts";
import { name } from "./orders.ts";
import { amount, money } from "./payments.ts";

const { text } = maybe;

const invoice = z.object({
  invoice: z.object({
    id,
    amount,
    detail: optional(
      z.object({
        invoice_number: text,
        metadata: optional(z.object({ recipient_view_url: text })),
        payment_term: optional(z.object({ due_date: maybe.isoTime })),
      }),
    ),
    primary_recipients: optional(z.array(z.object({ billing_info: optional(z.object({ email_address: text, name })) }))),
    payments: optional(z.object({ transactions: optional(list(z.object({ payment_id: maybe.id }))) })),
  }),
});

type Invoice = z.output<typeof invoice>["invoice"];

/** Links the payments of an invoice, which carry the money and name no person, with its recipient. */
export const onPaidInvoice = on(invoice, ({ invoice: i }) => identify(recipientOf(i), told(namesIn(i))));

/** A cancelled invoice. */
export const onCancelledInvoice = on(invoice, ({ invoice: i }) =>
  invoiceVoided(recipientOf(i), {
    invoice_id: i.id,
    invoice_number: i.detail?.invoice_number,
    invoice_url: i.detail?.metadata?.recipient_view_url,
    due_at: i.detail?.payment_term?.due_date,
    ...money("amount", i.amount),
  }),
);

function recipientOf(i: Invoice): PersonFacts {
  const payments = i.payments?.transactions ?? [];
  return person({
    email: claimed(i.primary_recipients?.[0]?.billing_info?.email_address),
    ids: [reference("invoice", i.id), ...payments.map(({ payment_id: made }) => reference("transaction", made))],
  });
}

function namesIn(i: Invoice): Traits {
  const { name: given } = i.primary_recipients?.[0]?.billing_info ?? {};
  return { first_name: given?.given_name, last_name: given?.surname };
}
