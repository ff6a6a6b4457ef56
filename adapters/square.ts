/**
 * Square: payments, refunds, disputes, customers, invoices, subscriptions, bookings, loyalty.
 *
 * A completed payment carries the `total`, as Order Completed or, where an invoice was paid, Payment Succeeded: once, however often Square
 * changes the payment afterwards.
 *
 * @see https://developer.squareup.com/reference/square/webhooks
 */
import * as z from "zod";
import { defineAdapter, id, ignore, ignoring, isoTime, maybe, optional, text } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { paymentMethodAdded, paymentMethodRemoved, paymentMethodUpdated } from "../src/vocabulary/adapter.ts";
import { onBooking, onChangedBooking } from "./square/bookings.ts";
import { onCard } from "./square/cards.ts";
import { onChangedCustomer, onDeletedCustomer, onLoyaltyAccount, onNewCustomer, onPoints } from "./square/customers.ts";
import { onDispute, onDisputeState } from "./square/disputes.ts";
import { onFailedCharge, onInvoicePayment, onPublished, onVoided } from "./square/invoices.ts";
import { onPayment, onRefund } from "./square/payments.ts";
import { onSubscription, subscriptionFacts } from "./square/subscriptions.ts";

/** Facts that become true once and are then sent repeatedly. */
const settled = z.object({ id, status: z.enum(["COMPLETED", "FAILED"]) });
const settling = z.union([
  z.object({ payment: settled }).transform(({ payment: p }) => `payment:${p.id}:${p.status}`),
  z.object({ refund: settled }).transform(({ refund: r }) => `refund:${r.id}:${r.status}`),
]);

export default defineAdapter({
  id: "square",
  name: "Square",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signature key of the webhook subscription",
    demo: "tributary_demo_square_key",
  },
  // @see https://developer.squareup.com/docs/webhooks/step3validate
  verify: hmac({
    hash: "SHA-256",
    header: "x-square-hmacsha256-signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    message: ({ url, body }) => [url, body],
  }),
  options: z.strictObject({
    merchant_id: z
      .string()
      .min(1)
      .optional()
      .describe("id of the seller whose events are accepted, if the application serves several"),
  }),
  tenant: { option: "merchant_id", required: false },
  webhook: z.object({
    body: z.looseObject({
      merchant_id: maybe.id,
      type: text,
      event_id: id,
      created_at: isoTime,
      data: optional(z.looseObject({ object: z.unknown().optional() })),
    }),
  }),
  events: ({ body }) => {
    const event = {
      id: settling.safeParse(body.data?.object).data ?? body.event_id,
      type: body.type,
      occurredAt: body.created_at,
      test: false,
      ...(body.merchant_id ? { tenant: body.merchant_id } : {}),
    };
    // Only a deletion has further fields beside the object.
    if (!body.type.startsWith("subscription.")) {
      return [{ ...event, data: body.type === "customer.deleted" ? body.data : body.data?.object }];
    }
    return subscriptionFacts(body.data?.object).map(({ id: fact, at, data }) => ({
      ...event,
      id: fact ?? event.id,
      occurredAt: at ?? event.occurredAt,
      data,
    }));
  },
  states: ["subscription"],
  handlers: {
    "webhooks.test_notification": ignore("a connection test"),

    "customer.created": onNewCustomer,
    "customer.updated": onChangedCustomer,
    "customer.deleted": onDeletedCustomer,

    "payment.created": onPayment,
    "payment.updated": onPayment,
    "refund.created": onRefund,
    "refund.updated": onRefund,
    "dispute.created": onDispute,
    "dispute.state.updated": onDisputeState,
    "dispute.state.changed": ignore("covered by dispute.state.updated"),
    ...ignoring("names no person; covered by payment.updated", "order.created order.updated"),
    "order.fulfillment.updated": ignore("names no person"),

    "invoice.published": onPublished,
    "invoice.payment_made": onInvoicePayment,
    "invoice.scheduled_charge_failed": onFailedCharge,
    "invoice.canceled": onVoided,
    "invoice.created": ignore("a draft"),
    "invoice.updated": ignore("relevant changes have their own events"),
    "invoice.deleted": ignore("a deleted draft"),
    "invoice.refunded": ignore("covered by refund.updated"),

    "subscription.created": onSubscription,
    "subscription.updated": onSubscription,

    "booking.created": onBooking,
    "booking.updated": onChangedBooking,

    "loyalty.account.created": onLoyaltyAccount,
    "loyalty.account.updated": onPoints,
    "loyalty.account.deleted": ignore("not done by a person"),
    "loyalty.event.created": ignore("covered by loyalty.account.updated"),
    "gift_card.customer_linked": ignore("not done by a person"),

    "card.created": onCard(paymentMethodAdded),
    "card.updated": onCard(paymentMethodUpdated),
    "card.automatically_updated": onCard(paymentMethodUpdated, "automatically_updated"),
    "card.disabled": onCard(paymentMethodRemoved, "disabled"),
    "card.forgotten": onCard(paymentMethodRemoved, "forgotten"),
  },
  otherwise: ignore("about the business, not a person"),
});
