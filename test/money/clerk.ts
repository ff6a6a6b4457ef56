/**
 * Clerk Billing's money: payment attempts. It has no webhook for refunds.
 */
import { ledger, recorded, type Sale, type Webhook } from "./ledger.ts";

function attempt(fixture: string, { id, currency, minor, tax }: Sale): Webhook {
  const amount = (sum: number) => ({ amount: sum, currency: currency.toLowerCase() });
  return recorded(fixture, {
    "data.payment_id": `cpay_${id}`,
    "data.totals": { grand_total: amount(minor), subtotal: amount(minor - tax), tax_total: amount(tax) },
  });
}

export default ledger({
  sales: {
    "the first payment of a subscription": {
      maxRefunds: 0,
      webhooks: (sale) => [recorded("subscriptionItem.active", {}), attempt("paymentAttempt.updated.first", sale)],
    },
    "a renewal after a failed attempt": {
      maxRefunds: 0,
      webhooks: (sale) => [
        attempt("paymentAttempt.updated.failed", sale),
        recorded("subscriptionItem.pastDue", {}),
        attempt("paymentAttempt.updated", sale),
        recorded("subscriptionItem.active.recovered", {}),
      ],
    },
  },
});
