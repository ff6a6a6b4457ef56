/**
 * Stripe: customers, Checkout, subscriptions, invoices, refunds and disputes.
 *
 * One event carries the `total` of a sale: Order Completed for a Checkout payment, Invoice Paid for an invoice.
 * What is about the company alone (accounts, the catalogue, payouts, issued cards), or too private to write about (identity checks,
 * linked bank accounts), has no handler.
 *
 * @see https://docs.stripe.com/api/events/types
 */
import * as z from "zod";
import { defineAdapter, deleted, identify, ignoring, off, on, track } from "../src/contract/adapter.ts";
import { hmac, keyed } from "../src/contract/verify.ts";
import { entitled, entitlementSummary, onCreditGrant, onDiscount, usageAlert, usageReached } from "./stripe/benefits.ts";
import { completed, expired, failedLater, paidLater, session } from "./stripe/checkout.ts";
import { customerEmail, lookup, onCustomer, pull } from "./stripe/customers.ts";
import { connect, event, eventOf } from "./stripe/events.ts";
import { invoice, onInvoice, onQuote, paid, upcoming } from "./stripe/invoices.ts";
import { expiring, onPaymentMethod, source } from "./stripe/payment-methods.ts";
import { charge, failed, onDispute, paymentIntent, refund, refunded, refundFailed, succeeded } from "./stripe/payments.ts";
import { changesOf } from "./stripe/subscription-changes.ts";
import { changedSubscription, newSubscription, onSubscription, started } from "./stripe/subscriptions.ts";

