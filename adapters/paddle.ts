/**
 * Paddle Billing: customers, subscriptions, transactions, adjustments and saved payment methods.
 *
 * Only customer events hold an address, so these have to be among the events chosen (or an API key is configured, and it is looked up).
 * Only `transaction.completed` carries the `total`: as Payment Succeeded where a subscription is billed, else as Order Completed.
 *
 * @see https://developer.paddle.com/webhooks/overview
 */
import * as z from "zod";
import { anyObject, defineAdapter, id, ignoring, isoTime, off, text } from "../src/contract/adapter.ts";
import { hmac, keyed } from "../src/contract/verify.ts";
import {
  invoiceCreated,
  invoiceOverdue,
  invoiceVoided,
  paymentMethodAdded,
  paymentMethodRemoved,
  subscriptionExpired,
  subscriptionPastDue,
  subscriptionPaused,
  subscriptionResumed,
  trialStarted,
} from "../src/vocabulary/adapter.ts";
import { onAdjustment, onReviewed } from "./paddle/adjustments.ts";
import { lookup, onAddress, onBusiness, onCreated, onCustomer } from "./paddle/customers.ts";
import { onPaymentMethod } from "./paddle/payment-methods.ts";
import { onActivated, onState, onSubscription, onUpdated, startedAs } from "./paddle/subscriptions.ts";
import { onFailed, onInvoice, onReady, onSale } from "./paddle/transactions.ts";

/** Updates repeat that the end is scheduled for as long as it is; this id makes it one decision. */
const decision = z
  .object({ id, scheduled_change: z.object({ action: z.literal("cancel"), effective_at: text }) })
  .transform((s) => `cancel:${s.id}:${s.scheduled_change.effective_at}`);

/** A refund is approved at once or after a review. */
const refund = z.object({ id, action: z.literal("refund"), status: z.literal("approved") }).transform((a) => `refund:${a.id}`);

export default defineAdapter({
  id: "paddle",
  name: "Paddle",
  secret: {
    format: /^pdl_ntfset_[A-Za-z0-9_+/=-]{16,}$/,
    hint: "Secret key of the notification destination (pdl_ntfset_…)",
    demo: "pdl_ntfset_tributary_demo_paddle_0123456789",
  },
  // @see https://developer.paddle.com/webhooks/signature-verification
  verify: hmac({
    hash: "SHA-256",
    header: "paddle-signature",
    encoding: "hex",
    covers: "body",
    layout: keyed({ timestamp: "ts", signature: "h1" }, ";"),
    message: ({ timestamp, body }) => [timestamp, ":", body],
    tolerance: 300,
  }),
  webhook: z.object({
    body: z.object({ event_id: id, event_type: text, occurred_at: isoTime, data: anyObject }),
  }),
  states: ["subscription"],
  events: ({ body: { event_id, event_type: type, occurred_at: occurredAt, data } }) => {
    const event = { type, occurredAt, test: false };
    const decided = type === "subscription.updated" ? decision.safeParse(data).data : undefined;
    const refunded = type.startsWith("adjustment.") ? refund.safeParse(data).data : undefined;
    return [
      { ...event, id: refunded ?? event_id, data },
      ...(decided === undefined ? [] : [{ ...event, id: decided, data: { ...data, decided: true } }]),
    ];
  },
  handlers: {
    "customer.created": onCreated,
    "customer.imported": onCustomer(),
    "customer.updated": onCustomer(),

    "subscription.created": onState,
    "subscription.imported": onState,
    "subscription.trialing": onSubscription(trialStarted, startedAs),
    "subscription.activated": onActivated,
    "subscription.updated": onUpdated,
    "subscription.past_due": onSubscription(subscriptionPastDue),
    "subscription.paused": onSubscription(subscriptionPaused),
    "subscription.resumed": onSubscription(subscriptionResumed),
    "subscription.canceled": onSubscription(subscriptionExpired),

    "transaction.completed": onSale,
    "transaction.ready": off("one for every opened checkout", onReady),
    "transaction.billed": onInvoice(invoiceCreated, "paid without an invoice being sent"),
    "transaction.past_due": onInvoice(invoiceOverdue, "covered by transaction.payment_failed and subscription.past_due"),
    "transaction.canceled": onInvoice(invoiceVoided, "not paid, and no invoice"),
    "transaction.payment_failed": onFailed,
    ...ignoring("covered by transaction.completed", "transaction.paid invoice.paid"),
    ...ignoring("an intermediate step of a transaction", "transaction.created transaction.updated transaction.revised"),

    "adjustment.created": onAdjustment,
    "adjustment.updated": onReviewed,

    "payment_method.saved": onPaymentMethod(paymentMethodAdded),
    "payment_method.deleted": onPaymentMethod(paymentMethodRemoved),

    "address.created": onAddress,
    "address.imported": onAddress,
    "address.updated": onAddress,
    "business.created": onBusiness,
    "business.imported": onBusiness,
    "business.updated": onBusiness,
    ...ignoring(
      "about the catalogue, not a person",
      `product.created product.imported product.updated price.created price.imported price.updated discount.created
      discount.imported discount.updated discount_group.created discount_group.updated`,
    ),
    ...ignoring(
      "about the company's account, not a person",
      `payout.created payout.paid report.created report.updated api_key.created api_key.updated api_key.expiring api_key.expired
      api_key.revoked api_key_exposure.created client_token.created client_token.updated client_token.revoked`,
    ),
  },
  lookup,
});
