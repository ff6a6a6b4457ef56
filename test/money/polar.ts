/**
 * Polar's money: orders, and refunds, each with the tax apart.
 */
import { ledger, recorded, type Sale, type Webhook } from "./ledger.ts";

function paid(fixture: string, { id, currency, minor, tax }: Sale): Webhook {
  return recorded(fixture, {
    "data.id": id,
    "data.currency": currency.toLowerCase(),
    "data.subtotal_amount": minor - tax,
    "data.discount_amount": 0,
    "data.net_amount": minor - tax,
    "data.tax_amount": tax,
    "data.total_amount": minor,
    "data.due_amount": minor,
  });
}

/** A refund succeeds at once or later, and either webhook may say so. */
function refunds({ id, currency, refunds: all }: Sale, subscription: string | null): readonly Webhook[] {
  return all.flatMap((refund, index) =>
    ["refund.created", "refund.updated"].map((fixture) => {
      const tax = Math.floor(refund.minor / 6);
      return recorded(fixture, {
        "data.id": refund.id,
        "data.status": fixture === "refund.created" && index % 2 === 0 ? "pending" : "succeeded",
        "data.amount": refund.minor - tax,
        "data.tax_amount": tax,
        "data.currency": currency.toLowerCase(),
        "data.order_id": id,
        "data.subscription_id": subscription,
      });
    }),
  );
}

export default ledger({
  sales: {
    "a one-off purchase": {
      webhooks: (sale) => [paid("order.paid", sale), ...refunds(sale, null), recorded("order.refunded", {})],
    },
    "the first payment of a subscription": {
      webhooks: (sale) => [
        recorded("subscription.created", {}),
        recorded("subscription.active", {}),
        paid("order.paid.first", sale),
        ...refunds(sale, "sub_1"),
      ],
    },
    "a renewal": {
      webhooks: (sale) => [recorded("subscription.cycled", {}), paid("order.paid.renewal", sale), ...refunds(sale, "sub_1")],
    },
  },
  unequal: { "order.paid.credit": "the customer's credit paid a part" },
});
