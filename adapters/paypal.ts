/**
 * PayPal: orders and their captures, subscriptions and their sales, refunds, disputes, invoices.
 *
 * The signature covers a CRC-32 of the body, which is no proof of it: what counts once is the signed id of the transmission, which stays the
 * same when a webhook is tried again. Only the capture or the sale carries the `total`.
 *
 * @see https://developer.paypal.com/api/rest/webhooks/event-names/
 */
import * as z from "zod";
import { defineAdapter, id, ignore, ignoring, maybe, text } from "../src/contract/adapter.ts";
import { bare, crc32 } from "../src/contract/verify.ts";
import { asymmetric } from "../src/contract/verify-public-key.ts";
import {
  paymentMethodAdded,
  paymentMethodRemoved,
  subscriptionExpired,
  subscriptionPaused,
  subscriptionResumed,
} from "../src/vocabulary/adapter.ts";
import { onCancelledInvoice, onPaidInvoice } from "./paypal/invoices.ts";
import { onApprovedOrder, onCompletedOrder, onReversedApproval } from "./paypal/orders.ts";
import { onCapture, onDeniedCapture, onDeniedSale, onSale } from "./paypal/payments.ts";
import { onDispute, onRefund, onResolved, onReversal, onSaleRefund, onSaleReversal } from "./paypal/refunds.ts";
import { cancelled, onActivated, onFailedPayment, onSubscription } from "./paypal/subscriptions.ts";
import { onToken } from "./paypal/vault.ts";

const demo = "TRIBUTARYDEMO0000";

export default defineAdapter({
  id: "paypal",
  name: "PayPal",
  secret: {
    format: /^[A-Za-z0-9]{8,50}$/,
    hint: "Webhook ID; every signature covers it",
    demo,
  },
  // @see https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod
  verify: asymmetric({
    algorithm: "RS256",
    header: "paypal-transmission-sig",
    encoding: "base64",
    covers: "nonce",
    layout: bare(),
    id: { header: "paypal-transmission-id" },
    timestamp: { header: "paypal-transmission-time" },
    unit: "iso",
    // A retried transmission keeps its id and, it seems, its time; retries go on for 3 days.
    tolerance: 4 * 24 * 60 * 60,
    message: (p) => [p.id, "|", p.timestamp, "|", p.secret, "|", String(crc32(p.body))],
    certificate: {
      url: { header: "paypal-cert-url" },
      hosts: ["api.paypal.com", "api.sandbox.paypal.com"],
      path: /^\/v1\/notifications\/certs\/CERT-[\w-]{1,80}$/,
      commonName: /^[\w.-]+\.paypal\.com$/,
      demo,
    },
  }),
  states: ["subscription"],
  webhook: z.object({
    // The certificate's owner says which of PayPal's two systems signed.
    headers: z.object({ "paypal-cert-url": maybe.text }),
    body: z.object({ id, event_type: text, create_time: maybe.isoTime, event_version: maybe.text, resource: z.looseObject({}) }),
  }),
  events: ({ headers, body: { id: eventId, event_type: type, create_time, event_version, resource } }, { nonce, receivedAt }) => [
    {
      id: nonce ?? eventId,
      type,
      occurredAt: create_time ?? receivedAt,
      test: headers["paypal-cert-url"]?.startsWith("https://api.sandbox.paypal.com/") ?? false,
      version: event_version,
      data: resource,
    },
  ],
  handlers: {
    "CHECKOUT.ORDER.APPROVED": onApprovedOrder,
    "CHECKOUT.ORDER.COMPLETED": onCompletedOrder,
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED": onReversedApproval,

    "PAYMENT.CAPTURE.COMPLETED": onCapture,
    "PAYMENT.CAPTURE.DENIED": onDeniedCapture,
    "PAYMENT.CAPTURE.DECLINED": onDeniedCapture,
    "PAYMENT.CAPTURE.REFUNDED": onRefund,
    "PAYMENT.CAPTURE.REVERSED": onReversal,

    "PAYMENT.SALE.COMPLETED": onSale,
    "PAYMENT.SALE.DENIED": onDeniedSale,
    "PAYMENT.SALE.REFUNDED": onSaleRefund,
    "PAYMENT.SALE.REVERSED": onSaleReversal,

    "BILLING.SUBSCRIPTION.ACTIVATED": onActivated,
    "BILLING.SUBSCRIPTION.UPDATED": onSubscription(),
    "BILLING.SUBSCRIPTION.SUSPENDED": onSubscription(subscriptionPaused),
    "BILLING.SUBSCRIPTION.RE-ACTIVATED": onSubscription(subscriptionResumed),
    "BILLING.SUBSCRIPTION.CANCELLED": onSubscription(cancelled, subscriptionExpired),
    "BILLING.SUBSCRIPTION.EXPIRED": onSubscription(subscriptionExpired),
    "BILLING.SUBSCRIPTION.PAYMENT.FAILED": onFailedPayment,

    "CUSTOMER.DISPUTE.CREATED": onDispute,
    "CUSTOMER.DISPUTE.RESOLVED": onResolved,

    "INVOICING.INVOICE.PAID": onPaidInvoice,
    "INVOICING.INVOICE.CANCELLED": onCancelledInvoice,
    "INVOICING.INVOICE.REFUNDED": ignore("covered by the refund of its payment"),

    ...ignoring("the buyer has not approved it", "BILLING.SUBSCRIPTION.CREATED CHECKOUT.ORDER.CREATED"),
    ...ignoring(
      "an intermediate step of a payment",
      `PAYMENT.AUTHORIZATION.CREATED PAYMENT.AUTHORIZATION.VOIDED PAYMENT.CAPTURE.PENDING PAYMENT.REFUND.PENDING
      PAYMENT.SALE.PENDING`,
    ),
    ...ignoring("an intermediate step of a dispute", "CUSTOMER.DISPUTE.UPDATED"),
    ...ignoring(
      "not relevant to the recipient",
      "INVOICING.INVOICE.CREATED INVOICING.INVOICE.SCHEDULED INVOICING.INVOICE.UPDATED",
    ),
    // @see https://developer.paypal.com/docs/multiparty/checkout/save-payment-methods/webhooks
    "VAULT.PAYMENT-TOKEN.CREATED": onToken(paymentMethodAdded),
    "VAULT.PAYMENT-TOKEN.DELETED": onToken(paymentMethodRemoved),
    "VAULT.PAYMENT-TOKEN.DELETION-INITIATED": ignore("covered by VAULT.PAYMENT-TOKEN.DELETED"),
  },
  otherwise: ignore("about the merchant, not a buyer"),
});
