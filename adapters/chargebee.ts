/**
 * Chargebee: customers, subscriptions, payments, refunds and payment sources, of both product catalogues.
 *
 * Nothing is signed: Basic authentication verifies the sender, not the body. A deleted customer becomes an event and deletes no person.
 * Only `payment_succeeded` carries the `total` of a sale.
 *
 * @see https://apidocs.chargebee.com/docs/api/events
 */
import * as z from "zod";
import {
  anyObject,
  defineAdapter,
  id,
  identify,
  ignore,
  ignoring,
  maybe,
  off,
  on,
  text,
  unixSeconds,
} from "../src/contract/adapter.ts";
import { basicAuth } from "../src/contract/verify.ts";
import {
  contactCreated,
  contactDeleted,
  invoiceCreated,
  paymentMethodAdded,
  paymentMethodExpiring,
  paymentMethodRemoved,
  paymentMethodUpdated,
  subscriptionPaused,
  subscriptionReactivated,
  subscriptionRenewed,
  subscriptionResumed,
  trialConverted,
  trialEnding,
} from "../src/vocabulary/adapter.ts";
import { aboutCustomer, customOf, ownerOf, traitsOf } from "./chargebee/customers.ts";
import { onChanged, onInvoice, onReminder } from "./chargebee/invoices.ts";
import { onCard, onSource } from "./chargebee/payment-methods.ts";
import { onCredit, onFailed, onPaid, onRefunded } from "./chargebee/payments.ts";
import {
  cancelledLater,
  changedSomehow,
  onCancelled,
  onEnding,
  onRenewalReminder,
  onStarted,
  onSubscription,
  onTrialExtended,
} from "./chargebee/subscriptions.ts";

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
    body: z.object({ id, event_type: text, occurred_at: unixSeconds, api_version: maybe.text, content: anyObject }),
  }),
  states: ["subscription"],
  events: ({ body: { id, event_type: type, occurred_at: occurredAt, api_version: version, content: data } }) => [
    { id, type, occurredAt, test: false, version, data },
  ],
  handlers: {
    customer_created: on(aboutCustomer, (c) => [
      { ...identify(ownerOf(c), traitsOf(c)), ...customOf(c) },
      contactCreated(ownerOf(c), {}, customOf(c)),
    ]),
    customer_changed: on(aboutCustomer, (c) => ({ ...identify(ownerOf(c), traitsOf(c)), ...customOf(c) })),
    customer_deleted: on(aboutCustomer, (c) => contactDeleted(ownerOf(c), {}, customOf(c))),
    ...ignoring("moved between sites of the company", "customer_moved_in customer_moved_out"),

    subscription_created: onStarted,
    subscription_started: onStarted,
    subscription_activated: onSubscription(trialConverted),
    subscription_trial_extended: onTrialExtended,
    subscription_trial_end_reminder: onSubscription(trialEnding),
    subscription_changed: onSubscription(changedSomehow),
    subscription_renewal_reminder: onRenewalReminder,
    subscription_renewed: onSubscription(subscriptionRenewed),
    subscription_pause_scheduled: ignore("covered by subscription_paused when it takes effect"),
    subscription_paused: onSubscription(subscriptionPaused),
    subscription_resumed: onSubscription(subscriptionResumed),
    subscription_cancellation_scheduled: onSubscription(cancelledLater),
    subscription_cancellation_reminder: onEnding,
    subscription_scheduled_cancellation_removed: onSubscription(subscriptionReactivated),
    subscription_cancelled: onCancelled,
    subscription_reactivated: onSubscription(subscriptionReactivated),
    ...ignoring(
      "scheduled, not done; the result has its own event",
      `subscription_changes_scheduled subscription_scheduled_changes_removed subscription_scheduled_pause_removed
      subscription_resumption_scheduled subscription_scheduled_resumption_removed subscription_ramp_drafted
      subscription_ramp_created subscription_ramp_updated subscription_ramp_deleted subscription_ramp_applied`,
    ),
    // Chargebee counts anew some time after a change.
    mrr_updated: onSubscription(),
    ...ignoring("covered by payment_succeeded", "subscription_items_renewed"),
    ...ignoring("not done by a customer", "subscription_deleted subscription_shipping_address_updated"),

    invoice_generated: off("one for every renewal, usually paid at once", onInvoice(invoiceCreated)),
    invoice_updated: onChanged,
    payment_due_reminder: onReminder,
    payment_succeeded: onPaid,
    payment_failed: onFailed,
    payment_refunded: onRefunded,
    ...ignoring(
      "an intermediate step of a payment",
      `payment_initiated refund_initiated authorization_succeeded authorization_voided`,
    ),
    promotional_credits_added: onCredit,
    ...ignoring("used or deducted credit", "promotional_credits_deducted"),
    ...ignoring("covered by payment_failed with dunning_status", "dunning_updated"),
    ...ignoring("covered by payment_refunded", "credit_note_created credit_note_updated"),
    ...ignoring("relevant changes have their own events", `invoice_deleted pending_invoice_created pending_invoice_updated`),
    ...ignoring("covered by payment_succeeded, payment_failed or payment_refunded", "transaction_created transaction_updated"),

    payment_source_added: onSource(paymentMethodAdded),
    payment_source_updated: onSource(paymentMethodUpdated),
    payment_source_deleted: onSource(paymentMethodRemoved),
    payment_source_expiring: onSource(paymentMethodExpiring),
    payment_source_expired: onSource(paymentMethodRemoved, "expired"),
    card_expiry_reminder: onCard(paymentMethodExpiring),
    card_expired: onCard(paymentMethodRemoved, "expired"),
    ...ignoring("deleted in Chargebee only; the gateway still has it", "payment_source_locally_deleted"),
    ...ignoring("covered by payment_source_added, …_updated or …_deleted", "card_added card_updated card_deleted"),
  },
});
