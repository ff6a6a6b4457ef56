/**
 * Adyen's money: whole minor units. A capture tells the same money as its authorisation.
 */
import { ledger, recorded, type Sale } from "./ledger.ts";

const ITEM = "notificationItems.0.NotificationRequestItem";

const changed = (fixture: string, id: string, { currency }: Sale, minor: number) =>
  recorded(fixture, { [`${ITEM}.pspReference`]: id, [`${ITEM}.amount.value`]: minor, [`${ITEM}.amount.currency`]: currency });

const of = (...fixtures: readonly string[]) => ({
  currencies: ["EUR", "JPY", "KWD"],
  webhooks: (sale: Sale) => [
    ...fixtures.map((fixture) => changed(fixture, sale.id, sale, sale.minor)),
    ...sale.refunds.map((refund) => changed("REFUND", refund.id, sale, refund.minor)),
  ],
});

export default ledger({
  sales: {
    "a payment that is captured automatically": of("AUTHORISATION", "CAPTURE"),
    "a payment that is captured by hand": of("AUTHORISATION.manual", "CAPTURE.manual"),
  },
});
