/**
 * Paddle's adjustments, which give money back: refunds, credit and chargebacks.
 */
import * as z from "zod";
import type { MapResult } from "../../src/contract/adapter.ts";
import { text as anyText, decisive, each, ignore, maybe, money, on, optional } from "../../src/contract/adapter.ts";
import { creditGranted, disputeClosed, disputeOpened, orderRefunded, paymentRefunded } from "../../src/vocabulary/adapter.ts";
import { owned, ownerOf } from "./customers.ts";

const adjustment = owned.extend({
  ...each(decisive(anyText), "action", "status"),
  ...each(maybe.text, "reason", "type"),
  currency_code: maybe.currency,
  totals: optional(z.object({ total: maybe.integer })),
  credit_applied_to_balance: maybe.boolean,
});

type Adjustment = z.output<typeof adjustment>;

/** A new adjustment. */
export const onAdjustment = on(adjustment, adjusted);

/** A changed one: a refund that was reviewed. */
export const onReviewed = on(adjustment, (a) => (a.action === "refund" ? adjusted(a) : ignore("covered by adjustment.created")));

/** A refund counts when it is approved; `adjustment.updated` says so if Paddle reviews it. */
function adjusted(a: Adjustment): MapResult {
  const [who, amount] = [ownerOf(a), money("amount", a.totals?.total, a.currency_code)];
  const about = { subscription_id: a.subscription_id, order_id: a.transaction_id, payment_id: a.transaction_id };
  switch (a.action) {
    case "refund":
      return a.status === "approved" ? refunded(a) : ignore("the refund is not approved");
    case "credit":
      if (a.credit_applied_to_balance !== true) return ignore("it lowers an invoice, and no money came back");
      return creditGranted(who, { credit_id: a.id, subscription_id: a.subscription_id, ...amount, reason: a.reason });
    case "chargeback":
      return disputeOpened(who, { dispute_id: a.id, ...about, ...amount, reason: a.reason, status_raw: a.action });
    case "chargeback_reverse":
      return disputeClosed(who, {
        dispute_id: a.id,
        ...about,
        ...amount,
        outcome: "won",
        reason: a.reason,
        status_raw: a.action,
      });
    default:
      return ignore("no money was returned");
  }
}

function refunded(a: Adjustment): MapResult {
  const sum = {
    refund_id: a.id,
    ...money("total", a.totals?.total, a.currency_code),
    payment_id: a.transaction_id,
    full: a.type === "full" ? true : a.type === "partial" ? false : null,
    reason: a.reason,
  };
  if (a.subscription_id || !a.transaction_id)
    return paymentRefunded(ownerOf(a), { subscription_id: a.subscription_id, order_id: a.transaction_id, ...sum });
  return orderRefunded(ownerOf(a), { order_id: a.transaction_id, ...sum });
}
