/**
 * The App Store's money: thousandths of the currency. A refund names the same transaction, and which part of its price went back.
 */
import { ledger, recorded, type Sale } from "./ledger.ts";

const TRANSACTION = "signedPayload.data.signedTransactionInfo";

function changed(fixture: string, { id, currency, digits, minor }: Sale) {
  return recorded(fixture, {
    "signedPayload.notificationUUID": `${fixture}-${id}`,
    [`${TRANSACTION}.transactionId`]: id,
    [`${TRANSACTION}.currency`]: currency,
    [`${TRANSACTION}.price`]: minor * 10 ** (3 - digits),
  });
}

const of = (refund: string, ...fixtures: readonly string[]) => ({
  refundsAll: true,
  currencies: ["EUR", "JPY", "KWD"],
  webhooks: (sale: Sale) => [
    ...fixtures.map((fixture) => changed(fixture, sale)),
    ...sale.refunds.map(() => changed(refund, sale)),
  ],
});

export default ledger({
  sales: {
    "the first payment of a subscription": of("REFUND", "SUBSCRIBED"),
    "a renewal": of("REFUND", "DID_RENEW"),
    "a renewal after a failed attempt": of("REFUND", "DID_FAIL_TO_RENEW", "DID_RENEW.recovered"),
    "a subscription that begins again": of("REFUND", "SUBSCRIBED.again"),
    "an upgrade": of("REFUND", "DID_CHANGE_RENEWAL_PREF.upgrade"),
    "a one-time purchase": of("REFUND.once", "ONE_TIME_CHARGE"),
  },
});
