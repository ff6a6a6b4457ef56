/**
 * Lemon Squeezy's money: orders, and later payments of subscriptions. It tells how much was paid back so far and not how much each time.
 */
import { ledger, recorded, type Sale, type Webhook } from "./ledger.ts";

function charge(fixture: string, { currency, minor, tax }: Sale, refunded: number): Webhook {
  return recorded(fixture, {
    "data.attributes.currency": currency,
    "data.attributes.total": minor,
    "data.attributes.subtotal": minor - tax,
    "data.attributes.discount_total": 0,
    "data.attributes.tax": tax,
    "data.attributes.refunded_amount": refunded,
  });
}

const refunds = (fixture: string, sale: Sale): readonly Webhook[] =>
  sale.refunds.map((refund) => charge(fixture, sale, refund.after));

export default ledger({
  sales: {
    "a one-off purchase": {
      webhooks: (sale) => [charge("order_created", sale, 0), ...refunds("order_refunded", sale)],
    },
    "the first payment of a subscription, which is an order too": {
      webhooks: (sale) => [
        charge("order_created", sale, 0),
        recorded("subscription_created", {}),
        charge("subscription_payment_success.initial", sale, 0),
        ...refunds("order_refunded", sale),
        ...refunds("subscription_payment_refunded.initial", sale),
      ],
    },
    "a renewal after a failed attempt": {
      webhooks: (sale) => [
        charge("subscription_payment_failed", sale, 0),
        recorded("subscription_updated.past_due", {}),
        charge("subscription_payment_recovered", sale, 0),
        charge("subscription_payment_success", sale, 0),
        ...refunds("subscription_payment_refunded", sale),
      ],
    },
  },
});