export default defineAdapter({
  id: "stripe",
  name: "Stripe",
  secret: {
    format: /^whsec_\w{16,}$/,
    hint: "Signing secret of the webhook endpoint, or the one printed by `stripe listen`; an endpoint for connected accounts has its own",
    demo: "whsec_tributary_demo_stripe_0000",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "stripe-signature",
    encoding: "hex",
    covers: "body",
    layout: keyed({ timestamp: "t", signature: "v1" }),
    message: ({ timestamp, body }) => [timestamp, ".", body],
    tolerance: 300,
  }),
  options: z.strictObject({ connect, customer_email: customerEmail }),
  webhook: z.object({ body: event }),
  events: ({ body }, _arrival, options) => [eventOf(body, options.connect)],
  handlers: {
    "customer.created": onCustomer((who, traits) => [identify(who, traits), track(who, "Customer Created")]),
    "customer.updated": onCustomer(identify),
    "customer.deleted": onCustomer((who) => deleted(who, "Customer Deleted")),

    "checkout.session.completed": on(session, completed),
    "checkout.session.async_payment_succeeded": on(session, paidLater),
    "checkout.session.async_payment_failed": on(session, failedLater),
    "checkout.session.expired": on(session, expired),

    "customer.subscription.created": on(newSubscription, started),
    "customer.subscription.updated": on(changedSubscription, changesOf),
    "customer.subscription.trial_will_end": onSubscription("Trial Ending"),
    "customer.subscription.paused": onSubscription("Subscription Paused"),
    "customer.subscription.resumed": onSubscription("Subscription Resumed"),
    "customer.subscription.deleted": onSubscription("Subscription Expired"),
    "customer.subscription.pending_update_expired": onSubscription("Plan Change Expired"),
    ...ignoring(
      "covered by customer.subscription.updated when it takes effect",
      `customer.subscription.pending_update_applied subscription_schedule.created subscription_schedule.updated
      subscription_schedule.expiring subscription_schedule.completed subscription_schedule.released subscription_schedule.canceled
      subscription_schedule.aborted`,
    ),

    "invoice.created": off("a draft, an hour before every renewal", onInvoice("Invoice Created")),
    "invoice.finalized": off("one for every renewal, usually paid at once", onInvoice("Invoice Finalized")),
    "invoice.sent": onInvoice("Invoice Sent"),
    "invoice.upcoming": on(invoice, upcoming),
    "invoice.will_be_due": onInvoice("Invoice Due Soon"),
    "invoice.overdue": onInvoice("Invoice Overdue"),
    "invoice.paid": on(invoice, paid),
    "invoice.payment_failed": onInvoice("Payment Failed"),
    "invoice.payment_action_required": onInvoice("Payment Action Required"),
    "invoice.voided": onInvoice("Invoice Voided"),
    "invoice.marked_uncollectible": onInvoice("Invoice Marked Uncollectible"),
    ...ignoring("covered by invoice.paid", "invoice.payment_succeeded invoice_payment.paid"),
    ...ignoring(
      "relevant changes have their own events",
      "invoice.updated invoice.deleted invoiceitem.created invoiceitem.deleted",
    ),
    ...ignoring("covered by charge.refunded", "credit_note.created credit_note.updated credit_note.voided"),
    "quote.finalized": onQuote("Quote Finalized"),
    "quote.accepted": onQuote("Quote Accepted"),
    "quote.canceled": onQuote("Quote Cancelled"),
    ...ignoring("a draft", "quote.created"),

    // For payments without both: nothing in one says that a Checkout made it, or, since API version 2025-03-31, an invoice.
    "payment_intent.succeeded": off("Checkout and invoices have their own events", on(paymentIntent, succeeded)),
    "payment_intent.payment_failed": off("Checkout and invoices have their own events", on(paymentIntent, failed)),
    ...ignoring("covered by checkout.session.completed, invoice.paid or payment_intent.succeeded", "charge.succeeded"),
    ...ignoring("covered by invoice.payment_failed or payment_intent.payment_failed", "charge.failed"),
    ...ignoring(
      "an intermediate step of a payment",
      `charge.pending charge.captured charge.expired charge.updated payment_intent.created payment_intent.processing
      payment_intent.requires_action payment_intent.amount_capturable_updated payment_intent.partially_funded
      payment_intent.canceled source.chargeable source.failed source.canceled cash_balance.funds_available
      customer_cash_balance_transaction.created`,
    ),
    "charge.refunded": on(charge, refunded),
    "refund.failed": on(refund, refundFailed),
    ...ignoring("covered by charge.refunded and refund.failed", "refund.created refund.updated charge.refund.updated"),
    "charge.dispute.created": onDispute("Dispute Opened"),
    "charge.dispute.closed": onDispute("Dispute Closed"),

    "payment_method.attached": onPaymentMethod("Payment Method Added"),
    "payment_method.updated": onPaymentMethod("Payment Method Updated"),
    "payment_method.automatically_updated": onPaymentMethod("Payment Method Updated"),
    "payment_method.card_automatically_updated": onPaymentMethod("Payment Method Updated"),
    "payment_method.detached": onPaymentMethod("Payment Method Removed"),
    "customer.source.expiring": on(source, expiring),
    ...ignoring(
      "payment methods have their own events",
      `customer.source.created customer.source.updated customer.source.deleted setup_intent.created setup_intent.requires_action
      setup_intent.succeeded setup_intent.setup_failed setup_intent.canceled mandate.updated`,
    ),

    "customer.discount.created": onDiscount("Coupon Applied"),
    "customer.discount.deleted": onDiscount("Coupon Removed"),
    ...ignoring("a replaced coupon, not relevant to a customer", "customer.discount.updated"),
    "entitlements.active_entitlement_summary.updated": on(entitlementSummary, entitled),
    "billing.alert.triggered": on(usageAlert, usageReached),
    "billing.credit_grant.created": onCreditGrant("Credit Granted"),
    ...ignoring(
      "for the company, not for the customer",
      `invoice.finalization_failed invoice.overpaid invoice.payment_attempt_required charge.dispute.updated
      charge.dispute.funds_withdrawn charge.dispute.funds_reinstated radar.early_fraud_warning.created
      radar.early_fraud_warning.updated review.opened review.closed customer.tax_id.created customer.tax_id.updated
      customer.tax_id.deleted billing.credit_grant.updated billing.credit_balance_transaction.created
      billing_portal.session.created`,
    ),
  },
  lookup,
  pull,
});
