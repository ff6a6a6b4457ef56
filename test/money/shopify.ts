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
    current_total_price: decimal(minor, digits),
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

/**
 * The order as `orders/paid` tells it again after an edit: it was placed for less, and what the edit added was paid later. Money that went back
 * meanwhile is no longer part of what it is worth.
 */
function edited(fixture: string, sale: Sale, worth: number, back: Sale["refunds"] = []): Webhook {
  const { digits, currency } = sale;
  const returned = back.at(-1)?.after ?? 0;
  const { change } = order(fixture, sale);
  return recorded(fixture, {
    ...change,
    current_total_price: decimal(worth - returned, digits),
    total_outstanding: decimal(0, digits),
    refunds: back.map((refund) => ({
      id: Number(refund.id),
      transactions: [{ kind: "refund", status: "success", amount: decimal(refund.minor, digits), currency }],
    })),
  });
}

/** What was placed of a sale that an edit made dearer. */
function placed(sale: Sale): Sale {
  const minor = Math.ceil(sale.minor / 3);
  return { ...sale, minor, tax: Math.min(sale.tax, minor) };
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
    "an order that is edited after it was paid, then paid again and paid back": {
      times: 2,
      webhooks: (sale) => [
        order("orders_create", placed(sale)),
        order("orders_paid", placed(sale)),
        recorded("orders_edited", {}),
        edited("orders_updated", placed(sale), sale.minor),
        edited("orders_paid", placed(sale), sale.minor),
        ...refunds(sale),
      ],
    },
    "an order that is paid back, then edited and paid again": {
      times: 2,
      webhooks: (sale) => [
        order("orders_create", placed(sale)),
        ...refunds(sale),
        edited("orders_paid", placed(sale), sale.minor, sale.refunds),
      ],
    },
    "an order that counts when it is paid, edited before and after": {
      times: 2,
      webhooks: (sale) => [
        order("orders_create.unpaid_sale", placed(sale)),
        edited("orders_paid.sale", placed(sale), placed(sale).minor + 1),
        edited("orders_paid.sale", placed(sale), sale.minor),
        ...refunds(sale),
      ],
    },
    "an order that is cancelled and paid back": {
      refundsAll: true,
      webhooks: (sale) => [order("orders_create", sale), order("orders_cancelled", sale), ...refunds(sale)],
    },
  },
});
