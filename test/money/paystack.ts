/**
 * Paystack's money: whole minor units.
 */
import { ledger, recorded, type Sale } from "./ledger.ts";

const refunds = (sale: Sale) =>
  sale.refunds.map((refund) =>
    recorded("refund.processed", {
      "data.transaction_reference": sale.id,
      "data.refund_reference": refund.id,
      "data.amount": refund.minor,
      "data.currency": sale.currency,
    }),
  );

const of = (fixture: string, ...others: readonly string[]) => ({
  currencies: ["NGN", "GHS"],
  webhooks: (sale: Sale) => [
    recorded(fixture, { "data.reference": sale.id, "data.amount": sale.minor, "data.currency": sale.currency }),
    ...others.map((other) => recorded(other, {})),
    ...refunds(sale),
  ],
});

export default ledger({
  sales: {
    "a payment": of("charge.success"),
    "the first payment of a subscription": of("charge.success.plan", "subscription.create"),
    "a renewal": of("charge.success.plan", "invoice.create", "invoice.update"),
  },
});
