/**
 * PayPal: orders and their captures, subscriptions and their sales, refunds, disputes, invoices.
 *
 * The signature covers a CRC-32 of the body, which is no proof of it: what counts once is the signed id of the transmission, which stays the
 * same when a webhook is tried again. Of the events about one sale one carries the `total`: that of the capture or the sale.
 *
 * @see https://developer.paypal.com/api/rest/webhooks/event-names/
 */
import * as z from "zod";
import { crc32 } from "../src/contract/crc32.ts";
import { defineAdapter, type MapResult, on } from "../src/contract/define.ts";
import { type Draft, identify, ignore, ignoring, type Properties, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, reference } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { fromDecimal, moneyProperties } from "../src/contract/money.ts";
import { asymmetric } from "../src/contract/verify/asymmetric.ts";
import { bare } from "../src/contract/verify/layouts.ts";

const { id } = fields;
const text = fields.text.nullish();
const time = fields.isoTime.nullish();
const decimal = fields.decimal.nullish();
const currency = fields.currency.nullish();

const demo = "TRIBUTARYDEMO0000";

/** `value` and `currency_code`; in the first version of the API `total` and `currency`. */
const amount = z
  .object({ value: decimal, currency_code: currency, total: decimal, currency })
  .transform((a) => ({ value: a.value ?? a.total, code: a.currency_code ?? a.currency }))
  .nullish();

const name = z.object({ given_name: text, surname: text }).nullish();

const payer = z.object({ payer_id: text, email_address: text, name }).nullish();

const links = z.array(z.object({ rel: text, href: text })).nullish();

const order = z.object({
  id,
  payer,
  purchase_units: z.array(
    z.object({
      amount,
      custom_id: text,
      invoice_id: text,
      payments: z.object({ captures: z.array(z.object({ id })).nullish() }).nullish(),
    }),
  ),
});

const reversedApproval = z.object({ order_id: id });

const capture = z.object({
  id,
  amount,
  custom_id: text,
  invoice_id: text,
  status_details: z.object({ reason: text }).nullish(),
  supplementary_data: z.object({ related_ids: z.object({ order_id: text }).nullish() }).nullish(),
});

/** Which capture it is of only its links tell. */
const refund = z.object({ id, amount, custom_id: text, invoice_id: text, note_to_payer: text, links });

const sale = z.object({
  id,
  amount,
  billing_agreement_id: text,
  parent_payment: text,
  custom: text,
  invoice_number: text,
  reason_code: text,
});

const saleRefund = z.object({ id, amount, sale_id: text, parent_payment: text, invoice_number: text, reason: text });

const subscription = z.object({
  id,
  plan_id: text,
  status: text,
  custom_id: text,
  quantity: fields.number.nullish(),
  start_time: time,
  subscriber: payer,
  billing_info: z
    .object({
      next_billing_time: time,
      failed_payments_count: fields.integer.nullish(),
      last_failed_payment: z.object({ amount, reason_code: text, next_payment_retry_time: time }).nullish(),
    })
    .nullish(),
});

const dispute = z.object({
  dispute_id: id,
  dispute_amount: amount,
  reason: text,
  status: text,
  seller_response_due_date: time,
  dispute_outcome: z.object({ outcome_code: text }).nullish(),
  disputed_transactions: z.array(z.object({ seller_transaction_id: text })).nullish(),
});

const invoice = z.object({
  invoice: z.object({
    id,
    amount,
    detail: z.object({ invoice_number: text }).nullish(),
    primary_recipients: z.array(z.object({ billing_info: z.object({ email_address: text, name }).nullish() })).nullish(),
  }),
});

