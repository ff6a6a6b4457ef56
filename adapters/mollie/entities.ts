/**
 * Mollie's payment links and sales invoices. Amounts are decimal texts.
 *
 * @see https://docs.mollie.com/reference/get-sales-invoice
 */
import * as z from "zod";
import type { PersonFacts } from "../../src/contract/adapter.ts";
import {
  backed,
  currency,
  decimal,
  decisive,
  each,
  fromDecimal,
  id,
  identify,
  list,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  products,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import {
  attributionIn,
  customFields,
  invoiceSent,
  invoiceVoided,
  orderCompleted,
  paymentSucceeded,
} from "../../src/vocabulary/adapter.ts";

const amount = z.object({ currency, value: decimal }).transform(({ currency: code, value }) => fromDecimal(value, code));

const metadata = optional(z.record(z.string(), z.unknown()));

const link = z.looseObject({ id, description: maybe.text, amount: decisive(amount), customerId: decisive(id), metadata });

const invoice = z.looseObject({
  id,
  ...each(maybe.text, "invoiceNumber", "memo"),
  ...each(decisive(amount), "totalAmount"),
  ...each(optional(amount), "amountDue", "discountedSubtotalAmount", "totalVatAmount"),
  customerId: decisive(id),
  recipient: optional(z.object({ ...each(maybe.text, "givenName", "familyName", "phone"), email: decisive(text) })),
  dueAt: maybe.isoTime,
  lines: optional(list(z.object({ description: maybe.text, quantity: maybe.number, unitPrice: optional(amount) }))),
  metadata,
  _links: optional(z.object(each(optional(z.object({ href: maybe.text })), "invoicePayment", "pdfLink"))),
});

type Invoice = z.output<typeof invoice>;

/** A link was paid. Who paid it is known only where it was made for a customer. */
export const onLinkPaid = on(link, (l) => {
  const who = person({ record: l, ids: [personId("customer", l.customerId), reference("payment_link", l.id)] });
  const told = {
    order_id: l.id,
    description: l.description,
    ...attributionIn(l.metadata),
    ...moneyProperties("total", l.amount),
  };
  return orderCompleted(who, told, { custom: customFields("metadata", l.metadata) });
});

/** The company wrote the recipient's address, if it also gave its user id. */
function recipientOf(i: Invoice): PersonFacts {
  return person({
    record: i,
    email: backed(i.recipient?.email),
    phone: i.recipient?.phone ?? undefined,
    ids: [personId("customer", i.customerId), reference("invoice", i.id)],
  });
}

function about(i: Invoice) {
  return {
    invoice_id: i.id,
    invoice_number: i.invoiceNumber,
    invoice_url: i._links?.invoicePayment?.href,
    invoice_pdf_url: i._links?.pdfLink?.href,
    description: i.memo,
    ...moneyProperties("subtotal", i.discountedSubtotalAmount),
    ...moneyProperties("tax", i.totalVatAmount),
    ...products(i.lines?.map((line) => ({ name: line.description, quantity: line.quantity, price: line.unitPrice?.amount }))),
    ...attributionIn(i.metadata),
  };
}

const known = (i: Invoice) =>
  identify(recipientOf(i), { first_name: i.recipient?.givenName ?? undefined, last_name: i.recipient?.familyName ?? undefined });

const customOf = (i: Invoice) => ({ custom: customFields("metadata", i.metadata) });

/** An invoice was issued, and sent to its recipient. */
export const onIssued = on(invoice, (i) => [
  known(i),
  invoiceSent(
    recipientOf(i),
    { ...about(i), ...moneyProperties("amount", i.amountDue ?? i.totalAmount), due_at: i.dueAt },
    customOf(i),
  ),
]);

/** An invoice was paid. */
export const onInvoicePaid = on(invoice, (i) => [
  known(i),
  paymentSucceeded(
    recipientOf(i),
    { ...about(i), ...moneyProperties("total", i.totalAmount), billing_reason: "manual" },
    customOf(i),
  ),
]);

/** An invoice need not be paid. */
export const onVoided = on(invoice, (i) =>
  invoiceVoided(recipientOf(i), { ...about(i), ...moneyProperties("amount", i.totalAmount) }, customOf(i)),
);
