/**
 * RevenueCat's money: what stores took, as decimal numbers; a store pays back the whole of a purchase.
 */
import { decimal, ledger, recorded, type Sale, type Webhook } from "./ledger.ts";

function purchase(fixture: string, { id, currency, digits, minor }: Sale, sign: 1 | -1 = 1): Webhook {
  return recorded(fixture, {
    "event.id": `${fixture}-${id}`,
    "event.transaction_id": id,
    "event.currency": currency,
    "event.price": sign * 5.5,
    "event.price_in_purchased_currency": sign * Number(decimal(minor, digits)),
  });
}

const refunded = (fixture: string, sale: Sale): readonly Webhook[] => sale.refunds.map(() => purchase(fixture, sale, -1));

export default ledger({
  sales: {
    "a one-time purchase": {
      refundsAll: true,
      currencies: ["EUR", "JPY", "KWD"],
      webhooks: (sale) => [purchase("NON_RENEWING_PURCHASE", sale), ...refunded("CANCELLATION.refund_order", sale)],
    },
    "the first payment of a subscription": {
      refundsAll: true,
      currencies: ["EUR", "JPY", "KWD"],
      webhooks: (sale) => [
        recorded("INITIAL_PURCHASE.family", {}),
        purchase("INITIAL_PURCHASE", sale),
        ...refunded("CANCELLATION.refund", sale),
      ],
    },
    "the conversion of a trial": {
      refundsAll: true,
      webhooks: (sale) => [
        recorded("INITIAL_PURCHASE.trial", {}),
        purchase("RENEWAL.trial_converted", sale),
        ...refunded("CANCELLATION.refund", sale),
      ],
    },
    "a renewal after a failed attempt": {
      refundsAll: true,
      webhooks: (sale) => [
        recorded("BILLING_ISSUE", {}),
        recorded("CANCELLATION.billing_error", {}),
        purchase("RENEWAL", sale),
        ...refunded("CANCELLATION.refund", sale),
      ],
    },
  },
});
