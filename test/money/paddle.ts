/**
 * Paddle's money: transactions, and adjustments that give it back once they are approved.
 */
import { ledger, recorded, type Sale, type Webhook } from "./ledger.ts";

function transaction(fixture: string, { id, currency, minor, tax }: Sale): Webhook {
  return recorded(fixture, {
    "data.id": `txn_${id}`,
    "data.currency_code": currency,
    "data.details.totals.subtotal": String(minor - tax),
    "data.details.totals.discount": "0",
    "data.details.totals.tax": String(tax),
    "data.details.totals.total": String(minor),
    "data.details.totals.grand_total": String(minor),
  });
}

/** A refund is approved at once, or after a review; either way both events come. */
function refunds({ id, currency, refunds: all }: Sale, subscription: string | null): readonly Webhook[] {
  return all.flatMap((refund, index) =>
    ["adjustment.created", "adjustment.updated"].map((fixture) =>
      recorded(fixture, {
        "data.id": `adj_${refund.id}`,
        "data.status": fixture === "adjustment.created" && index % 2 === 0 ? "pending_approval" : "approved",
        "data.transaction_id": `txn_${id}`,
        "data.subscription_id": subscription,
        "data.currency_code": currency,
        "data.totals.total": String(refund.minor),
        "data.type": refund.isFull && refund.before === 0 ? "full" : "partial",
      }),
    ),
  );
}

export default ledger({
  sales: {
    "a one-off purchase": {
      webhooks: (sale) => [
        transaction("transaction.paid", sale),
        transaction("transaction.completed.one_off", sale),
        ...refunds(sale, null),
      ],
    },
    "the first payment of a subscription": {
      webhooks: (sale) => [
        recorded("subscription.created", {}),
        recorded("subscription.activated", {}),
        transaction("transaction.completed", sale),
        ...refunds(sale, "sub_1"),
      ],
    },
    "a renewal after a failed attempt": {
      webhooks: (sale) => [
        transaction("transaction.payment_failed", sale),
        recorded("subscription.past_due", {}),
        transaction("transaction.completed.renewal", sale),
        ...refunds(sale, "sub_1"),
      ],
    },
    "an invoice, paid by hand": {
      webhooks: (sale) => [
        transaction("transaction.billed", sale),
        transaction("transaction.past_due", sale),
        transaction("transaction.completed", sale),
        ...refunds(sale, null),
      ],
    },
  },
});
