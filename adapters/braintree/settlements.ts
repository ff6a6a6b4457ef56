/**
 * How Braintree's bank debits and refunds end, and disputes. Other payments without a subscription have no webhook.
 */
import * as z from "zod";
import type { MapResult } from "../../src/contract/adapter.ts";
import { each, id, ignore, maybe, on, optional, person, reference } from "../../src/contract/adapter.ts";
import {
  type DisputeOutcome,
  disputeClosed,
  disputeOpened,
  orderCompleted,
  orderRefunded,
  paymentFailed,
  paymentRefunded,
  refundFailed,
} from "../../src/vocabulary/adapter.ts";
import { aboutPayment, customerOf, customOf, declineOf, money, transaction } from "./transactions.ts";

const settlement = z.object({ transaction });

type Settled = z.output<typeof transaction>;

const dispute = z.object({
  dispute: z.object({
    id,
    ...each(maybe.text, "status", "reason"),
    "amount-disputed": maybe.decimal,
    "currency-iso-code": maybe.currency,
    "reply-by-date": maybe.isoTime,
    transaction: optional(z.object({ id })),
  }),
});

/** Money that came in or went back; a subscription's payment has its own event, before it is settled. */
export const onSettled = on(settlement, ({ transaction: t }): MapResult => {
  const total = money("total", t.amount, t["currency-iso-code"]);
  if (t.type === "credit") return refunded(t, total);
  if (t["subscription-id"]) return ignore("covered by subscription_charged_successfully");
  return orderCompleted(payerOf(t), { order_id: t["order-id"] ?? t.id, ...aboutPayment(t), ...total }, customOf(t));
});

/** A bank debit that the bank did not pay. */
export const onDeclined = on(settlement, ({ transaction: t }): MapResult => {
  if (t.type === "credit") return failedRefund(t);
  const owed = { subscription_id: t["subscription-id"], order_id: t["order-id"], ...aboutPayment(t) };
  const failure = { decline_reason: declineOf(t), final: true };
  return paymentFailed(payerOf(t), { ...owed, ...money("amount", t.amount, t["currency-iso-code"]), ...failure }, customOf(t));
});

/** A refund that the bank did not take. */
export const onRefundFailed = on(settlement, ({ transaction: t }) => failedRefund(t));

/** The start of a dispute. */
export const onDisputeOpened = on(dispute, ({ dispute: d }) => disputeOpened(disputantOf(d), aboutDispute(d)));

/** The end of a dispute. */
export function onDisputeClosed(outcome: DisputeOutcome) {
  return on(dispute, ({ dispute: d }) => disputeClosed(disputantOf(d), { ...aboutDispute(d), outcome }));
}

/** A refund is a transaction of its own that names the refunded one. */
function payerOf(t: Settled) {
  return customerOf(t.customer, [
    reference("transaction", t.id),
    reference("transaction", t["refunded-transaction-id"]),
    reference("subscription", t["subscription-id"]),
  ]);
}

function refunded(t: Settled, total: ReturnType<typeof money<"total">>) {
  const { payment_id: refund_id, ...about } = aboutPayment(t);
  const paid = t["refunded-transaction-id"];
  const refund = { refund_id, payment_id: paid, ...about, ...total };
  const order = t["order-id"] ?? paid;
  return t["subscription-id"] || !order
    ? paymentRefunded(payerOf(t), { subscription_id: t["subscription-id"], ...refund }, customOf(t))
    : orderRefunded(payerOf(t), { order_id: order, ...refund }, customOf(t));
}

function failedRefund(t: Settled) {
  const about = { refund_id: t.id, payment_id: t["refunded-transaction-id"], subscription_id: t["subscription-id"] };
  const amount = money("amount", t.amount, t["currency-iso-code"]);
  const order_id = t["order-id"];
  return refundFailed(payerOf(t), { ...about, order_id, ...amount, failure_reason: declineOf(t) }, customOf(t));
}

type Dispute = z.output<typeof dispute>["dispute"];

function disputantOf(d: Dispute) {
  return person({ ids: [reference("transaction", d.transaction?.id)] });
}

function aboutDispute(d: Dispute) {
  return {
    dispute_id: d.id,
    payment_id: d.transaction?.id,
    status_raw: d.status,
    reason: d.reason,
    ...money("amount", d["amount-disputed"], d["currency-iso-code"]),
    evidence_due_at: d["reply-by-date"],
  };
}
