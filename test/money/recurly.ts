/**
 * Recurly's money: payments, and refunds, which are transactions too; a refund on the same day voids the payment.
 */
import { ledger, recorded, type Sale, type Webhook } from "./ledger.ts";

function transaction(name: string, fixture: string, { id, currency }: Sale, minor: number): Webhook {
  return recorded(fixture, {
    [`${name}.transaction.id`]: id,
    [`${name}.transaction.amount_in_cents`]: minor,
    [`${name}.transaction.currency`]: currency,
  });
}

const paid = (sale: Sale): Webhook => transaction("successful_payment_notification", "payment.succeeded", sale, sale.minor);

const refunds = (sale: Sale): readonly Webhook[] =>
  sale.refunds.map((refund) =>
    transaction("successful_refund_notification", "payment.refunded", { ...sale, id: refund.id }, refund.minor),
  );

export default ledger({
  sales: {
    "the first payment of a subscription": {
      webhooks: (sale) => [
        recorded("subscription.created.older", {}),
        paid(sale),
        recorded("charge_invoice.paid", {}),
        ...refunds(sale),
      ],
    },
    "a renewal after a failed attempt": {
      webhooks: (sale) => [
        recorded("subscription.renewed", {}),
        recorded("payment.failed", {}),
        recorded("charge_invoice.past_due", {}),
        recorded("dunning_event.created", {}),
        paid(sale),
        ...refunds(sale),
      ],
    },
    "a payment that is taken back on the same day": {
      refundsAll: true,
      webhooks: (sale) => [
        recorded("payment.voided.verification", {}),
        paid(sale),
        ...sale.refunds.map((refund) => transaction("void_payment_notification", "payment.voided", sale, refund.minor)),
      ],
    },
  },
});
