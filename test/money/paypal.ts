/**
 * PayPal's money: captures of orders and sales of subscriptions, each with its refunds. An order or an invoice tells none.
 */
import { decimal, ledger, type Refund, recorded, type Sale, type Webhook } from "./ledger.ts";

const captureOf = ({ id }: Sale): string => `3C${id}HH908993F`;
const saleOf = ({ id }: Sale): string => `80${id}DE681814L`;

function amount(minor: number, { currency, digits }: Sale) {
  return { currency_code: currency, value: decimal(minor, digits) };
}

function amountOfSale(minor: number, { currency, digits }: Sale) {
  return { total: decimal(minor, digits), currency };
}

function order(fixture: string, sale: Sale): Webhook {
  return recorded(fixture, { "resource.purchase_units.0.amount": amount(sale.minor, sale) });
}

function captured(fixture: string, sale: Sale): Webhook {
  return recorded(fixture, { "resource.id": captureOf(sale), "resource.amount": amount(sale.minor, sale) });
}

/** One refund of a capture, by the seller or by PayPal. */
function returned(fixture: string, sale: Sale, { id, minor, after }: Refund): Webhook {
  return recorded(fixture, {
    "resource.id": `1JU${id}`,
    "resource.amount": amount(minor, sale),
    "resource.links.1.href": `https://api.paypal.com/v2/payments/captures/${captureOf(sale)}`,
    "+resource.seller_payable_breakdown": {
      gross_amount: amount(minor, sale),
      total_refunded_amount: amount(after, sale),
    },
  });
}

const refunds = (sale: Sale): readonly Webhook[] =>
  sale.refunds.map((refund) => returned("PAYMENT.CAPTURE.REFUNDED", sale, refund));

/** A payment in version 1 of the API. */
function sold(fixture: string, sale: Sale): Webhook {
  const { minor, tax, digits } = sale;
  const details = { subtotal: decimal(minor - tax, digits), tax: decimal(tax, digits) };
  return recorded(fixture, { "resource.id": saleOf(sale), "resource.amount": { ...amountOfSale(minor, sale), details } });
}

function refundsOfSale(sale: Sale): readonly Webhook[] {
  return sale.refunds.map(({ id, minor, after }) =>
    recorded("PAYMENT.SALE.REFUNDED", {
      "resource.id": `6YX${id}`,
      "resource.sale_id": saleOf(sale),
      "resource.amount": amountOfSale(minor, sale),
      "+resource.total_refunded_amount": { value: decimal(after, sale.digits), currency: sale.currency },
    }),
  );
}

/** A sale of which PayPal took back the whole. */
const reversalsOfSale = (sale: Sale): readonly Webhook[] =>
  sale.refunds.map(({ id, minor }) =>
    recorded("PAYMENT.SALE.REVERSED", {
      "resource.id": `6YX${id}`,
      "resource.sale_id": saleOf(sale),
      "resource.amount": amountOfSale(-minor, sale),
    }),
  );

/** An invoice with its payment, which is a capture or a sale. */
function invoice(sale: Sale, payment: string): Webhook {
  return recorded("INVOICING.INVOICE.PAID.linked", {
    "resource.invoice.amount": amount(sale.minor, sale),
    "resource.invoice.payments.transactions.0.payment_id": payment,
    "resource.invoice.payments.transactions.0.amount": amount(sale.minor, sale),
  });
}

export default ledger({
  sales: {
    "an order": {
      webhooks: (sale) => [
        order("CHECKOUT.ORDER.APPROVED", sale),
        order("CHECKOUT.ORDER.COMPLETED", sale),
        captured("PAYMENT.CAPTURE.COMPLETED", sale),
        ...refunds(sale),
      ],
    },
    "an order that is captured in a second attempt": {
      webhooks: (sale) => [
        order("CHECKOUT.ORDER.APPROVED", sale),
        captured("PAYMENT.CAPTURE.DENIED", { ...sale, id: `${sale.id}0` }),
        captured("PAYMENT.CAPTURE.COMPLETED", sale),
        order("CHECKOUT.ORDER.COMPLETED", sale),
        ...refunds(sale),
      ],
    },
    "an order whose buyer disputes, and gets back the whole": {
      refundsAll: true,
      webhooks: (sale) => [
        captured("PAYMENT.CAPTURE.COMPLETED", sale),
        recorded("CUSTOMER.DISPUTE.CREATED", { "resource.dispute_amount": amount(sale.minor, sale) }),
        recorded("CUSTOMER.DISPUTE.RESOLVED", { "resource.dispute_amount": amount(sale.minor, sale) }),
        ...sale.refunds.map((refund) => returned("PAYMENT.CAPTURE.REVERSED", sale, refund)),
      ],
    },
    "the first payment of a subscription": {
      webhooks: (sale) => [
        recorded("BILLING.SUBSCRIPTION.CREATED", {}),
        recorded("BILLING.SUBSCRIPTION.ACTIVATED", {}),
        sold("PAYMENT.SALE.COMPLETED", sale),
        ...refundsOfSale(sale),
      ],
    },
    "a later payment of a subscription, after a failed one": {
      webhooks: (sale) => [
        recorded("BILLING.SUBSCRIPTION.PAYMENT.FAILED", {
          "resource.billing_info.last_failed_payment.amount": amount(sale.minor, sale),
        }),
        recorded("PAYMENT.SALE.DENIED", { "resource.amount": amountOfSale(sale.minor, sale) }),
        sold("PAYMENT.SALE.COMPLETED.taxed", sale),
        ...refundsOfSale(sale),
      ],
    },
    "a payment of a subscription that PayPal takes back": {
      refundsAll: true,
      webhooks: (sale) => [sold("PAYMENT.SALE.COMPLETED", sale), ...reversalsOfSale(sale)],
    },
    "an order in version 1 of the API": {
      webhooks: (sale) => [sold("PAYMENT.SALE.COMPLETED.order", sale), ...refundsOfSale(sale)],
    },
    "an invoice that is paid by a capture": {
      webhooks: (sale) => [captured("PAYMENT.CAPTURE.COMPLETED.bare", sale), invoice(sale, captureOf(sale)), ...refunds(sale)],
    },
    "an invoice that is paid by a sale": {
      webhooks: (sale) => [sold("PAYMENT.SALE.COMPLETED.order", sale), invoice(sale, saleOf(sale)), ...refundsOfSale(sale)],
    },
  },
});
