/**
 * Types of events that become nothing, and why.
 */
import { ignoring } from "../../src/contract/adapter.ts";

/** Their handlers. */
export const IGNORED = {
  ...ignoring(
    "covered by customer.subscription.updated when it takes effect",
    `customer.subscription.pending_update_applied subscription_schedule.created subscription_schedule.updated
    subscription_schedule.expiring subscription_schedule.completed subscription_schedule.released subscription_schedule.canceled
    subscription_schedule.aborted`,
  ),
  ...ignoring("covered by invoice.paid", "invoice.payment_succeeded invoice_payment.paid"),
  ...ignoring(
    "relevant changes have their own events",
    "invoice.updated invoice.deleted invoiceitem.created invoiceitem.deleted",
  ),
  ...ignoring("covered by charge.refunded", "credit_note.created credit_note.updated credit_note.voided"),
  ...ignoring("a draft", "quote.created"),
  ...ignoring("covered by invoice.payment_failed or payment_intent.payment_failed", "charge.failed"),
  ...ignoring(
    "an intermediate step of a payment",
    `charge.pending charge.captured charge.expired charge.updated payment_intent.created payment_intent.processing
    payment_intent.requires_action payment_intent.amount_capturable_updated payment_intent.partially_funded
    payment_intent.canceled source.chargeable source.failed source.canceled cash_balance.funds_available
    customer_cash_balance_transaction.created`,
  ),
  ...ignoring("covered by charge.refunded and refund.failed", "refund.created refund.updated charge.refund.updated"),
  ...ignoring(
    "payment methods have their own events",
    `customer.source.created customer.source.updated customer.source.deleted setup_intent.created setup_intent.requires_action
    setup_intent.succeeded setup_intent.setup_failed setup_intent.canceled mandate.updated`,
  ),
  ...ignoring("a replaced coupon, not relevant to a customer", "customer.discount.updated"),
  ...ignoring(
    "for the company, not for the customer",
    `invoice.finalization_failed invoice.overpaid invoice.payment_attempt_required charge.dispute.updated
    charge.dispute.funds_withdrawn charge.dispute.funds_reinstated radar.early_fraud_warning.created
    radar.early_fraud_warning.updated review.opened review.closed customer.tax_id.created customer.tax_id.updated
    customer.tax_id.deleted billing.credit_grant.updated billing.credit_balance_transaction.created
    billing_portal.session.created`,
  ),
  ...ignoring("a draft, an hour before every renewal", "invoice.created"),
};
