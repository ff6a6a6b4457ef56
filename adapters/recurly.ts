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
import { defineAdapter, ignore, ignoring, off, on, track } from "../src/contract/adapter.ts";
import { hmac, positional } from "../src/contract/verify.ts";
import { identifyFound, pathOf } from "./recurly/accounts.ts";
import { identified, notification, ownerOf, webhookBody } from "./recurly/notifications.ts";
import { onInvoice, onPayment } from "./recurly/payments.ts";
import { aboutNewSubscription, onSubscription, started } from "./recurly/subscriptions.ts";

const options = z.strictObject({
  api_host: z
    .enum(["v3.recurly.com", "v3.eu.recurly.com"])
    .default("v3.recurly.com")
    .describe("API host for look-ups: `v3.recurly.com`, or `v3.eu.recurly.com` for sites in the EU"),
});

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
  events: ({ body }, { bodyHash, receivedAt }) => [
    { ...body, id: `${body.type}:${bodyHash}`, occurredAt: body.occurredAt ?? receivedAt },
  ],
  handlers: {
    "account.created": on(notification, (n) => [...identified(n), track(ownerOf(n), "Customer Created")]),
    "account.updated": on(notification, (n) => (n.account ? identified(n) : ignore("does not say what changed"))),
    "account.closed": on(notification, (n) => track(ownerOf(n), "Account Closed")),
    "billing_info.updated": on(notification, (n) => track(ownerOf(n), "Payment Method Updated")),
    "billing_info.update_failed": on(notification, (n) => track(ownerOf(n), "Payment Method Update Failed")),

    // @see https://docs.recurly.com/recurly-subscriptions/docs/subscription-notifications
    "subscription.created": on(aboutNewSubscription, started),
    "subscription.updated": onSubscription("Subscription Updated"),
    "subscription.renewed": onSubscription("Subscription Renewed"),
    "subscription.paused": onSubscription("Subscription Paused"),
    "subscription.resumed": onSubscription("Subscription Resumed"),
    "subscription.canceled": onSubscription("Subscription Cancelled"),
    "subscription.reactivated": onSubscription("Subscription Reactivated"),
    "subscription.expired": onSubscription("Subscription Expired"),
    "subscription.renewal.scheduled": onSubscription("Renewal Upcoming"),
    "subscription.renewal.subscription_trial_expiring": onSubscription("Trial Ending"),
    "subscription.renewal.cc_will_expire": onSubscription("Payment Method Expiring"),
    "subscription.renewal.ramp_price_will_change": onSubscription("Price Change Upcoming"),
    "subscription.mandate.inactive": onSubscription("Payment Mandate Ended"),
    "subscription.low_balance": onSubscription("Gift Card Balance Low"),
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

    "payment.succeeded": onPayment("Payment Succeeded", "total"),
    "payment.failed": onPayment("Payment Failed", "amount"),
    "payment.refunded": onPayment("Refund Issued", "amount"),
    "payment.voided": onPayment("Payment Voided", "amount"),
    ...ignoring(
      "an intermediate step of a payment",
      `payment.scheduled payment.processing payment.authorized payment.transaction_status_updated`,
    ),

    "charge_invoice.created": off("one for every renewal, usually paid at once", onInvoice("Invoice Created")),
    "charge_invoice.past_due": onInvoice("Invoice Overdue"),
    "charge_invoice.paid": onInvoice("Invoice Paid"),
    "charge_invoice.failed": onInvoice("Invoice Failed"),
    "dunning_event.created": onInvoice("Payment Reminder Due"),
    ...ignoring(
      "relevant changes have their own events",
      "charge_invoice.updated charge_invoice.processing charge_invoice.reopened",
    ),
    ...ignoring("not done by a customer", "shipping_address.created shipping_address.updated shipping_address.deleted"),
  },
  lookup: {
    hosts: ["{api_host}"],
    request: ({ kind, id }, apiKey) => {
      const path = pathOf(kind, id);
      const headers = { accept: "application/vnd.recurly.v2021-02-25+json", authorization: `Basic ${btoa(`${apiKey}:`)}` };
      return path === undefined ? null : { host: "{api_host}", path, headers };
    },
    read: (answer) => {
      const found = identifyFound(answer);
      return found ? [found] : null;
    },
  },
});
