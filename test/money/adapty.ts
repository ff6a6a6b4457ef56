/**
 * Adapty's money: decimal numbers in the currency of the purchase; a store pays back the whole of a purchase.
 */
import { decimal, ledger, recorded, type Sale } from "./ledger.ts";

function changed(fixture: string, { id, currency, digits, minor }: Sale) {
  return recorded(fixture, {
    "event_properties.profile_event_id": `${fixture}-${id}`,
    "event_properties.transaction_id": id,
    "event_properties.currency": currency,
    "event_properties.price_local": Number(decimal(minor, digits)),
  });
}

const of = (refund: string, ...fixtures: readonly string[]) => ({
  refundsAll: true,
  currencies: ["EUR", "JPY", "KWD"],
  webhooks: (sale: Sale) => [...fixtures, ...sale.refunds.map(() => refund)].map((fixture) => changed(fixture, sale)),
});

export default ledger({
  sales: {
    "the first payment of a subscription": of("subscription_refunded", "subscription_started", "access_level_updated"),
    "the conversion of a trial": of("subscription_refunded", "trial_started", "trial_converted"),
    "a renewal after a failed attempt": of("subscription_refunded", "billing_issue_detected", "subscription_renewed"),
    "a one-time purchase": of("non_subscription_purchase_refunded", "non_subscription_purchase"),
  },
});
