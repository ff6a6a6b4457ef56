/**
 * PayPal's refunds, reversals and disputes.
 */
import * as z from "zod";
import { each, id, list, maybe, on, optional, pick, track } from "../../src/contract/adapter.ts";
import { amount, money, unnamedBuyer } from "./payments.ts";

const { text } = maybe;

/** Only its links name the capture. */
const refund = z.object({
  id,
  amount,
  ...each(text, "custom_id", "invoice_id", "note_to_payer"),
  links: optional(list(z.object({ rel: text, href: text }))),
});

const saleRefund = z.object({ id, amount, ...each(text, "sale_id", "invoice_number", "reason") });

const dispute = z.object({
  dispute_id: id,
  dispute_amount: amount,
  ...each(text, "reason", "status"),
  seller_response_due_date: maybe.isoTime,
  dispute_outcome: optional(z.object({ outcome_code: text })),
  disputed_transactions: optional(z.array(z.object({ seller_transaction_id: text }))),
});

/** A full or partial refund of a capture. */
export function onRefund(event: string) {
  return on(refund, (r) => {
    const up = r.links?.find(({ rel }) => rel === "up");
    const captureId = up?.href?.split("/").at(-1);
    return track(unnamedBuyer(r.custom_id, { transaction: captureId }), event, {
      refund_id: r.id,
      transaction_id: captureId,
      invoice_id: r.invoice_id,
      ...money("amount", r.amount),
      reason: r.note_to_payer,
    });
  });
}

/** A full or partial refund of a sale. The amount of a reversal is negative, as in PayPal's webhook simulator. */
export function onSaleRefund(event: string) {
  return on(saleRefund, (r) =>
    track(unnamedBuyer(null, { transaction: r.sale_id }), event, {
      refund_id: r.id,
      transaction_id: r.sale_id,
      invoice_id: r.invoice_number,
      ...money("amount", r.amount && { ...r.amount, value: r.amount.value?.replace("-", "") }),
      reason: r.reason,
    }),
  );
}

/** A disputed payment. */
export function onDispute(event: string) {
  return on(dispute, (d) => {
    const transactionId = d.disputed_transactions?.[0]?.seller_transaction_id;
    return track(unnamedBuyer(null, { transaction: transactionId }), event, {
      dispute_id: d.dispute_id,
      transaction_id: transactionId,
      ...money("amount", d.dispute_amount),
      ...pick(d, "reason", "status"),
      outcome: d.dispute_outcome?.outcome_code,
      due_at: d.seller_response_due_date,
    });
  });
}
