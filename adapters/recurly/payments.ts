/**
 * Recurly's payments and invoices.
 */
import * as z from "zod";
import type { Draft, MapContext } from "../../src/contract/adapter.ts";
import {
  id as anyId,
  text as anyText,
  decisive,
  each,
  ignore,
  list,
  maybe,
  money,
  on,
  optional,
} from "../../src/contract/adapter.ts";
import {
  fold,
  type Maker,
  ownEvents,
  paymentFailed,
  paymentRefunded,
  paymentSucceeded,
  subscriptionFact,
} from "../../src/vocabulary/adapter.ts";
import { customOf, invoiceOf, notification, ownerOf, subscriptionOf, transactionOf } from "./notifications.ts";
import type { RECURLY } from "./plan.schema.ts";

const own = ownEvents<typeof RECURLY>();

const { id, text, integer, currency } = maybe;

const transaction = z.object({
  ...each(id, "id", "invoice_id", "invoice_number", "subscription_id"),
  action: decisive(anyText),
  amount_in_cents: integer,
  currency,
  ...each(text, "payment_method", "message", "failure_type"),
});

const invoice = z.object({
  ...each(id, "uuid", "invoice_number"),
  origin: text,
  currency,
  ...each(integer, "total_in_cents", "balance_in_cents", "tax_in_cents"),
  due_on: maybe.isoTime,
  subscription_ids: optional(list(anyId)),
});

const aboutPayment = notification.extend({ transaction: optional(transaction) });

const aboutInvoice = notification.extend({ invoice: optional(invoice) });

type AboutPayment = z.output<typeof aboutPayment>;
type AboutInvoice = z.output<typeof aboutInvoice>;
type Context = MapContext<unknown>;

/** A payment: the one event of a sale that carries its `total`. */
export const onPaid = on(aboutPayment, (n, context) => {
  if (isVerification(n)) return ignore("a verification of the payment method, no payment");
  return [...stated(n, context, false), paymentSucceeded(ownerOf(n), { ...aboutIt(n), ...sum("total", n) }, customOf(n))];
});

/** A failed attempt. */
export const onFailed = on(aboutPayment, (n, context) => {
  const why = { decline_reason: n.transaction?.failure_type, error_message: n.transaction?.message };
  return [...stated(n, context, true), paymentFailed(ownerOf(n), { ...aboutIt(n), ...sum("amount", n), ...why }, customOf(n))];
});

/** A refund, which is a transaction of its own. */
export const onRefunded = on(aboutPayment, (n) => {
  const { payment_id: refund_id, ...about } = aboutIt(n);
  return paymentRefunded(ownerOf(n), { refund_id, ...about, ...sum("total", n) }, customOf(n));
});

/** A payment that was taken back before it settled: what Recurly makes of a refund on the same day. */
export const onVoided = on(aboutPayment, (n) => {
  if (isVerification(n)) return ignore("a verification of the payment method, no payment");
  if (!n.transaction) return ignore("does not say whether money was taken");
  return paymentRefunded(ownerOf(n), { ...aboutIt(n), ...sum("total", n), full: true, reason: "voided" }, customOf(n));
});

/** An invoice event. */
export function onInvoice(make: Maker<ReturnType<typeof owed>>) {
  return on(aboutInvoice, (n) => make(ownerOf(n), owed(n), customOf(n)));
}

/** The money is the payment's to tell: an invoice may also be paid by credit. */
export const onInvoicePaid = on(aboutInvoice, (n, context) => {
  const states = settled(n, context, false);
  return states.length > 0 ? states : ignore("covered by payment.succeeded");
});

/** The end of the attempts to collect an invoice. */
export const onInvoiceFailed = on(aboutInvoice, (n, context) => [
  ...settled(n, context, true),
  own("Invoice Failed")(ownerOf(n), owed(n), customOf(n)),
]);

/** A step of the reminders about an invoice that was not paid. */
export const onReminder = on(aboutInvoice, (n, context) => [
  ...settled(n, context, true),
  own("Payment Reminder Due")(ownerOf(n), owed(n), customOf(n)),
]);

function isVerification({ transaction: t }: AboutPayment): boolean {
  return t?.action === "verify" || t?.action === "authorization";
}

function sum<Name extends "total" | "amount">(name: Name, { transaction: t }: AboutPayment) {
  return money(name, t?.amount_in_cents, t?.currency);
}

function aboutIt(n: AboutPayment) {
  return {
    payment_id: transactionOf(n),
    invoice_id: n.transaction?.invoice_id,
    invoice_number: invoiceOf(n),
    subscription_id: subscriptionOf(n),
    payment_method: n.transaction?.payment_method,
  };
}

function stated(n: AboutPayment, { event }: Context, isFailing: boolean): readonly Draft[] {
  const subscription = subscriptionOf(n);
  return subscription ? [subscriptionFact(ownerOf(n), event.occurredAt, subscription, { payment_failing: isFailing })] : [];
}

function settled(n: AboutInvoice, { event }: Context, isFailing: boolean): readonly Draft[] {
  const subscriptions = n.invoice?.subscription_ids ?? [];
  return subscriptions.map((one) => subscriptionFact(ownerOf(n), event.occurredAt, one, { payment_failing: isFailing }));
}

function owed(n: AboutInvoice) {
  const { invoice: i } = n;
  const isTaxKnown = typeof i?.total_in_cents === "number" && typeof i.tax_in_cents === "number";
  return {
    invoice_id: i?.uuid,
    invoice_number: invoiceOf(n),
    subscription_id: i?.subscription_ids?.[0] ?? subscriptionOf(n),
    billing_reason: fold(i?.origin, { purchase: "first", renewal: "renewal", immediate_change: "change" }),
    billing_reason_raw: i?.origin,
    ...money("amount", i?.balance_in_cents ?? i?.total_in_cents, i?.currency),
    ...money("subtotal", isTaxKnown ? (i.total_in_cents ?? 0) - (i.tax_in_cents ?? 0) : null, i?.currency),
    ...money("tax", i?.tax_in_cents, i?.currency),
    due_at: i?.due_on,
  };
}
