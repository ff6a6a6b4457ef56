/**
 * Stripe's money: Checkout, invoices and refunds. A refund is told by its charge, whatever was charged.
 */
import { ledger, recorded, type Sale, type Webhook } from "./ledger.ts";

/** One charge.refunded for each refund, beside the events of the refund itself. */
function refunds({ id, currency, minor, refunds: all }: Sale): readonly Webhook[] {
  return all.flatMap((refund) => [
    recorded("charge.refunded", {
      "data.object.id": `ch_${id}`,
      "data.object.payment_intent": `pi_${id}`,
      "data.object.currency": currency.toLowerCase(),
      "data.object.amount": minor,
      "data.object.amount_captured": minor,
      "data.object.amount_refunded": refund.after,
      "data.object.refunded": refund.isFull,
      "data.previous_attributes.amount_refunded": refund.before,
    }),
    recorded("refund.created", {
      "data.object.amount": refund.minor,
      "data.object.currency": currency.toLowerCase(),
      "data.object.payment_intent": `pi_${id}`,
    }),
  ]);
}

function checkout(fixture: string, { id, currency, minor, tax }: Sale, more: Readonly<Record<string, unknown>> = {}): Webhook {
  return recorded(fixture, {
    "data.object.id": `cs_${id}`,
    "data.object.currency": currency.toLowerCase(),
    "data.object.amount_subtotal": minor - tax,
    "data.object.amount_total": minor,
    "data.object.total_details": { amount_discount: 0, amount_shipping: 0, amount_tax: tax },
    ...more,
  });
}

function invoicePaid(fixture: string, { id, currency, minor, tax }: Sale): Webhook {
  return recorded(fixture, {
    "data.object.id": `in_${id}`,
    "data.object.currency": currency.toLowerCase(),
    "data.object.amount_due": minor,
    "data.object.amount_paid": minor,
    "data.object.total_excluding_tax": minor - tax,
    "data.object.total_taxes": [{ amount: tax }],
  });
}

const intentSucceeded = ({ id, currency, minor }: Sale): Webhook =>
  recorded("payment_intent.succeeded", {
    "data.object.id": `pi_${id}`,
    "data.object.currency": currency.toLowerCase(),
    "data.object.amount": minor,
    "data.object.amount_received": minor,
  });

export default ledger({
  sales: {
    "a payment by Checkout": {
      webhooks: (sale) => [
        checkout("checkout.session.completed", sale, { "data.object.payment_intent": `pi_${sale.id}` }),
        intentSucceeded(sale),
        ...refunds(sale),
      ],
    },
    "a payment by Checkout that takes days": {
      webhooks: (sale) => [
        checkout("checkout.session.completed", sale, {
          "data.object.payment_intent": `pi_${sale.id}`,
          "data.object.payment_status": "unpaid",
        }),
        checkout("checkout.session.async_payment_succeeded", sale),
        intentSucceeded(sale),
        ...refunds(sale),
      ],
    },
    "a payment by Checkout with an invoice": {
      webhooks: (sale) => [
        checkout("checkout.session.completed", sale, { "data.object.invoice": `in_${sale.id}` }),
        invoicePaid("invoice.paid", sale),
        intentSucceeded(sale),
        ...refunds(sale),
      ],
    },
    "a subscription by Checkout": {
      webhooks: (sale) => [
        checkout("checkout.session.completed.subscription", sale, { "data.object.invoice": `in_${sale.id}` }),
        recorded("customer.subscription.created", {}),
        invoicePaid("invoice.paid", sale),
        intentSucceeded(sale),
        ...refunds(sale),
      ],
    },
    "a renewal after a failed attempt": {
      webhooks: (sale) => [
        recorded("customer.subscription.updated.renewed", {}),
        recorded("invoice.payment_failed", {
          "data.object.id": `in_${sale.id}`,
          "data.object.amount_due": sale.minor,
          "data.object.currency": sale.currency.toLowerCase(),
        }),
        recorded("customer.subscription.updated.past_due", {}),
        invoicePaid("invoice.paid", sale),
        recorded("customer.subscription.updated.recovered", {}),
        ...refunds(sale),
      ],
    },
  },
});
