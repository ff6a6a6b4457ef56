/**
 * Paystack's invoices of subscriptions, and disputes.
 */
import * as z from "zod";
import { decisive, each, id, integer, maybe, money, on, optional, reference, text } from "../../src/contract/adapter.ts";
import { disputeClosed, disputeOpened, fold, invoiceCreated, paymentFailed } from "../../src/vocabulary/adapter.ts";
import { customer, known, personOf } from "./customers.ts";

const dispute = z.looseObject({
  id,
  refund_amount: maybe.integer,
  currency: maybe.currency,
  ...each(maybe.text, "status", "category"),
  resolution: decisive(text),
  due_at: maybe.isoTime,
  customer,
  transaction: z.looseObject({ reference: maybe.id, amount: maybe.integer, currency: maybe.currency }),
});

/** A customer disputed a payment, or that ended. */
export const onDispute = (step: "opened" | "closed") =>
  on(dispute, (d) => {
    const who = personOf(d.customer, d, reference("payment", d.transaction.reference));
    const about = {
      dispute_id: d.id,
      payment_id: d.transaction.reference,
      ...money("amount", d.refund_amount ?? d.transaction.amount, d.currency ?? d.transaction.currency),
      reason: d.category,
      status_raw: d.resolution ?? d.status,
    };
    if (step === "opened") return disputeOpened(who, { ...about, evidence_due_at: d.due_at });
    const outcome = fold(d.resolution, { "merchant-accepted": "lost", declined: "won", "auto-accepted": "lost" });
    return disputeClosed(who, { ...about, outcome });
  });

const invoice = z.looseObject({
  invoice_code: maybe.id,
  amount: decisive(integer),
  description: maybe.text,
  customer,
  subscription: optional(z.looseObject({ subscription_code: decisive(id) })),
  transaction: optional(z.looseObject({ reference: maybe.id, currency: maybe.currency })),
});

function invoiceOf(i: z.output<typeof invoice>) {
  const subscription_id = i.subscription?.subscription_code;
  return {
    who: personOf(i.customer, i, reference("subscription", subscription_id)),
    about: {
      invoice_id: i.invoice_code,
      subscription_id,
      description: i.description,
      ...money("amount", i.amount, i.transaction?.currency),
    },
  };
}

/** A subscription is about to be charged: three days before. */
export const onInvoiceCreated = on(invoice, (i) => {
  const { who, about } = invoiceOf(i);
  return invoiceCreated(who, about);
});

/** A subscription could not be charged. */
export const onFailed = on(invoice, (i) => {
  const { who, about } = invoiceOf(i);
  return [known(i.customer, who), paymentFailed(who, { ...about, payment_id: i.transaction?.reference })];
});
