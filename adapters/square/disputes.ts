/**
 * Square's disputes.
 */
import * as z from "zod";
import { each, ignore, maybe, moneyProperties, on, optional, person, reference, text } from "../../src/contract/adapter.ts";
import { disputeClosed, disputeOpened, fold } from "../../src/vocabulary/adapter.ts";
import { money } from "./payments.ts";

/**
 * Final states of a dispute or of the inquiry before it.
 * @see https://developer.squareup.com/reference/square/enums/DisputeState
 */
const FINAL: ReadonlySet<string> = new Set(["WON", "LOST", "ACCEPTED", "INQUIRY_CLOSED"]);

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

/** A disputed payment. */
export const onDispute = on(dispute, ({ dispute: d }) => disputeOpened(disputed(d), aboutDispute(d)));

/** A decided dispute. */
export const onDisputeState = on(dispute, ({ dispute: d }) =>
  FINAL.has(d.state)
    ? disputeClosed(disputed(d), { ...aboutDispute(d), outcome: fold(d.state, { won: "won", lost: "lost", accepted: "lost" }) })
    : ignore("the dispute is not decided"),
);

type Dispute = z.output<typeof dispute>["dispute"];

function disputed(d: Dispute) {
  return person({ ids: [reference("payment", d.disputed_payment?.payment_id)] });
}

function aboutDispute(d: Dispute) {
  return {
    dispute_id: d.id ?? d.dispute_id,
    payment_id: d.disputed_payment?.payment_id,
    status_raw: d.state.toLowerCase(),
    is_inquiry: d.state.startsWith("INQUIRY_"),
    reason: d.reason?.toLowerCase(),
    evidence_due_at: d.due_at,
    ...moneyProperties("amount", d.amount_money),
  };
}
