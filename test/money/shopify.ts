/**
 * Shopify's money: orders, and refunds by their transactions.
 */
import { decimal, ledger, recorded, type Sale, type Webhook } from "./ledger.ts";

function order(fixture: string, { id, currency, digits, minor, tax }: Sale): Webhook {
  return recorded(fixture, {
    id: Number(id),
    currency,
    presentment_currency: currency,
    total_price: decimal(minor, digits),
    total_price_set: null,
    subtotal_price: decimal(minor - tax, digits),
    total_tax: decimal(tax, digits),
    taxes_included: false,
    total_discounts: "0",
    shipping_lines: [],
    total_shipping_price_set: null,
  });
}

function refunds({ id, currency, digits, refunds: all }: Sale): readonly Webhook[] {
  return all.map((refund) =>
    recorded("refunds_create", {
      id: Number(refund.id),
      order_id: Number(id),
      refund_line_items: [],
      order_adjustments: [],
      total_duties_set: null,
      transactions: [{ kind: "refund", status: "success", amount: decimal(refund.minor, digits), currency }],
    }),
  );
}

export default ledger({
  sales: {
    "an order that is paid at once": {
      webhooks: (sale) => [
        recorded("checkouts_create", {}),
        order("orders_create", sale),
        order("orders_paid", sale),
        order("orders_updated", sale),
        order("orders_fulfilled", sale),
        ...refunds(sale),
      ],
    },
    "an order that is cancelled and paid back": {
      refundsAll: true,
      webhooks: (sale) => [order("orders_create", sale), order("orders_cancelled", sale), ...refunds(sale)],
    },
  },
});
