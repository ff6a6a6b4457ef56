/**
 * PayPal's refunds, reversals and disputes.
 */
import * as z from "zod";
import { each, id, list, type MoneyProperties, maybe, moneyProperties, on, optional } from "../../src/contract/adapter.ts";
import { disputeClosed, disputeOpened, fold, orderRefunded, paymentRefunded } from "../../src/vocabulary/adapter.ts";
import { amount, customOf, money, moneyOf, unnamedBuyer } from "./payments.ts";

const { text } = maybe;

/** Only its links name the capture. */
const refund = z.object({
  id,
  amount,
  ...each(text, "custom_id", "invoice_id", "note_to_payer"),
  seller_payable_breakdown: optional(z.object({ total_refunded_amount: amount })),
  supplementary_data: optional(z.object({ related_ids: optional(z.object({ order_id: text })) })),
  links: optional(list(z.object({ rel: text, href: text }))),
});

const saleRefund = z.object({ id, amount, ...each(text, "sale_id", "invoice_number", "reason"), total_refunded_amount: amount });

const dispute = z.object({
  dispute_id: id,
  dispute_amount: amount,
  ...each(text, "reason", "status", "dispute_life_cycle_stage"),
  seller_response_due_date: maybe.isoTime,
  dispute_outcome: optional(z.object({ outcome_code: text })),
  disputed_transactions: optional(z.array(z.object({ seller_transaction_id: text }))),
});

/** A full or partial refund of a capture; what PayPal takes back is one too. */
export const onRefund = on(refund, (r) => refundOf(r, r.note_to_payer));

/** A capture that PayPal took back. */
export const onReversal = on(refund, (r) => refundOf(r, r.note_to_payer ?? "reversed"));

function refundOf(r: z.output<typeof refund>, reason: string | null | undefined) {
  const up = r.links?.find(({ rel }) => rel === "up");
  const captureId = up?.href?.split("/").at(-1);
  const orderId = r.supplementary_data?.related_ids?.order_id;
  return orderRefunded(
    unnamedBuyer(r.custom_id, { transaction: captureId, order: orderId }),
    {
      order_id: orderId ?? captureId ?? r.id,
      refund_id: r.id,
      payment_id: captureId,
      invoice_number: r.invoice_id,
      ...money("total", r.amount),
      ...money("total_refunded", r.seller_payable_breakdown?.total_refunded_amount),
      reason,
    },
    customOf(r.custom_id),
  );
}

/** A full or partial refund of a sale. */
export const onSaleRefund = on(saleRefund, (r) => saleRefundOf(r, r.reason));

/** A sale that PayPal took back. Its amount is negative, as in PayPal's webhook simulator. */
export const onSaleReversal = on(saleRefund, (r) => saleRefundOf(r, r.reason ?? "reversed"));

function saleRefundOf(r: z.output<typeof saleRefund>, reason: string | null | undefined) {
  return paymentRefunded(unnamedBuyer(null, { transaction: r.sale_id }), {
    refund_id: r.id,
    payment_id: r.sale_id,
    invoice_number: r.invoice_number,
    ...positive("total", r.amount),
    ...positive("total_refunded", r.total_refunded_amount),
    reason,
  });
}

function positive<Name extends string>(name: Name, sum: z.output<typeof amount>): MoneyProperties<Name> {
  return moneyProperties(name, moneyOf(sum && { ...sum, value: sum.value?.replace("-", "") }));
}

/** A disputed payment. */
export const onDispute = on(dispute, (d) => disputeOpened(disputed(d), aboutDispute(d)));

/** @see https://developer.paypal.com/docs/api/customer-disputes/v1/#definition-dispute_outcome */
export const onResolved = on(dispute, (d) =>
  disputeClosed(disputed(d), {
    ...aboutDispute(d),
    outcome: fold(d.dispute_outcome?.outcome_code, {
      resolved_seller_favour: "won",
      resolved_with_payout: "won",
      denied: "won",
      resolved_buyer_favour: "lost",
      accepted: "lost",
      canceled_by_buyer: "withdrawn",
    }),
  }),
);

type Dispute = z.output<typeof dispute>;

function disputed(d: Dispute) {
  return unnamedBuyer(null, { transaction: d.disputed_transactions?.[0]?.seller_transaction_id });
}

function aboutDispute(d: Dispute) {
  const stage = d.dispute_life_cycle_stage;
  return {
    dispute_id: d.dispute_id,
    payment_id: d.disputed_transactions?.[0]?.seller_transaction_id,
    ...money("amount", d.dispute_amount),
    reason: d.reason,
    status_raw: d.dispute_outcome?.outcome_code ?? d.status,
    is_inquiry: stage ? stage === "INQUIRY" : null,
    evidence_due_at: d.seller_response_due_date,
  };
}