export default defineAdapter({
  id: "paypal",
  name: "PayPal",
  docs: "https://developer.paypal.com/api/rest/webhooks/",
  secret: {
    format: /^[A-Za-z0-9]{8,50}$/,
    hint: "Webhook ID, which PayPal signs into each message",
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
    // A transmission that is tried again keeps its time.
    tolerance: 23 * 60 * 60,
    message: (p) => [p.id, "|", p.timestamp, "|", p.secret, "|", String(crc32(p.body))],
    certificate: {
      url: { header: "paypal-cert-url" },
      hosts: ["api.paypal.com", "api.sandbox.paypal.com"],
      path: /^\/v1\/notifications\/certs\/CERT-[\w-]{1,80}$/,
      commonName: /^[\w.-]+\.paypal\.com$/,
      demo,
    },
  }),
  webhook: z.object({
    // Whose certificate it is says which of PayPal's two systems signed.
    headers: z.object({ "paypal-cert-url": text }),
    body: z.object({ id, event_type: fields.text, create_time: time, resource: z.looseObject({}) }),
  }),
  events: ({ headers, body: { id: eventId, event_type: type, create_time, resource } }, { nonce, receivedAt }) => [
    {
      id: nonce ?? eventId,
      type,
      occurredAt: create_time ?? receivedAt,
      test: headers["paypal-cert-url"]?.startsWith("https://api.sandbox.paypal.com/") ?? false,
      data: resource,
    },
  ],
  handlers: {
    "CHECKOUT.ORDER.APPROVED": on(order, (o) => [
      identify(buyerOf(o), namesOf(o.payer)),
      track(buyerOf(o), "Checkout Approved", { order_id: o.id, ...money("amount", o.purchase_units[0]?.amount) }),
    ]),
    // Joins the captures, which name nobody, with the buyer.
    "CHECKOUT.ORDER.COMPLETED": on(order, (o) => identify(buyerOf(o), namesOf(o.payer))),
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED": on(reversedApproval, (r) =>
      track(person({ ids: [reference("order", r.order_id)] }), "Checkout Expired", { order_id: r.order_id }),
    ),

    "PAYMENT.CAPTURE.COMPLETED": on(capture, (c) => captureEvent("Order Completed", "total", c)),
    "PAYMENT.CAPTURE.DENIED": onFailedCapture(),
    "PAYMENT.CAPTURE.DECLINED": onFailedCapture(),
    "PAYMENT.CAPTURE.REFUNDED": on(refund, (r) => refundEvent("Order Refunded", r)),
    "PAYMENT.CAPTURE.REVERSED": on(refund, (r) => refundEvent("Payment Reversed", r)),

    "PAYMENT.SALE.COMPLETED": on(sale, (s) =>
      s.billing_agreement_id
        ? track(saleBuyerOf(s), "Payment Succeeded", { ...about(s), ...money("total", s.amount) })
        : track(saleBuyerOf(s), "Order Completed", {
            order_id: s.parent_payment ?? s.id,
            ...about(s),
            ...money("total", s.amount),
          }),
    ),
    "PAYMENT.SALE.DENIED": on(sale, (s) =>
      track(saleBuyerOf(s), "Payment Failed", { ...about(s), ...money("amount", s.amount), reason: s.reason_code }),
    ),
    "PAYMENT.SALE.REFUNDED": onSaleRefund("Refund Issued"),
    "PAYMENT.SALE.REVERSED": onSaleRefund("Payment Reversed"),

    "BILLING.SUBSCRIPTION.ACTIVATED": on(subscription, (s) => [
      identify(subscriberOf(s), namesOf(s.subscriber)),
      subscriptionEvent("Subscription Started", s),
    ]),
    "BILLING.SUBSCRIPTION.UPDATED": onSubscription("Subscription Updated"),
    "BILLING.SUBSCRIPTION.SUSPENDED": onSubscription("Subscription Paused"),
    "BILLING.SUBSCRIPTION.RE-ACTIVATED": onSubscription("Subscription Resumed"),
    "BILLING.SUBSCRIPTION.CANCELLED": onSubscription("Subscription Cancelled"),
    "BILLING.SUBSCRIPTION.EXPIRED": onSubscription("Subscription Expired"),
    "BILLING.SUBSCRIPTION.PAYMENT.FAILED": onSubscription("Payment Failed"),

    "CUSTOMER.DISPUTE.CREATED": onDispute("Dispute Opened"),
    "CUSTOMER.DISPUTE.RESOLVED": onDispute("Dispute Closed"),

    // The payment itself is a sale or a capture, and has the total.
    "INVOICING.INVOICE.PAID": on(invoice, ({ invoice: i }) =>
      track(recipientOf(i), "Invoice Paid", {
        invoice_id: i.id,
        invoice_number: i.detail?.invoice_number,
        ...money("amount", i.amount),
      }),
    ),

    ...ignoring("the buyer has not approved it", "BILLING.SUBSCRIPTION.CREATED CHECKOUT.ORDER.CREATED"),
    ...ignoring(
      "a step of a payment, not its end",
      `PAYMENT.AUTHORIZATION.CREATED PAYMENT.AUTHORIZATION.VOIDED PAYMENT.CAPTURE.PENDING PAYMENT.REFUND.PENDING
      PAYMENT.SALE.PENDING`,
    ),
    ...ignoring("a step of a dispute, not its end", "CUSTOMER.DISPUTE.UPDATED"),
  },
  otherwise: ignore("about the merchant, not a buyer"),
  habits: {
    timeoutSeconds: null,
    retries: "up to 25 times within 3 days, of which those of the first 23 hours are taken",
    givesUp: "after the last attempt the event is marked as failed; it can be sent again by hand",
    setup: [
      "In the PayPal Developer Dashboard open Apps & Credentials, your app, and under its webhooks choose Add Webhook, with the URL of this source.",
      "Select the Checkout order, Payment capture, Payment sale, Billing subscription, Dispute and Invoice events that you use.",
      "Copy the Webhook ID that is then shown: it is the source's secret. Sandbox and live have webhooks, and ids, of their own.",
      'A capture names no buyer: CHECKOUT.ORDER.APPROVED does. Where your server alone creates orders and puts your user id into them, set user_id_from = ["custom_id"].',
    ],
  },
});

