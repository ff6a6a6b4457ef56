/**
 * Razorpay's money: whole minor units. Of a sale it sends the payment, its order and, where there is one, its invoice.
 */
import { ledger, recorded, type Sale } from "./ledger.ts";

const payment = ({ id, currency, minor }: Sale) => ({
  "payload.payment.entity.id": `pay_${id}`,
  "payload.payment.entity.currency": currency,
  "payload.payment.entity.amount": minor,
});

const refunds = (fixture: string, sale: Sale) =>
  sale.refunds.map((refund) =>
    recorded(fixture, {
      ...payment(sale),
      "payload.payment.entity.amount_refunded": refund.after,
      "payload.refund.entity.id": `rfnd_${refund.id}`,
      "payload.refund.entity.currency": sale.currency,
      "payload.refund.entity.amount": refund.minor,
    }),
  );

const currencies = ["INR", "JPY", "KWD"];

export default ledger({
  sales: {
    "a payment": {
      currencies,
      webhooks: (sale) => [
        recorded("payment.captured", payment(sale)),
        recorded("order.paid", payment(sale)),
        ...refunds("refund.processed", sale),
      ],
    },
    "the charge of a subscription": {
      currencies,
      webhooks: (sale) => [
        recorded("payment.captured.invoice", payment(sale)),
        recorded("subscription.charged", payment(sale)),
        ...refunds("refund.processed.invoice", sale),
      ],
    },
  },
});
