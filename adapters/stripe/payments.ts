/**
 * Stripe's refunds and disputes.
 */
import * as z from "zod";
import type { Draft, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, decisive, each, id, identify, integer, maybe, on, optional, pick } from "../../src/contract/adapter.ts";
import { disputeClosed, disputeOpened, fold, paymentRefunded, refundFailed } from "../../src/vocabulary/adapter.ts";
import { customOf, guestOr, idsOf, owned, ownerOf } from "./owners.ts";
import { money } from "./prices.ts";

const { text, currency } = maybe;

/** A refunded charge. */
export const charge = owned
  .extend({
    id,
    amount_refunded: integer,
    currency,
    refunded: maybe.boolean,
    billing_details: optional(z.object({ email: text })),
    ...each(text, "receipt_email", "description"),
    previous_attributes: decisive(z.object({ amount_refunded: decisive(integer) })),
  })
  .transform((c) => ({ ...c, charge: c.id }));

const madeCharge = owned
  .extend({ id, billing_details: optional(z.object({ email: text })), receipt_email: text })
  .transform((c) => ({ ...c, charge: c.id }));

/** Links a payment with its customer. A dispute names only the payment, and since API version 2025-03-31 an invoice no longer does. */
export const onCharged = on(madeCharge, (c) => identify(guestOr(c, c.billing_details?.email ?? c.receipt_email), {}));

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

/**
 * Something of a charge was paid back: `total` now, `total_refunded` in all. Not taken from refund.created: it names a payment that, in
 * current API versions, no other event links to a person. The charge names its customer.
 */
export function refunded(c: z.output<typeof charge>): Draft {
  return paymentRefunded(
    guestOr(c, c.billing_details?.email ?? c.receipt_email),
    {
      ...idsOf(c),
      ...money("total", c.amount_refunded - (c.previous_attributes?.amount_refunded ?? 0), c.currency),
      ...money("total_refunded", c.amount_refunded, c.currency),
      full: c.refunded,
      description: c.description,
    },
    customOf(c),
  );
}

/** A refund returned by the bank. */
export function refundReturned(r: z.output<typeof refund>): Draft {
  return refundFailed(
    ownerOf(r),
    {
      refund_id: r.id,
      ...idsOf(r),
      ...money("amount", r.amount, r.currency),
      ...pick(r, "reason", "failure_reason"),
    },
    customOf(r),
  );
}

/** A new dispute. */
export const onDisputeOpened = on(dispute, (d) => disputeOpened(disputantOf(d), aboutDispute(d), customOf(d)));

/** A dispute that ended. A closed warning never became a dispute. */
export const onDisputeClosed = on(dispute, (d) => {
  const outcome = fold(d.status, { won: "won", lost: "lost", warning_closed: "withdrawn" });
  return disputeClosed(disputantOf(d), { ...aboutDispute(d), outcome }, customOf(d));
});

type Dispute = z.output<typeof dispute>;

/** A dispute names no customer; the address is the payment's. */
function disputantOf(d: Dispute): PersonFacts {
  return ownerOf(d, { email: claimed(d.evidence?.customer_email_address) });
}

function aboutDispute(d: Dispute) {
  return {
    dispute_id: d.id,
    ...idsOf(d),
    ...money("amount", d.amount, d.currency),
    reason: d.reason,
    status_raw: d.status,
    evidence_due_at: d.evidence_details?.due_by,
  };
}
