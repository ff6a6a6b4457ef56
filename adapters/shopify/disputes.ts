/**
 * Money that a buyer's bank claims back from a Shopify shop. A dispute names no customer: its order leads to one.
 */
import * as z from "zod";
import type { PersonFacts } from "../../src/contract/adapter.ts";
import { id, ignore, isoTime, maybe, moneyProperties, on, person, reference, text } from "../../src/contract/adapter.ts";
import { disputeClosed, disputeOpened, fold } from "../../src/vocabulary/adapter.ts";
import { moneyOf } from "./lines.ts";

/** Only a dispute has `initiated_at`. @see https://shopify.dev/docs/api/admin-rest/latest/resources/dispute */
const dispute = z.object({
  id,
  order_id: maybe.id,
  initiated_at: isoTime,
  type: text,
  evidence_due_by: maybe.isoTime,
  reason: maybe.text,
  status: text,
  amount: maybe.decimal,
  currency: maybe.currency,
});

type Dispute = z.output<typeof dispute>;

/** @see https://shopify.dev/docs/api/admin-rest/latest/resources/dispute */
const CLOSED: ReadonlySet<string> = new Set(["accepted", "charge_refunded", "lost", "won"]);

/** A chargeback, or the bank's inquiry before it. */
export const onDisputeOpened = on(dispute, (d) =>
  CLOSED.has(d.status) ? ignore("the dispute is not open") : disputeOpened(disputed(d), aboutDispute(d)),
);

/** Its end. A charge that the shop refunded is neither won nor lost. */
export const onDisputeClosed = on(dispute, (d) =>
  CLOSED.has(d.status)
    ? disputeClosed(disputed(d), { ...aboutDispute(d), outcome: fold(d.status, { won: "won", lost: "lost", accepted: "lost" }) })
    : ignore("the dispute is not closed"),
);

function disputed(d: Dispute): PersonFacts {
  return person({ ids: [reference("order", d.order_id)] });
}

function aboutDispute(d: Dispute) {
  return {
    dispute_id: d.id,
    order_id: d.order_id,
    ...moneyProperties("amount", moneyOf(d.amount, d.currency)),
    reason: d.reason,
    status_raw: d.status,
    evidence_due_at: d.evidence_due_by,
    is_inquiry: d.type === "inquiry",
  };
}
