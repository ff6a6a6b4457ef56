/**
 * Chargebee's money: payments, each a transaction, and refunds, which are transactions too.
 */
import { ledger, recorded, type Sale, type Webhook } from "./ledger.ts";

function paid({ id, currency, minor, tax }: Sale): Webhook {
  return recorded("payment_succeeded", {
    "content.transaction.id": `txn_${id}`,
    "content.transaction.amount": minor,
    "content.transaction.currency_code": currency,
    "content.invoice.id": id,
    "content.invoice.currency_code": currency,
    "content.invoice.total": minor,
    "content.invoice.amount_paid": minor,
    "content.invoice.tax": tax,
  });
}

function failed({ id, currency, minor }: Sale): Webhook {
  return recorded("payment_failed", {
    "content.transaction.id": `txn_${id}0`,
    "content.transaction.amount": minor,
    "content.transaction.currency_code": currency,
    "content.invoice.currency_code": currency,
  });
}

function refunds({ id, currency, refunds: all }: Sale): readonly Webhook[] {
  return all.map((refund) =>
    recorded("payment_refunded", {
      "content.transaction.id": `txn_${refund.id}`,
      "content.transaction.amount": refund.minor,
      "content.transaction.currency_code": currency,
      "content.credit_note.reference_invoice_id": id,
      "content.credit_note.total": refund.minor,
    }),
  );
}

export default ledger({
  sales: {
    "the first payment of a subscription": {
      webhooks: (sale) => [
        recorded("subscription_created", {}),
        recorded("invoice_generated", {}),
        paid(sale),
        recorded("invoice_updated", {}),
        ...refunds(sale),
      ],
    },
    "a renewal after a failed attempt": {
      webhooks: (sale) => [
        recorded("subscription_renewed", {}),
        failed(sale),
        recorded("payment_due_reminder", {}),
        paid(sale),
        ...refunds(sale),
      ],
    },
  },
});
