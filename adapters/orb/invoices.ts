/**
 * Orb's invoices. What is due is what was to be paid, after the customer's balance.
 */
import * as z from "zod";
import type { Draft, PersonFacts } from "../../src/contract/adapter.ts";
import {
  currency,
  decimal,
  decisive,
  each,
  fromDecimal,
  id,
  integer,
  maybe,
  moneyProperties,
  on,
  optional,
  reference,
} from "../../src/contract/adapter.ts";
import { attributionIn, paymentFailed } from "../../src/vocabulary/adapter.ts";
import { customer, customOf, metadata, personOf } from "./customers.ts";

const invoice = z.looseObject({
  id,
  ...each(maybe.text, "invoice_number", "hosted_invoice_url", "invoice_pdf"),
  amount_due: decisive(decimal),
  currency: decisive(currency),
  due_date: maybe.isoTime,
  customer,
  subscription: optional(z.looseObject({ id: maybe.id })),
  auto_collection: optional(z.looseObject({ num_attempts: optional(integer), next_attempt_at: maybe.isoTime })),
  metadata,
});

type Invoice = z.output<typeof invoice>;

function about(i: Invoice) {
  return {
    invoice_id: i.id,
    invoice_number: i.invoice_number,
    invoice_url: i.hosted_invoice_url,
    invoice_pdf_url: i.invoice_pdf,
    subscription_id: i.subscription?.id,
    ...attributionIn(i.metadata),
  };
}

const due = (i: Invoice) => (i.amount_due && i.currency ? fromDecimal(i.amount_due, i.currency) : null);

/** An invoice with what is owed. */
export const owed = (i: Invoice) => ({ ...about(i), ...moneyProperties("amount", due(i)), due_at: i.due_date });

/** An invoice with the money that came in. */
export const paid = (i: Invoice) => ({ ...about(i), ...moneyProperties("total", due(i)) });

/** Something happened to an invoice. */
export const onInvoice = (make: (who: PersonFacts, i: Invoice) => Draft) =>
  on(z.object({ invoice }), ({ invoice: i }) => make(personOf(i.customer, reference("subscription", i.subscription?.id)), i));

/** A payment failed. */
export const onInvoiceFailed = onInvoice((who, i) =>
  paymentFailed(
    who,
    { ...owed(i), attempt: i.auto_collection?.num_attempts, next_attempt_at: i.auto_collection?.next_attempt_at },
    customOf(i),
  ),
);
