/**
 * Recharge's money: decimal texts. Of refunds it tells the sum so far.
 */
import { decimal, ledger, recorded, type Sale } from "./ledger.ts";

function changes({ id, currency, digits, minor, tax }: Sale) {
  return {
    "charge.id": id,
    "charge.currency": currency,
    "charge.total_price": decimal(minor, digits),
    "charge.subtotal_price": decimal(minor - tax, digits),
    "charge.total_tax": decimal(tax, digits),
    "charge.shipping_lines": [],
  };
}

const of = (fixture: string) => ({
  webhooks: (sale: Sale) => [
    recorded(fixture, changes(sale)),
    ...sale.refunds.map(({ after }) =>
      recorded(after === sale.minor ? "charge_refunded" : "charge_refunded.partly", {
        ...changes(sale),
        "charge.total_refunds": decimal(after, sale.digits),
      }),
    ),
  ],
});

export default ledger({
  sales: { "a recurring charge": of("charge_paid"), "a checkout": of("charge_paid.checkout") },
});
