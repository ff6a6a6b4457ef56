/**
 * Recurly's payments and invoices.
 */
import * as z from "zod";
import { each, maybe, money, on, optional, track } from "../../src/contract/adapter.ts";
import { invoiceOf, notification, ownerOf, subscriptionOf, transactionOf } from "./notifications.ts";

const { id, text, integer, currency } = maybe;

const transaction = z.object({
  ...each(id, "id", "invoice_number", "subscription_id"),
  amount_in_cents: integer,
  currency,
  ...each(text, "payment_method", "message", "failure_type"),
});

const invoice = z.object({
  invoice_number: id,
  ...each(text, "state", "origin"),
  currency,
  ...each(integer, "total_in_cents", "balance_in_cents"),
  due_on: maybe.isoTime,
});

const aboutPayment = notification.extend({ transaction: optional(transaction) });

const aboutInvoice = notification.extend({ invoice: optional(invoice) });

/**
 * A completed payment or refund.
 * @param sum name of the amount's property; only a sale has a `total`
 */
export function onPayment(event: string, sum: "total" | "amount") {
  return on(aboutPayment, (n) => {
    const { transaction: t } = n;
    return track(ownerOf(n), event, {
      transaction_id: transactionOf(n),
      invoice_number: invoiceOf(n),
      subscription_id: subscriptionOf(n),
      ...money(sum, t?.amount_in_cents, t?.currency),
      payment_method: t?.payment_method,
      reason: t?.failure_type,
      error_message: event === "Payment Failed" ? t?.message : null,
    });
  });
}

/** An invoice event. */
export function onInvoice(event: string) {
  return on(aboutInvoice, (n) => {
    const { invoice: i } = n;
    return track(ownerOf(n), event, {
      invoice_number: invoiceOf(n),
      status: i?.state,
      origin: i?.origin,
      ...money("amount", i?.total_in_cents, i?.currency),
      ...money("balance", i?.balance_in_cents, i?.currency),
      due_at: i?.due_on,
    });
  });
}
