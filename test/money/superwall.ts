/**
 * Superwall's money: decimal numbers in the currency of the purchase; a refund is a cancellation with a negative one.
 */
import { decimal, ledger, recorded, type Sale } from "./ledger.ts";

function changed(fixture: string, { id, currency, digits, minor }: Sale, sign = 1) {
  return recorded(fixture, {
    "data.id": `${fixture}-${id}`,
    "data.transactionId": id,
    "data.currencyCode": currency,
    "data.price": sign * 5.5,
    "data.priceInPurchasedCurrency": sign * Number(decimal(minor, digits)),
  });
}

const of = (refund: string, ...fixtures: readonly string[]) => ({
  refundsAll: true,
  currencies: ["EUR", "JPY", "KWD"],
  webhooks: (sale: Sale) => [
    ...fixtures.map((fixture) => changed(fixture, sale)),
    ...sale.refunds.map(() => changed(refund, sale, -1)),
  ],
});

export default ledger({
  sales: {
    "the first payment of a subscription": of("cancellation.refund", "initial_purchase"),
    "the conversion of a trial": of("cancellation.refund", "initial_purchase.trial", "renewal.trial_converted"),
    "a renewal after a failed attempt": of("cancellation.refund", "billing_issue", "cancellation.billing_error", "renewal"),
    "a one-time purchase": of("cancellation.refund_order", "non_renewing_purchase"),
  },
});
