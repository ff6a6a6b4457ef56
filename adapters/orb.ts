/**
 * Orb: subscriptions and invoices of usage-based billing. Amounts are decimal texts.
 *
 * @see https://docs.withorb.com/integrations-and-exports/webhooks
 */
import * as z from "zod";
import { defineAdapter, id, ignore, ignoring, isoTime, on, text } from "../src/contract/adapter.ts";
import { hmac, prefixed } from "../src/contract/verify.ts";
import { invoiceCreated, invoiceVoided, paymentSucceeded } from "../src/vocabulary/adapter.ts";
import { customer, customOf, identified } from "./orb/customers.ts";
import { onInvoice, onInvoiceFailed, owed, paid } from "./orb/invoices.ts";
import { onCancelled, onChanged, onEnded, onReactivated, onStarted } from "./orb/subscriptions.ts";

export default defineAdapter({
  id: "orb",
  name: "Orb",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing secret of the webhook endpoint",
    demo: "tributary_demo_orb_0123456789abcdef",
  },
  // @see https://github.com/orbcorp/orb-node/blob/main/src/resources/webhooks.ts
  verify: hmac({
    hash: "SHA-256",
    header: "x-orb-signature",
    encoding: "hex",
    covers: "body",
    layout: prefixed("v1="),
    timestamp: { header: "x-orb-timestamp" },
    // In UTC, without a zone.
    unit: "utc",
    tolerance: 300,
    message: ({ timestamp, body }) => ["v1:", timestamp, ":", body],
  }),
  userIdFrom: ["external_customer_id"],
  states: ["subscription"],
  webhook: z.object({ body: z.looseObject({ id, type: text, created_at: isoTime }) }),
  events: ({ body }) => [
    { id: body.id, type: body.type, occurredAt: body.created_at, test: body.type === "resource_event.test", data: body },
  ],
  handlers: {
    "customer.created": on(z.object({ customer }), ({ customer: c }) => identified(c)),
    "customer.edited": on(z.object({ customer }), ({ customer: c }) => identified(c)),
    "subscription.started": onStarted,
    "subscription.plan_changed": onChanged,
    "subscription.cancellation_scheduled": onCancelled,
    "subscription.cancellation_unscheduled": onReactivated,
    "subscription.ended": onEnded,
    "invoice.issued": onInvoice((who, i) => invoiceCreated(who, owed(i), customOf(i))),
    "invoice.payment_succeeded": onInvoice((who, i) => paymentSucceeded(who, paid(i), customOf(i))),
    "invoice.manually_marked_as_paid": onInvoice((who, i) =>
      paymentSucceeded(who, { ...paid(i), billing_reason: "manual" }, customOf(i)),
    ),
    "invoice.payment_failed": onInvoiceFailed,
    "invoice.voided": onInvoice((who, i) => invoiceVoided(who, owed(i), customOf(i))),
    ...ignoring("told when it starts", "subscription.created"),
    ...ignoring("about usage, for the company itself", "subscription.usage_exceeded subscription.cost_exceeded"),
    ...ignoring("a connection test", "resource_event.test"),
  },
  otherwise: ignore("neither a subscription nor an invoice"),
});
