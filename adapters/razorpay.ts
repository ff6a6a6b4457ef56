/**
 * Razorpay: payments, refunds, disputes and subscriptions.
 *
 * A captured payment carries the money: Payment Succeeded where it is for an invoice, which those of subscriptions are, else Order Completed.
 *
 * @see https://razorpay.com/docs/webhooks/payloads/
 */
import * as z from "zod";
import { anyObject, decisive, defineAdapter, id, ignoring, maybe, text } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { onCaptured, onDisputeClosed, onDisputed, onFailed, onRefunded, onRefundFailed } from "./razorpay/payments.ts";
import * as subscriptions from "./razorpay/subscriptions.ts";

export default defineAdapter({
  id: "razorpay",
  name: "Razorpay",
  givesUp: { hours: 24 },
  secret: {
    format: /^[\x21-\x7e]{6,}$/,
    hint: "Secret of the webhook, chosen by you; not the API key's",
    demo: "tributary_demo_razorpay_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "x-razorpay-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  options: z.strictObject({
    account_id: z
      .string()
      .regex(/^acc_\w+$/)
      .optional()
      .describe("account (acc_…) whose events are accepted; a platform has one secret for all"),
  }),
  tenant: { option: "account_id", required: false },
  states: ["subscription"],
  webhook: z.object({
    body: z.object({ event: text, account_id: decisive(id), created_at: maybe.unixSeconds, payload: anyObject }),
  }),
  // The header with the event's id is not signed; a retry has the same body.
  events: ({ body: { event: type, account_id, created_at, payload } }, { bodyHash, receivedAt }) => [
    {
      id: `${type}:${bodyHash}`,
      type,
      occurredAt: created_at ?? receivedAt,
      test: false,
      data: payload,
      ...(account_id ? { tenant: account_id } : {}),
    },
  ],
  handlers: {
    "payment.captured": onCaptured,
    "payment.failed": onFailed,
    "refund.processed": onRefunded,
    "refund.failed": onRefundFailed,
    "payment.dispute.created": onDisputed,
    "payment.dispute.won": onDisputeClosed("won"),
    "payment.dispute.lost": onDisputeClosed("lost"),
    "subscription.activated": subscriptions.onActivated,
    "subscription.charged": subscriptions.onCharged,
    "subscription.pending": subscriptions.onPending,
    "subscription.halted": subscriptions.onHalted,
    "subscription.updated": subscriptions.onUpdated,
    "subscription.paused": subscriptions.onPaused,
    "subscription.resumed": subscriptions.onResumed,
    "subscription.cancelled": subscriptions.onCancelled,
    "subscription.completed": subscriptions.onCompleted,
    ...ignoring("told by payment.captured", "order.paid invoice.paid invoice.partially_paid payment_link.paid qr_code.credited"),
    ...ignoring("not captured yet", "payment.authorized subscription.authenticated"),
    ...ignoring("told when it is processed", "refund.created refund.speed_changed"),
    ...ignoring(
      "told when it is won or lost",
      "payment.dispute.closed payment.dispute.under_review payment.dispute.action_required",
    ),
  },
});
