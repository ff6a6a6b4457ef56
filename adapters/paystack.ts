/**
 * Paystack: payments, refunds, disputes and subscriptions. Amounts are whole minor units.
 *
 * charge.success carries the money: Payment Succeeded where it is for a plan, else Order Completed.
 *
 * @see https://paystack.com/docs/payments/webhooks/
 */
import * as z from "zod";
import { decisive, defineAdapter, ignoring, maybe, text } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { onDispute, onFailed, onInvoiceCreated } from "./paystack/invoices.ts";
import { onCharged, onRefunded, onRefundFailed } from "./paystack/payments.ts";
import { onCreated, onDisabled, onNotRenewed } from "./paystack/subscriptions.ts";

export default defineAdapter({
  id: "paystack",
  name: "Paystack",
  secret: {
    format: /^sk_(live|test)_\w{16,}$/,
    hint: "Secret key (sk_live_…), which also signs webhooks; test mode has its own",
    demo: "sk_test_tributary_demo_paystack_0123456789",
  },
  verify: hmac({
    hash: "SHA-512",
    header: "x-paystack-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  states: ["subscription"],
  webhook: z.object({
    body: z.object({
      event: text,
      data: z.looseObject({
        domain: decisive(text),
        paid_at: maybe.isoTime,
        created_at: maybe.isoTime,
        createdAt: maybe.isoTime,
      }),
    }),
  }),
  // Paystack sends no id; a retry has the same body.
  events: ({ body: { event: type, data } }, { bodyHash, receivedAt }) => [
    {
      id: `${type}:${bodyHash}`,
      type,
      occurredAt:
        (type === "charge.success" || type === "subscription.create" ? (data.paid_at ?? data.createdAt) : null) ?? receivedAt,
      test: data.domain === "test",
      data,
    },
  ],
  handlers: {
    "charge.success": onCharged,
    "refund.processed": onRefunded,
    "refund.failed": onRefundFailed,
    "charge.dispute.create": onDispute("opened"),
    "charge.dispute.resolve": onDispute("closed"),
    "invoice.create": onInvoiceCreated,
    "invoice.payment_failed": onFailed,
    "subscription.create": onCreated,
    "subscription.not_renew": onNotRenewed,
    "subscription.disable": onDisabled,
    ...ignoring("told by charge.success", "invoice.update paymentrequest.success"),
    ...ignoring("told when it is processed", "refund.pending refund.processing"),
    ...ignoring("told when it is resolved", "charge.dispute.remind"),
    ...ignoring("a list of many customers at once", "subscription.expiring_cards"),
    ...ignoring("not paid yet", "paymentrequest.pending"),
    ...ignoring(
      "about the company's own money",
      `transfer.success transfer.failed transfer.reversed dedicatedaccount.assign.success dedicatedaccount.assign.failed
      customeridentification.success customeridentification.failed`,
    ),
  },
});
