/**
 * Chargebee: customers, subscriptions, payments, refunds and payment sources, of both product catalogues.
 *
 * Nothing is signed: Basic authentication verifies the sender, not the body. A deleted customer becomes an event and deletes no person.
 * Only `payment_succeeded` carries the `total` of a sale.
 *
 * @see https://apidocs.chargebee.com/docs/api/events
 */
import * as z from "zod";
import { defineAdapter, id, identify, ignore, ignoring, off, on, text, track, unixSeconds } from "../src/contract/adapter.ts";
import { basicAuth } from "../src/contract/verify.ts";
import { aboutCustomer, ownerOf, traitsOf } from "./chargebee/customers.ts";
import { onCard, onSource } from "./chargebee/payment-methods.ts";
import { onCredit, onInvoice, onPayment } from "./chargebee/payments.ts";
import { aboutBeginning, created, onSubscription, started } from "./chargebee/subscriptions.ts";

export default defineAdapter({
  id: "chargebee",
  name: "Chargebee",
  secret: {
    format: /^[^\s:]+:\S{8,}$/,
    hint: "user:password of the webhook's Basic authentication, chosen by you, without white space",
    demo: "chargebee:tributary_demo_chargebee_0123456789",
  },
  verify: basicAuth(),
  webhook: z.object({
    body: z.object({ id, event_type: text, occurred_at: unixSeconds, content: z.looseObject({}) }),
  }),
  events: ({ body }) => [{ id: body.id, type: body.event_type, occurredAt: body.occurred_at, test: false, data: body.content }],
  handlers: {
    customer_created: on(aboutCustomer, (c) => [identify(ownerOf(c), traitsOf(c)), track(ownerOf(c), "Customer Created")]),
    customer_changed: on(aboutCustomer, (c) => identify(ownerOf(c), traitsOf(c))),
    customer_deleted: on(aboutCustomer, (c) => track(ownerOf(c), "Customer Deleted", { customer_id: c.customer.id })),
    ...ignoring("moved between sites of the company", "customer_moved_in customer_moved_out"),

    subscription_created: on(aboutBeginning, created),
    subscription_started: on(aboutBeginning, started),
    subscription_activated: onSubscription("Trial Converted"),
    subscription_trial_extended: onSubscription("Trial Extended"),
    subscription_trial_end_reminder: onSubscription("Trial Ending"),
    subscription_changed: onSubscription("Subscription Updated"),
    subscription_renewal_reminder: onSubscription("Renewal Upcoming"),
    subscription_renewed: onSubscription("Subscription Renewed"),
    subscription_pause_scheduled: ignore("covered by subscription_paused when it takes effect"),
    subscription_paused: onSubscription("Subscription Paused"),
    subscription_resumed: onSubscription("Subscription Resumed"),
    subscription_cancellation_scheduled: onSubscription("Subscription Cancelled"),
    subscription_cancellation_reminder: onSubscription("Subscription Ending"),
    subscription_scheduled_cancellation_removed: onSubscription("Subscription Reactivated"),
    subscription_cancelled: onSubscription("Subscription Expired"),
    subscription_reactivated: onSubscription("Subscription Reactivated"),
    ...ignoring(
      "scheduled, not done; the result has its own event",
      `subscription_changes_scheduled subscription_scheduled_changes_removed subscription_scheduled_pause_removed
      subscription_resumption_scheduled subscription_scheduled_resumption_removed subscription_ramp_drafted
      subscription_ramp_created subscription_ramp_updated subscription_ramp_deleted subscription_ramp_applied`,
    ),
    ...ignoring("covered by payment_succeeded", "subscription_items_renewed"),
    ...ignoring("not done by a customer", "subscription_deleted subscription_shipping_address_updated mrr_updated"),

    invoice_generated: off("one for every renewal, usually paid at once", onInvoice("Invoice Created")),
    payment_due_reminder: onInvoice("Payment Reminder Due"),
    payment_succeeded: onPayment("Payment Succeeded", "total"),
    payment_failed: onPayment("Payment Failed", "amount"),
    payment_refunded: onPayment("Refund Issued", "amount"),
    ...ignoring(
      "an intermediate step of a payment",
      `payment_initiated refund_initiated authorization_succeeded authorization_voided`,
    ),
    promotional_credits_added: onCredit("Credit Granted"),
    ...ignoring("used or deducted credit", "promotional_credits_deducted"),
    ...ignoring("covered by payment_failed with dunning_status", "dunning_updated"),
    ...ignoring("covered by payment_refunded", "credit_note_created credit_note_updated"),
    ...ignoring(
      "relevant changes have their own events",
      `invoice_updated invoice_deleted pending_invoice_created pending_invoice_updated`,
    ),
    ...ignoring("covered by payment_succeeded, payment_failed or payment_refunded", "transaction_created transaction_updated"),

    payment_source_added: onSource("Payment Method Added"),
    payment_source_updated: onSource("Payment Method Updated"),
    payment_source_deleted: onSource("Payment Method Removed"),
    payment_source_expiring: onSource("Payment Method Expiring"),
    payment_source_expired: onSource("Payment Method Expired"),
    card_expiry_reminder: onCard("Payment Method Expiring"),
    card_expired: onCard("Payment Method Expired"),
    ...ignoring("deleted in Chargebee only; the gateway still has it", "payment_source_locally_deleted"),
    ...ignoring("covered by payment_source_added, …_updated or …_deleted", "card_added card_updated card_deleted"),
  },
});
