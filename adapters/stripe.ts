/**
 * Stripe: customers, Checkout, subscriptions, invoices, refunds and disputes.
 *
 * Payment Succeeded carries the money of every invoice, Order Completed that of a payment without one.
 * What is about the company alone (accounts, the catalogue, payouts, issued cards), or too private to write about (identity checks,
 * linked bank accounts), has no handler.
 *
 * @see https://docs.stripe.com/api/events/types
 */
import * as z from "zod";
import { defineAdapter, deleted, identify, off, on } from "../src/contract/adapter.ts";
import { hmac, keyed } from "../src/contract/verify.ts";
import {
  contactCreated,
  couponApplied,
  couponRemoved,
  invoiceCreated,
  invoiceDueSoon,
  invoiceOverdue,
  invoiceSent,
  invoiceVoided,
  paymentActionRequired,
  paymentMethodAdded,
  paymentMethodRemoved,
  paymentMethodUpdated,
  subscriptionResumed,
  trialEnding,
} from "../src/vocabulary/adapter.ts";
import { entitled, entitlementSummary, onCreditGrant, onDiscount, usageAlert, usageReached } from "./stripe/benefits.ts";
import { completed, expired, failedLater, paidLater } from "./stripe/checkout.ts";
import { lookup, onCustomer, pull } from "./stripe/customers.ts";
import { connect, event, eventOf } from "./stripe/events.ts";
import { IGNORED } from "./stripe/ignored.ts";
import { invoice } from "./stripe/invoice.ts";
import { failed, onInvoice, onUncollectible, paid, upcoming } from "./stripe/invoices.ts";
import { onIntentFailed, onIntentSucceeded } from "./stripe/payment-intents.ts";
import { expiring, onPaymentMethod, source } from "./stripe/payment-methods.ts";
import { charge, onCharged, onDisputeClosed, onDisputeOpened, refund, refunded, refundReturned } from "./stripe/payments.ts";
import { onQuote } from "./stripe/quotes.ts";
import { session } from "./stripe/sessions.ts";
import { changedSubscription } from "./stripe/subscription.ts";
import { changesOf } from "./stripe/subscription-changes.ts";
import { onChangeExpired, onCreated, onEnded, onPaused, onSubscription } from "./stripe/subscription-events.ts";

export default defineAdapter({
  id: "stripe",
  name: "Stripe",
  givesUp: { hours: 72 },
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
  options: z.strictObject({ connect }),
  webhook: z.object({ body: event }),
  states: ["subscription"],
  events: ({ body }, _arrival, options) => [eventOf(body, options.connect)],
  handlers: {
    "customer.created": onCustomer((who, traits) => [identify(who, traits), contactCreated(who, {})]),
    "customer.updated": onCustomer(identify),
    "customer.deleted": onCustomer((who) => deleted(who, "Contact Deleted")),

    "checkout.session.completed": on(session, completed),
    "checkout.session.async_payment_succeeded": on(session, paidLater),
    "checkout.session.async_payment_failed": on(session, failedLater),
    "checkout.session.expired": on(session, expired),

    "customer.subscription.created": onCreated,
    "customer.subscription.updated": on(changedSubscription, changesOf),
    "customer.subscription.trial_will_end": onSubscription(trialEnding),
    "customer.subscription.paused": onPaused,
    "customer.subscription.resumed": onSubscription(subscriptionResumed),
    "customer.subscription.deleted": onEnded,
    "customer.subscription.pending_update_expired": onChangeExpired,

    "invoice.finalized": off("one for every renewal, usually paid at once", onInvoice(invoiceCreated)),
    "invoice.sent": onInvoice(invoiceSent),
    "invoice.upcoming": on(invoice, upcoming),
    "invoice.will_be_due": onInvoice(invoiceDueSoon),
    "invoice.overdue": onInvoice(invoiceOverdue),
    "invoice.paid": on(invoice, paid),
    "invoice.payment_failed": on(invoice, failed),
    "invoice.payment_action_required": onInvoice(paymentActionRequired),
    "invoice.voided": onInvoice(invoiceVoided),
    "invoice.marked_uncollectible": onUncollectible,
    "quote.finalized": onQuote("Quote Finalized"),
    "quote.accepted": onQuote("Quote Accepted"),
    "quote.canceled": onQuote("Quote Cancelled"),

    // For payments without both: nothing in one says that a Checkout made it, or, since API version 2025-03-31, an invoice.
    "payment_intent.succeeded": off("Checkout and invoices have their own events", onIntentSucceeded),
    "payment_intent.payment_failed": off("Checkout and invoices have their own events", onIntentFailed),
    "charge.succeeded": onCharged,
    "charge.refunded": on(charge, refunded),
    "refund.failed": on(refund, refundReturned),
    "charge.dispute.created": onDisputeOpened,
    "charge.dispute.closed": onDisputeClosed,

    "payment_method.attached": onPaymentMethod(paymentMethodAdded),
    "payment_method.updated": onPaymentMethod(paymentMethodUpdated),
    "payment_method.automatically_updated": onPaymentMethod(paymentMethodUpdated),
    "payment_method.card_automatically_updated": onPaymentMethod(paymentMethodUpdated),
    "payment_method.detached": onPaymentMethod(paymentMethodRemoved),
    "customer.source.expiring": on(source, expiring),

    "customer.discount.created": onDiscount(couponApplied),
    "customer.discount.deleted": onDiscount(couponRemoved),
    "entitlements.active_entitlement_summary.updated": on(entitlementSummary, entitled),
    "billing.alert.triggered": on(usageAlert, usageReached),
    "billing.credit_grant.created": onCreditGrant,
    ...IGNORED,
  },
  lookup,
  pull,
});
