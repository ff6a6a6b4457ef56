/**
 * What became of Razorpay's payments.
 */
import * as z from "zod";
import { currency, decisive, id, identify, integer, maybe, money, on } from "../../src/contract/adapter.ts";
import {
  disputeClosed,
  disputeOpened,
  orderCompleted,
  orderRefunded,
  paymentFailed,
  paymentRefunded,
  paymentSucceeded,
  refundFailed,
} from "../../src/vocabulary/adapter.ts";
import { about, customOf, payerOf, payment } from "./payment.ts";

const paid = z.object({ payment: z.object({ entity: payment }) });

const refunded = paid.extend({
  refund: z.object({ entity: z.object({ id, amount: decisive(integer), currency: decisive(currency) }) }),
});

const disputed = paid.extend({
  dispute: z.object({
    entity: z.object({
      id,
      amount: maybe.integer,
      currency: maybe.currency,
      reason_code: maybe.text,
      status: maybe.text,
      respond_by: maybe.unixSeconds,
    }),
  }),
});

/** Money came in. */
export const onCaptured = on(paid, ({ payment: { entity: p } }) => {
  const who = payerOf(p);
  const { order_id, ...told } = about(p);
  const total = money("total", p.amount, p.currency);
  const made = p.invoice_id
    ? paymentSucceeded(who, { ...told, order_id, ...total }, customOf(p))
    : orderCompleted(who, { ...told, order_id: order_id ?? p.id, ...total }, customOf(p));
  return [{ ...identify(who, {}), ...customOf(p) }, made];
});

/** A payment failed. */
export const onFailed = on(paid, ({ payment: { entity: p } }) =>
  paymentFailed(
    payerOf(p),
    {
      ...about(p),
      ...money("amount", p.amount, p.currency),
      decline_reason: p.error_reason ?? p.error_code,
      error_message: p.error_description,
    },
    customOf(p),
  ),
);

/** Money went back. */
export const onRefunded = on(refunded, ({ payment: { entity: p }, refund: { entity: r } }) => {
  const told = {
    payment_id: p.id,
    refund_id: r.id,
    ...money("total", r.amount, r.currency),
    ...money("total_refunded", p.amount_refunded, p.currency),
    full: p.amount_refunded === p.amount,
  };
  return p.invoice_id
    ? paymentRefunded(payerOf(p), { ...told, order_id: p.order_id, invoice_id: p.invoice_id }, customOf(p))
    : orderRefunded(payerOf(p), { ...told, order_id: p.order_id ?? p.id }, customOf(p));
});

/** A refund did not arrive. */
export const onRefundFailed = on(refunded, ({ payment: { entity: p }, refund: { entity: r } }) =>
  refundFailed(payerOf(p), { payment_id: p.id, order_id: p.order_id, refund_id: r.id, ...money("amount", r.amount, r.currency) }),
);

const disputeOf = ({ payment: { entity: p }, dispute: { entity: d } }: z.output<typeof disputed>) => ({
  dispute_id: d.id,
  payment_id: p.id,
  order_id: p.order_id,
  ...money("amount", d.amount, d.currency),
  reason: d.reason_code,
  status_raw: d.status,
});

/** A customer disputed a payment. */
export const onDisputed = on(disputed, (data) =>
  disputeOpened(payerOf(data.payment.entity), { ...disputeOf(data), evidence_due_at: data.dispute.entity.respond_by }),
);

/** A dispute ended. */
export const onDisputeClosed = (outcome: "won" | "lost") =>
  on(disputed, (data) => disputeClosed(payerOf(data.payment.entity), { ...disputeOf(data), outcome }));