type Amount = z.output<typeof amount>;
type Payer = z.output<typeof payer>;
type Sale = z.output<typeof sale>;
type Subscription = z.output<typeof subscription>;

function money(property: string, sum: Amount): ReturnType<typeof moneyProperties> {
  return moneyProperties(property, sum?.value && sum.code ? fromDecimal(sum.value, sum.code) : null);
}

/** An account's address, or what a guest typed beside a card. */
function buyer(from: Payer, customId: Maybe<string>, ids: readonly ReturnType<typeof reference>[]): PersonFacts {
  return person({
    record: { payer_id: from?.payer_id, custom_id: customId },
    email: claimed(from?.email_address),
    ids: [personId("payer", from?.payer_id), ...ids],
  });
}

function namesOf(from: Payer) {
  return { first_name: from?.name?.given_name, last_name: from?.name?.surname };
}

function buyerOf(o: z.output<typeof order>): PersonFacts {
  const captures = o.purchase_units.flatMap((unit) => unit.payments?.captures ?? []);
  return buyer(o.payer, o.purchase_units[0]?.custom_id, [
    reference("order", o.id),
    ...captures.map((made) => reference("transaction", made.id)),
  ]);
}

/** @param sum what the amount is called: only a sale has a `total` */
function captureEvent(event: string, sum: "total" | "amount", c: z.output<typeof capture>): Draft {
  const orderId = c.supplementary_data?.related_ids?.order_id;
  return track(buyer(null, c.custom_id, [reference("order", orderId), reference("transaction", c.id)]), event, {
    order_id: orderId ?? c.id,
    transaction_id: c.id,
    invoice_id: c.invoice_id,
    ...money(sum, c.amount),
    reason: c.status_details?.reason,
  });
}

function onFailedCapture() {
  return on(capture, (c) => captureEvent("Payment Failed", "amount", c));
}

function refundEvent(event: string, r: z.output<typeof refund>): MapResult {
  const captureId = r.links
    ?.find(({ rel }) => rel === "up")
    ?.href?.split("/")
    .at(-1);
  return track(buyer(null, r.custom_id, [reference("transaction", captureId)]), event, {
    refund_id: r.id,
    transaction_id: captureId,
    invoice_id: r.invoice_id,
    ...money("amount", r.amount),
    reason: r.note_to_payer,
  });
}

function saleBuyerOf(s: Sale): PersonFacts {
  return buyer(null, s.custom, [reference("subscription", s.billing_agreement_id), reference("transaction", s.id)]);
}

function about(s: Sale): Properties {
  return { transaction_id: s.id, subscription_id: s.billing_agreement_id, invoice_id: s.invoice_number };
}

function onSaleRefund(event: string) {
  return on(saleRefund, (r) =>
    track(person({ ids: [reference("transaction", r.sale_id)] }), event, {
      refund_id: r.id,
      transaction_id: r.sale_id,
      invoice_id: r.invoice_number,
      ...money("amount", r.amount),
      reason: r.reason,
    }),
  );
}

function subscriberOf(s: Subscription): PersonFacts {
  return buyer(s.subscriber, s.custom_id, [reference("subscription", s.id)]);
}

function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

function subscriptionEvent(event: string, s: Subscription): Draft {
  const failed = event === "Payment Failed" ? s.billing_info?.last_failed_payment : null;
  return track(subscriberOf(s), event, {
    subscription_id: s.id,
    plan_id: s.plan_id,
    status: s.status,
    quantity: s.quantity,
    started_at: s.start_time,
    next_billing_at: s.billing_info?.next_billing_time,
    ...money("amount", failed?.amount),
    reason: failed?.reason_code,
    next_attempt_at: failed?.next_payment_retry_time,
    failed_payments_count: failed ? s.billing_info?.failed_payments_count : null,
  });
}

function onDispute(event: string) {
  return on(dispute, (d) => {
    const transactionId = d.disputed_transactions?.[0]?.seller_transaction_id;
    return track(person({ ids: [reference("transaction", transactionId)] }), event, {
      dispute_id: d.dispute_id,
      transaction_id: transactionId,
      ...money("amount", d.dispute_amount),
      reason: d.reason,
      status: d.status,
      outcome: d.dispute_outcome?.outcome_code,
      due_at: d.seller_response_due_date,
    });
  });
}

function recipientOf(i: z.output<typeof invoice>["invoice"]): PersonFacts {
  return person({
    email: claimed(i.primary_recipients?.[0]?.billing_info?.email_address),
    ids: [reference("invoice", i.id)],
  });
}
