/**
 * WooCommerce's money: orders, sent whole at every change, with all their refunds so far in them.
 */
import { decimal, ledger, recorded, type Sale, type Webhook } from "./ledger.ts";

type Values = Readonly<Record<string, unknown>>;

/** An order; half of what is not tax is shipping. */
function order(fixture: string, { id, currency, digits, minor, tax }: Sale, more: Values = {}): Webhook {
  return recorded(fixture, {
    id: Number(id),
    currency,
    total: decimal(minor, digits),
    total_tax: decimal(tax, digits),
    shipping_total: decimal(Math.floor((minor - tax) / 2), digits),
    discount_total: "0",
    ...more,
  });
}

/** The order after each of its refunds, the newest refund first. */
function refunds(fixture: string, sale: Sale): readonly Webhook[] {
  const made = sale.refunds.map(({ id, minor }) => ({ id: Number(id), reason: "", total: decimal(-minor, sale.digits) }));
  return sale.refunds.map(({ isFull }, index) =>
    order(fixture, sale, {
      ...(isFull ? { status: "refunded" } : {}),
      date_modified_gmt: `2026-12-2${index + 4}T08:00:00`,
      refunds: made.slice(0, index + 1).toReversed(),
    }),
  );
}

/** The same amounts, to be written with two digits more. */
function inHundredths(sale: Sale): Sale {
  const refunds = sale.refunds.map((refund) => ({ ...refund, minor: refund.minor * 100 }));
  return { ...sale, digits: sale.digits + 2, minor: sale.minor * 100, tax: sale.tax * 100, refunds };
}

const unpaid = { date_paid_gmt: null, date_completed_gmt: null };
const currencies = ["EUR", "JPY", "KWD"];

export default ledger({
  sales: {
    "an order that is paid at once, and shipped": {
      currencies,
      webhooks: (sale) => [
        order("order.created", sale),
        order("order.updated.shipped", sale),
        order("order.updated", sale),
        ...refunds("order.updated", sale),
      ],
    },
    "an order in a shop that writes two digits where its currency has none": {
      currencies: ["JPY"],
      webhooks: (sale) => {
        const written = inHundredths(sale);
        return [order("order.created", written), ...refunds("order.updated", written)];
      },
    },
    "an order that is paid in a second attempt": {
      currencies,
      webhooks: (sale) => [
        order("order.created.pending", sale),
        order("order.updated.failed", sale),
        order("order.created", sale, { status: "processing" }),
        ...refunds("order.updated.partly_refunded", sale),
      ],
    },
    "an order that waits for a bank transfer": {
      webhooks: (sale) => [
        order("order.created", sale, { status: "on-hold", ...unpaid }),
        order("order.updated.own_status", sale),
        ...refunds("order.updated.partly_refunded", sale),
      ],
    },
    "an order that is cancelled after it was paid": {
      webhooks: (sale) => [
        order("order.created", sale),
        order("order.updated.cancelled", sale, { date_paid_gmt: "2026-11-20T08:00:30" }),
        ...refunds("order.updated.partly_refunded", sale),
      ],
    },
    "the first order of a subscription": {
      webhooks: (sale) => [
        order("order.created", sale),
        recorded("subscription.created", { parent_id: Number(sale.id) }),
        ...refunds("order.updated.partly_refunded", sale),
        recorded("subscription.updated", {}),
      ],
    },
    "a renewal after a failed attempt": {
      currencies,
      webhooks: (sale) => [
        recorded("subscription.updated.on-hold", {}),
        order("order.updated.renewal_failed", sale),
        order("order.created.renewal", sale),
        recorded("subscription.updated", {}),
        ...refunds("order.updated.renewal_refunded", sale),
      ],
    },
  },
});
