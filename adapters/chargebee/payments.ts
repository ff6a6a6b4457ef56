/**
 * Chargebee's payments and refunds, and promotional credits.
 */
import * as z from "zod";
import { each, id, maybe, money, on, optional } from "../../src/contract/adapter.ts";
import { creditGranted, paymentFailed, paymentRefunded, paymentSucceeded } from "../../src/vocabulary/adapter.ts";
import { attributionOf, content, customOf, owned, ownerOf } from "./customers.ts";
import { aboutInvoiceOf, invoice } from "./invoices.ts";
import { statement } from "./subscriptions.ts";

const { text, integer, currency } = maybe;

const transaction = owned.extend({
  amount: integer,
  currency_code: currency,
  ...each(text, "payment_method", "error_code", "error_text", "masked_card_number"),
  ...each(maybe.id, "reference_transaction_id"),
});

const promotionalCredit = z.object({
  id,
  customer_id: maybe.id,
  amount: integer,
  currency_code: currency,
  ...each(text, "description", "credit_type"),
});

/** One credit note beside a refund; beside a changed or ended subscription it is a list, which is not read. */
const aboutPayment = content.extend({
  transaction,
  invoice: optional(invoice),
  credit_note: optional(z.object({ ...each(maybe.id, "id", "reference_invoice_id"), reason_code: text })),
});

type AboutPayment = z.output<typeof aboutPayment>;

const aboutCredit = content.extend({ promotional_credit: promotionalCredit });

/** A payment: the one event of a sale that carries its `total`. */
export const onPaid = on(aboutPayment, (c, { event }) => [
  ...statement(c, event.occurredAt, false),
  paymentSucceeded(
    ownerOf(c),
    { ...aboutIt(c), ...money("total", c.transaction.amount, c.transaction.currency_code), attempt: failuresOf(c) + 1 },
    customOf(c),
  ),
]);

/** A failed attempt; dunning says whether it was the last. */
export const onFailed = on(aboutPayment, (c, { event }) => {
  const { transaction: t, invoice: i } = c;
  const attempt = {
    attempt: i ? failuresOf(c) + 1 : null,
    next_attempt_at: i?.next_retry_at,
    final: i?.dunning_status ? i.dunning_status !== "in_progress" : null,
    decline_reason: t.error_code,
    error_message: t.error_text,
    due_at: i?.due_date,
  };
  const owed = { ...aboutIt(c), ...money("amount", t.amount, t.currency_code), ...attempt };
  return [...statement(c, event.occurredAt, true), paymentFailed(ownerOf(c), owed, customOf(c))];
});

/** A refund, which is a transaction of its own. */
export const onRefunded = on(aboutPayment, (c, { event }) => {
  const { transaction: t, credit_note: note } = c;
  const refund = { refund_id: t.id, payment_id: t.reference_transaction_id, reason: note?.reason_code };
  const { invoice_id, subscription_id, payment_method, card_last4 } = aboutIt(c);
  const about = {
    invoice_id,
    subscription_id,
    payment_method,
    card_last4,
    ...attributionOf(c),
    ...refund,
    ...money("total", t.amount, t.currency_code),
  };
  return [...statement(c, event.occurredAt), paymentRefunded(ownerOf(c), about, customOf(c))];
});

/** Promotional credit for future invoices. */
export const onCredit = on(aboutCredit, ({ promotional_credit: credit, ...c }) =>
  creditGranted(
    ownerOf(c, credit.customer_id),
    {
      credit_id: credit.id,
      ...money("amount", credit.amount, credit.currency_code),
      category: credit.credit_type,
      reason: credit.description,
    },
    customOf(c),
  ),
);

/** Other payments of the invoice that failed. */
function failuresOf({ transaction: t, invoice: i }: AboutPayment): number {
  return (i?.linked_payments ?? []).filter((one) => one.txn_status === "failure" && one.txn_id !== t.id).length;
}

function aboutIt(c: AboutPayment) {
  const { transaction: t, invoice: i, credit_note: note } = c;
  return {
    ...(i ? aboutInvoiceOf(i, c) : {}),
    payment_id: t.id,
    invoice_id: i?.id ?? note?.reference_invoice_id,
    subscription_id: t.subscription_id ?? i?.subscription_id,
    payment_method: t.payment_method,
    card_last4: /\d{4}$/.exec(t.masked_card_number ?? "")?.[0],
  };
}
