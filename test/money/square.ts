/**
 * Square's money: payments and refunds, which Square sends at every change, and the invoices that payments are for.
 */
import { ledger, recorded, type Sale, type Webhook } from "./ledger.ts";

const PAYMENT = "data.object.payment";
const REFUND = "data.object.refund";

type Values = Readonly<Record<string, unknown>>;

/** A payment as it stands. A tip stands for the tax: it is a part of the total too. */
function payment(fixture: string, { id, currency, minor, tax }: Sale, status: string, more: Values = {}): Webhook {
  return recorded(fixture, {
    [`${PAYMENT}.id`]: `PAY${id}`,
    [`${PAYMENT}.status`]: status,
    [`${PAYMENT}.order_id`]: `ORD${id}`,
    [`${PAYMENT}.amount_money`]: { amount: minor - tax, currency },
    [`${PAYMENT}.tip_money`]: { amount: tax, currency },
    [`${PAYMENT}.total_money`]: { amount: minor, currency },
    ...more,
  });
}

/** Each refund is pending or completed at once; the completed payment is sent again, with all that was paid back. */
function refunds(fixture: string, sale: Sale, status = "PENDING"): readonly Webhook[] {
  return sale.refunds.flatMap(({ id, minor, after }) => {
    const refund = {
      [`${REFUND}.id`]: `PAY${sale.id}_${id}`,
      [`${REFUND}.payment_id`]: `PAY${sale.id}`,
      [`${REFUND}.amount_money`]: { amount: minor, currency: sale.currency },
    };
    return [
      recorded("refund.created", { ...refund, [`${REFUND}.status`]: status }),
      recorded("refund.updated", refund),
      payment(fixture, sale, "COMPLETED", { [`+${PAYMENT}.refunded_money`]: { amount: after, currency: sale.currency } }),
      recorded("refund.updated.partial", refund),
    ];
  });
}

const currencies = ["GBP", "JPY"];

export default ledger({
  sales: {
    "a payment by card": {
      currencies,
      webhooks: (sale) => [
        payment("payment.created", sale, "APPROVED"),
        payment("payment.updated", sale, "APPROVED"),
        payment("payment.updated", sale, "COMPLETED"),
        ...refunds("payment.updated", sale),
      ],
    },
    "a payment in cash, completed when it is made": {
      currencies,
      webhooks: (sale) => [
        payment("payment.created", sale, "COMPLETED"),
        payment("payment.updated", sale, "COMPLETED"),
        ...refunds("payment.updated", sale, "COMPLETED"),
      ],
    },
    "a sale whose first payment fails": {
      currencies,
      webhooks: (sale) => [
        payment("payment.updated.failed", { ...sale, id: `${sale.id}0` }, "FAILED"),
        payment("payment.created", sale, "APPROVED"),
        payment("payment.updated", sale, "COMPLETED"),
        ...refunds("payment.updated", sale),
      ],
    },
    "an invoice of a subscription, after a failed attempt": {
      currencies,
      webhooks: (sale) => [
        recorded("invoice.published", { "data.object.invoice.order_id": `ORD${sale.id}` }),
        recorded("invoice.scheduled_charge_failed", { "data.object.invoice.order_id": `ORD${sale.id}` }),
        payment("payment.updated.invoice", sale, "APPROVED"),
        payment("payment.updated.invoice", sale, "COMPLETED"),
        recorded("invoice.payment_made", { "data.object.invoice.order_id": `ORD${sale.id}` }),
        recorded("subscription.updated", {}),
        ...refunds("payment.updated.invoice", sale),
      ],
    },
  },
});
