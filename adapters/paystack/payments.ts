/**
 * Paystack's payments and refunds.
 */
import * as z from "zod";
import {
  currency,
  decisive,
  each,
  id,
  integer,
  maybe,
  money,
  on,
  optional,
  person,
  reference,
} from "../../src/contract/adapter.ts";
import {
  attributionIn,
  customFields,
  orderCompleted,
  orderRefunded,
  paymentSucceeded,
  refundFailed,
} from "../../src/vocabulary/adapter.ts";
import { customer, known, metadata, personOf } from "./customers.ts";

const charge = z.looseObject({
  reference: id,
  amount: decisive(integer),
  currency: decisive(currency),
  channel: maybe.text,
  plan: decisive(z.looseObject({ plan_code: maybe.id, name: maybe.text })),
  authorization: optional(z.looseObject(each(maybe.text, "brand", "last4"))),
  metadata,
  customer,
});

/** Money came in. */
export const onCharged = on(charge, (p) => {
  const who = personOf(p.customer, p, reference("payment", p.reference));
  const custom = { custom: customFields("metadata", p.metadata) };
  const told = {
    payment_id: p.reference,
    payment_method: p.channel,
    card_brand: p.authorization?.brand?.trim().toLowerCase(),
    card_last4: p.authorization?.last4,
    ...attributionIn(p.metadata),
    ...money("total", p.amount, p.currency),
  };
  const { plan_code: plan_id, name: plan_name } = p.plan ?? {};
  const made = plan_id
    ? paymentSucceeded(who, { ...told, plan_id, ...(plan_name ? { plan_name } : {}) }, custom)
    : orderCompleted(who, { ...told, order_id: p.reference }, custom);
  return [{ ...known(p.customer, who), ...custom }, made];
});

const refund = z.looseObject({
  transaction_reference: id,
  refund_reference: maybe.id,
  amount: decisive(integer),
  currency: decisive(currency),
  customer: optional(customer),
  customer_note: maybe.text,
});

function refundOf(r: z.output<typeof refund>) {
  const payment = reference("payment", r.transaction_reference);
  const who = r.customer ? personOf(r.customer, r, payment) : person({ ids: [payment] });
  const order_id = r.transaction_reference;
  return { who, about: { order_id, payment_id: order_id, refund_id: r.refund_reference, reason: r.customer_note } };
}

/** Money went back. Whether it was a plan's is not told. */
export const onRefunded = on(refund, (r) => {
  const { who, about } = refundOf(r);
  return orderRefunded(who, { ...about, ...money("total", r.amount, r.currency) });
});

/** A refund did not arrive. */
export const onRefundFailed = on(refund, (r) => {
  const { who, about } = refundOf(r);
  return refundFailed(who, { ...about, ...money("amount", r.amount, r.currency) });
});
