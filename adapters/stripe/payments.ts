/**
 * Stripe's payments, refunds and disputes.
 */
import * as z from "zod";
import type { Draft, MapResult, Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, decisive, each, id, ignore, integer, maybe, on, optional, pick, track } from "../../src/contract/adapter.ts";
import { idsOf, isGuest, type Owned, otherId, owned, ownerOf } from "./owners.ts";
import { money } from "./prices.ts";

const { text, currency } = maybe;

/** A payment intent: it may have several charges. */
export const paymentIntent = owned
  .extend({
    id,
    // If there is an invoice, it carries the total.
    invoice: decisive(otherId),
    amount: maybe.integer,
    amount_received: decisive(integer),
    currency,
    ...each(text, "description", "receipt_email"),
    last_payment_error: optional(z.object({ code: text, decline_code: text })),
  })
  .transform((p) => ({ ...p, payment_intent: p.id }));

type PaymentIntent = z.output<typeof paymentIntent>;

/** A refunded charge. */
export const charge = owned
  .extend({
    id,
    amount_refunded: integer,
    currency,
    refunded: maybe.boolean,
    billing_details: optional(z.object({ email: text })),
    receipt_email: text,
    previous_attributes: decisive(z.object({ amount_refunded: decisive(integer) })),
  })
  .transform((c) => ({ ...c, charge: c.id }));

/** A refund. */
export const refund = owned.extend({ id, amount: maybe.integer, currency, ...each(text, "reason", "failure_reason") });

/** Before API version 2014-12-08 it had no id, and its evidence was a text. */
const dispute = owned.extend({
  id: maybe.id,
  amount: maybe.integer,
  currency,
  ...each(text, "reason", "status"),
  evidence: optional(z.object({ customer_email_address: text })),
  evidence_details: optional(z.object({ due_by: maybe.unixSeconds })),
});

/** A guest is identified by a typed address; for a customer the customer's record is used instead. */
function guestOr(payment: Owned, address: Maybe<string>): PersonFacts {
  return ownerOf(payment, isGuest(payment) ? { email: claimed(address) } : {});
}

/** A successful payment. */
export function succeeded(p: PaymentIntent): MapResult {
  if (p.invoice) return ignore("covered by invoice.paid");
  return track(guestOr(p, p.receipt_email), "Order Completed", {
    order_id: p.id,
    ...idsOf(p),
    ...money("total", p.amount_received ?? p.amount, p.currency),
    description: p.description,
  });
}

/** A failed payment. */
export function failed(p: PaymentIntent): MapResult {
  if (p.invoice) return ignore("covered by invoice.payment_failed");
  return track(guestOr(p, p.receipt_email), "Payment Failed", {
    ...idsOf(p),
    ...money("amount", p.amount, p.currency),
    error_code: p.last_payment_error?.code,
    decline_code: p.last_payment_error?.decline_code,
  });
}

/**
 * Something of a charge was paid back: `amount` now, `amount_refunded` in all. Not taken from refund.created: it names a payment that, in
 * current API versions, no other event links to a person. The charge names its customer.
 */
export function refunded(c: z.output<typeof charge>): Draft {
  return track(guestOr(c, c.billing_details?.email ?? c.receipt_email), "Refund Issued", {
    ...idsOf(c),
    ...money("amount", c.amount_refunded - (c.previous_attributes?.amount_refunded ?? 0), c.currency),
    ...money("amount_refunded", c.amount_refunded, c.currency),
    fully_refunded: c.refunded,
  });
}

/** A refund returned by the bank. */
export function refundFailed(r: z.output<typeof refund>): Draft {
  return track(ownerOf(r), "Refund Failed", {
    refund_id: r.id,
    ...idsOf(r),
    ...money("amount", r.amount, r.currency),
    ...pick(r, "reason", "failure_reason"),
  });
}

/** A dispute names no customer; the address is the payment's. */
export function onDispute(event: string) {
  return on(dispute, (d) =>
    track(ownerOf(d, { email: claimed(d.evidence?.customer_email_address) }), event, {
      dispute_id: d.id,
      ...idsOf(d),
      ...money("amount", d.amount, d.currency),
      ...pick(d, "reason", "status"),
      evidence_due_by: d.evidence_details?.due_by,
    }),
  );
}
