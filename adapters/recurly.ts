/**
 * Recurly: accounts, subscriptions, payments and invoices, from JSON endpoints: what XML endpoints send is not signed.
 *
 * A JSON notification holds only the type and ids: the account of a subscription or payment has to be looked up
 * with an API key. The older notifications, which have the whole objects under their name (`new_subscription_notification`), are read too.
 * Only `payment.succeeded` carries the `total` of a sale.
 *
 * @see https://docs.recurly.com/recurly-subscriptions/docs/webhook-payloads-json-vs-xml
 */
import * as z from "zod";
import { defineAdapter, ignore, ignoring, off, on } from "../src/contract/adapter.ts";
import { hmac, positional } from "../src/contract/verify.ts";
import {
  contactCreated,
  invoiceCreated,
  invoiceOverdue,
  ownEvents,
  paymentMethodUpdated,
  subscriptionPaused,
  subscriptionReactivated,
  subscriptionResumed,
  trialEnding,
} from "../src/vocabulary/adapter.ts";
import { lookup, options } from "./recurly/lookup.ts";
import { customOf, identified, notification, ownerOf, webhookBody } from "./recurly/notifications.ts";
import {
  onFailed,
  onInvoice,
  onInvoiceFailed,
  onInvoicePaid,
  onPaid,
  onRefunded,
  onReminder,
  onVoided,
} from "./recurly/payments.ts";
import type { RECURLY } from "./recurly/plan.schema.ts";
import {
  cancelledLater,
  changedSomehow,
  onCardExpiring,
  onCreated,
  onExpired,
  onLowBalance,
  onMandateEnded,
  onPriceChange,
  onRenewalUpcoming,
  onRenewed,
  onSubscription,
} from "./recurly/subscriptions.ts";

const own = ownEvents<typeof RECURLY>();

export default defineAdapter({
  id: "recurly",
  name: "Recurly",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Secret key of the webhook endpoint (64 hex digits)",
    demo: "tributary_demo_recurly_0123456789abcdef",
  },
  // @see https://docs.recurly.com/recurly-subscriptions/docs/signature-verification
  verify: hmac({
    hash: "SHA-256",
    header: "recurly-signature",
    encoding: "hex",
    covers: "body",
    layout: positional(),
    message: ({ timestamp, body }) => [timestamp, ".", body],
    unit: "milliseconds",
    tolerance: 300,
  }),
  options,
  webhook: z.object({ body: webhookBody }),
  states: ["subscription"],
  events: ({ body }, { bodyHash, receivedAt }) => [
    { ...body, id: `${body.type}:${bodyHash}`, occurredAt: body.occurredAt ?? receivedAt },
  ],
  handlers: {
    "account.created": on(notification, (n) => [...identified(n), contactCreated(ownerOf(n), {}, customOf(n))]),
    "account.updated": on(notification, (n) => (n.account ? identified(n) : ignore("does not say what changed"))),
    "account.closed": on(notification, (n) => own("Account Closed")(ownerOf(n), {}, customOf(n))),
    "billing_info.updated": on(notification, (n) => paymentMethodUpdated(ownerOf(n), {}, customOf(n))),
    "billing_info.update_failed": on(notification, (n) => own("Payment Method Update Failed")(ownerOf(n), {}, customOf(n))),

    // @see https://docs.recurly.com/recurly-subscriptions/docs/subscription-notifications
    "subscription.created": onCreated,
    "subscription.updated": onSubscription(null, changedSomehow),
    "subscription.renewed": onRenewed,
    "subscription.paused": onSubscription("paused", subscriptionPaused),
    "subscription.resumed": onSubscription("active", subscriptionResumed),
    "subscription.canceled": onSubscription("cancelled", cancelledLater),
    "subscription.reactivated": onSubscription("active", subscriptionReactivated),
    "subscription.expired": onExpired,
    "subscription.renewal.scheduled": onRenewalUpcoming,
    "subscription.renewal.subscription_trial_expiring": onSubscription("trialing", trialEnding),
    "subscription.renewal.cc_will_expire": onCardExpiring,
    "subscription.renewal.ramp_price_will_change": onPriceChange,
    "subscription.mandate.inactive": onMandateEnded,
    "subscription.low_balance": onLowBalance,
    ...ignoring(
      "covered by subscription.renewal.scheduled",
      `subscription.renewal.bill_date_reminder subscription.renewal.term_renewal_reminder
      subscription.renewal.six_month_subscription_reminder subscription.renewal.annual_subscription_reminder
      subscription.renewal.mastercard_subscription_will_renew subscription.renewal.sepa_subscription_will_renew
      subscription.renewal.bacs_subscription_will_renew`,
    ),
    ...ignoring(
      "scheduled, not done; the result has its own event",
      `subscription.pause.scheduled subscription.pause.modified subscription.pause.canceled subscription.pending_change.scheduled`,
    ),
    ...ignoring("paused: nothing was renewed", "subscription.renewal.skipped"),

    "payment.succeeded": onPaid,
    "payment.failed": onFailed,
    "payment.refunded": onRefunded,
    "payment.voided": onVoided,
    ...ignoring(
      "an intermediate step of a payment",
      `payment.scheduled payment.processing payment.authorized payment.transaction_status_updated`,
    ),

    "charge_invoice.created": off("one for every renewal, usually paid at once", onInvoice(invoiceCreated)),
    "charge_invoice.past_due": onInvoice(invoiceOverdue),
    "charge_invoice.paid": onInvoicePaid,
    "charge_invoice.failed": onInvoiceFailed,
    "dunning_event.created": onReminder,
    ...ignoring(
      "relevant changes have their own events",
      "charge_invoice.updated charge_invoice.processing charge_invoice.reopened",
    ),
    ...ignoring("not done by a customer", "shipping_address.created shipping_address.updated shipping_address.deleted"),
  },
  lookup,
});
