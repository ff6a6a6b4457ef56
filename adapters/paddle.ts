/**
 * Paddle Billing: customers, subscriptions, transactions, adjustments and saved payment methods.
 *
 * Only customer events hold an address, so these have to be among the events chosen (or an API key is configured, and it is looked up).
 * Only `transaction.completed` carries the `total` of a sale.
 *
 * @see https://developer.paddle.com/webhooks/overview
 */
import * as z from "zod";
import {
  consent,
  defineAdapter,
  id,
  identify,
  ignore,
  ignoring,
  isoTime,
  off,
  on,
  text,
  track,
} from "../src/contract/adapter.ts";
import { hmac, keyed } from "../src/contract/verify.ts";
import { customer, lookup, onPaymentMethod, personOf, traitsOf } from "./paddle/customers.ts";
import { activated, onSubscription, subscriptionEvent, updated } from "./paddle/subscriptions.ts";
import { adjusted, adjustment, onInvoice, sale, transaction, transactionEvent } from "./paddle/transactions.ts";

/** Updates repeat a state for as long as it lasts; this id makes it one event. */
const state = z.union([
  z
    .object({ id, scheduled_change: z.object({ action: z.literal("cancel"), effective_at: text }) })
    .transform((s) => `cancel:${s.id}:${s.scheduled_change.effective_at}`),
  z.object({ id, action: z.literal("refund"), status: z.literal("approved") }).transform((a) => `refund:${a.id}`),
]);

const REPEATING: ReadonlySet<string> = new Set(["subscription.updated", "adjustment.created", "adjustment.updated"]);

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
    body: z.object({ event_id: id, event_type: text, occurred_at: isoTime, data: z.looseObject({}) }),
  }),
  events: ({ body: { event_id, event_type: type, occurred_at: occurredAt, data } }) => {
    const fact = REPEATING.has(type) ? state.safeParse(data).data : undefined;
    return [{ id: fact ?? event_id, type, occurredAt, test: false, data }];
  },
  handlers: {
    "customer.created": on(customer, (c, { event }) => [
      identify(personOf(c), traitsOf(c)),
      // Ticked by the buyer; `false` may also mean that the buyer was not asked.
      ...(c.marketing_consent
        ? [consent(personOf(c), { channel: "email", state: "subscribed", at: c.created_at ?? event.occurredAt })]
        : []),
      track(personOf(c), "Customer Created"),
    ]),
    "customer.imported": on(customer, (c) => identify(personOf(c), traitsOf(c))),
    "customer.updated": on(customer, (c) => identify(personOf(c), traitsOf(c))),

    "subscription.trialing": onSubscription("Trial Started"),
    "subscription.activated": on(activated, (s) =>
      subscriptionEvent(s.items.some((one) => one.trial_dates) ? "Trial Converted" : "Subscription Started", s),
    ),
    "subscription.updated": on(updated, (s) =>
      s.scheduled_change?.action === "cancel"
        ? subscriptionEvent("Subscription Cancelled", s)
        : ignore("does not say what changed; relevant changes have their own events"),
    ),
    "subscription.past_due": onSubscription("Subscription Past Due"),
    "subscription.paused": onSubscription("Subscription Paused"),
    "subscription.resumed": onSubscription("Subscription Resumed"),
    "subscription.canceled": onSubscription("Subscription Expired"),
    ...ignoring("covered by subscription.trialing or subscription.activated", "subscription.created"),
    ...ignoring("imported, not new", "subscription.imported"),

    "transaction.completed": on(transaction, sale),
    "transaction.ready": off(
      "one for every opened checkout",
      on(transaction, (t) =>
        t.origin === "web" ? transactionEvent("Checkout Started", t, "value") : ignore("not made at a checkout"),
      ),
    ),
    "transaction.billed": onInvoice("Invoice Created", "paid without an invoice being sent"),
    "transaction.past_due": onInvoice("Invoice Overdue", "covered by transaction.payment_failed and subscription.past_due"),
    "transaction.payment_failed": on(transaction, (t) => transactionEvent("Payment Failed", t, "amount")),
    ...ignoring("covered by transaction.completed", "transaction.paid invoice.paid"),
    ...ignoring(
      "an intermediate step of a transaction",
      `transaction.created transaction.updated transaction.revised transaction.canceled`,
    ),

    "adjustment.created": on(adjustment, adjusted),
    "adjustment.updated": on(adjustment, (a) => (a.action === "refund" ? adjusted(a) : ignore("covered by adjustment.created"))),

    "payment_method.saved": onPaymentMethod("Payment Method Added"),
    "payment_method.deleted": onPaymentMethod("Payment Method Removed"),

    ...ignoring(
      "names no customer",
      `address.created address.imported address.updated business.created business.imported business.updated`,
    ),
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
