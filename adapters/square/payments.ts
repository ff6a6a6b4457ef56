/**
 * Square's payments, refunds and disputes.
 */
import * as z from "zod";
import type { Draft, MapResult } from "../../src/contract/adapter.ts";
import {
  claimed,
  currency,
  each,
  fromMinor,
  id,
  ignore,
  integer,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  pick,
  reference,
  text,
  track,
} from "../../src/contract/adapter.ts";

/** An amount in minor units. */
export const money = optional(z.object({ amount: integer, currency }).transform((sum) => fromMinor(sum.amount, sum.currency)));

/**
 * Final states of a dispute or of the inquiry before it.
 * @see https://developer.squareup.com/reference/square/enums/DisputeState
 */
const FINAL: ReadonlySet<string> = new Set(["WON", "LOST", "ACCEPTED", "INQUIRY_CLOSED"]);

const payment = z.object({
  payment: z.object({
    id,
    status: text,
    ...each(maybe.id, "order_id", "customer_id", "location_id"),
    ...each(maybe.text, "buyer_email_address", "source_type", "receipt_url", "receipt_number", "reference_id"),
    ...each(money, "total_money", "tip_money"),
    card_details: optional(z.object({ errors: optional(z.array(z.object({ code: maybe.text }))) })),
  }),
});

const refund = z.object({
  refund: z.object({
    id,
    status: text,
    ...each(maybe.id, "payment_id", "order_id", "location_id"),
    amount_money: money,
    reason: maybe.text,
  }),
});

const dispute = z.object({
  dispute: z.object({
    state: text,
    ...each(maybe.id, "id", "dispute_id"),
    reason: maybe.text,
    amount_money: money,
    due_at: maybe.isoTime,
    disputed_payment: optional(z.object({ payment_id: maybe.id })),
  }),
});

/** A completed or failed payment. */
export const onPayment = on(payment, ({ payment: p }): MapResult => {
  const facts = person({
    email: claimed(p.buyer_email_address),
    ids: [personId("customer", p.customer_id), reference("payment", p.id), reference("order", p.order_id)],
  });
  const properties = {
    order_id: p.order_id ?? p.id,
    payment_id: p.id,
    payment_method: p.source_type?.toLowerCase(),
    ...pick(p, "location_id", "reference_id"),
  };
  switch (p.status) {
    case "COMPLETED":
      return track(facts, "Order Completed", {
        ...properties,
        ...moneyProperties("total", p.total_money),
        tip: p.tip_money?.amount,
        ...pick(p, "receipt_url", "receipt_number"),
      });
    case "FAILED":
      return track(facts, "Payment Failed", {
        ...properties,
        ...moneyProperties("amount", p.total_money),
        reason: p.card_details?.errors?.[0]?.code?.toLowerCase(),
      });
    default:
      return ignore("the payment is neither completed nor failed");
  }
});

/** A completed refund. Its payment or order identifies the customer. */
export const onRefund = on(refund, ({ refund: r }): MapResult => {
  if (r.status !== "COMPLETED") return ignore("the refund is not completed");
  return track(person({ ids: [reference("payment", r.payment_id), reference("order", r.order_id)] }), "Order Refunded", {
    order_id: r.order_id ?? r.payment_id,
    refund_id: r.id,
    ...pick(r, "payment_id", "reason", "location_id"),
    ...moneyProperties("total", r.amount_money),
  });
});

/** A disputed payment. */
export const onDispute = on(dispute, ({ dispute: d }) => disputeEvent("Dispute Opened", d));

/** A decided dispute. */
export const onDisputeState = on(dispute, ({ dispute: d }) =>
  FINAL.has(d.state) ? disputeEvent("Dispute Closed", d) : ignore("the dispute is not decided"),
);

function disputeEvent(event: string, d: z.output<typeof dispute>["dispute"]): Draft {
  const paymentId = d.disputed_payment?.payment_id;
  return track(person({ ids: [reference("payment", paymentId)] }), event, {
    dispute_id: d.id ?? d.dispute_id,
    payment_id: paymentId,
    state: d.state.toLowerCase(),
    reason: d.reason?.toLowerCase(),
    due_at: d.due_at,
    ...moneyProperties("amount", d.amount_money),
  });
}
