/**
 * Square: payments, refunds, disputes, customers, invoices, subscriptions, bookings, loyalty.
 *
 * The one event about a sale that carries its `total` is Order Completed: a payment that is completed, told once, however often Square
 * touches the payment afterwards.
 *
 * @see https://developer.squareup.com/reference/square/webhooks
 */
import * as z from "zod";
import { defineAdapter, type MapContext, type MapResult, on } from "../src/contract/define.ts";
import { consent, type Draft, deleted, identify, ignore, ignoring, type Properties, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, reference } from "../src/contract/facts.ts";
import { flag, id, integer, isoTime, text } from "../src/contract/fields.ts";
import { fromMinor, type Money, moneyProperties } from "../src/contract/money.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { bare } from "../src/contract/verify/layouts.ts";

/** Whole numbers of the currency's smallest unit. */
const money = z
  .object({ amount: integer, currency: z.string().regex(/^[A-Za-z]{3}$/) })
  .transform(({ amount, currency }): Money => fromMinor(amount, currency))
  .nullish();

const address = z
  .object({
    locality: text.nullish(),
    administrative_district_level_1: text.nullish(),
    postal_code: text.nullish(),
    country: text.nullish(),
  })
  .nullish();

const customer = z.object({
  customer: z.looseObject({
    id,
    created_at: isoTime.nullish(),
    updated_at: isoTime.nullish(),
    given_name: text.nullish(),
    family_name: text.nullish(),
    company_name: text.nullish(),
    email_address: text.nullish(),
    phone_number: text.nullish(),
    birthday: text.nullish(),
    address,
    creation_source: text.nullish(),
    preferences: z.object({ email_unsubscribed: flag.nullish() }).nullish(),
  }),
});

/** `deleted` stands beside the object; merging two customers deletes one of them, and nobody is gone. */
const deletedCustomer = z.object({
  type: z.literal("customer"),
  id,
  deleted: z.literal(true),
  object: z
    .object({
      customer: z.looseObject({ email_address: text.nullish() }).nullish(),
      event_context: z.object({ merge: z.unknown().optional() }).nullish(),
    })
    .nullish(),
});

const payment = z.object({
  payment: z.object({
    id,
    status: text,
    order_id: id.nullish(),
    customer_id: id.nullish(),
    buyer_email_address: text.nullish(),
    total_money: money,
    tip_money: money,
    source_type: text.nullish(),
    receipt_url: text.nullish(),
    receipt_number: text.nullish(),
    location_id: id.nullish(),
    reference_id: text.nullish(),
    card_details: z.object({ errors: z.array(z.object({ code: text.nullish() })).nullish() }).nullish(),
  }),
});

const refund = z.object({
  refund: z.object({
    id,
    status: text,
    payment_id: id.nullish(),
    order_id: id.nullish(),
    amount_money: money,
    reason: text.nullish(),
    location_id: id.nullish(),
  }),
});

const dispute = z.object({
  dispute: z
    .object({
      id: id.nullish(),
      dispute_id: id.nullish(),
      state: text,
      reason: text.nullish(),
      amount_money: money,
      due_at: isoTime.nullish(),
      disputed_payment: z.object({ payment_id: id.nullish() }).nullish(),
    })
    .transform((d) => ({ ...d, id: d.id ?? d.dispute_id })),
});

const invoice = z.object({
  invoice: z.object({
    id,
    order_id: id.nullish(),
    subscription_id: id.nullish(),
    status: text,
    invoice_number: text.nullish(),
    title: text.nullish(),
    public_url: text.nullish(),
    primary_recipient: z
      .object({
        customer_id: id.nullish(),
        email_address: text.nullish(),
        phone_number: text.nullish(),
        given_name: text.nullish(),
        family_name: text.nullish(),
      })
      .nullish(),
    payment_requests: z.array(z.object({ due_date: isoTime.nullish(), computed_amount_money: money })).nullish(),
  }),
});

const subscription = z.object({
  subscription: z.object({
    id,
    status: text,
    customer_id: id.nullish(),
    plan_variation_id: id.nullish(),
    plan_id: id.nullish(),
    start_date: isoTime.nullish(),
    canceled_date: isoTime.nullish(),
    charged_through_date: isoTime.nullish(),
  }),
});

const booking = z.object({
  booking: z.object({
    id,
    status: text.nullish(),
    customer_id: id.nullish(),
    start_at: isoTime.nullish(),
    location_id: id.nullish(),
  }),
});

const loyaltyAccount = z.object({
  loyalty_account: z.object({
    id,
    customer_id: id.nullish(),
    balance: integer.nullish(),
    lifetime_points: integer.nullish(),
    mapping: z.object({ phone_number: text.nullish() }).nullish(),
  }),
});

/** What becomes true once and is then told again and again. */
const settled = z.object({ id, status: z.enum(["COMPLETED", "FAILED"]) });
const settling = z.union([
  z.object({ payment: settled }).transform(({ payment: p }) => `payment:${p.id}:${p.status}`),
  z.object({ refund: settled }).transform(({ refund: r }) => `refund:${r.id}:${r.status}`),
]);

export default defineAdapter({
  id: "square",
  name: "Square",
  docs: "https://developer.squareup.com/docs/webhooks/overview",
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
    /** The seller whose events these are, where an application serves several. */
    merchant_id: z.string().min(1).optional(),
  }),
  tenant: { option: "merchant_id", required: false },
  webhook: z.object({
    body: z.looseObject({
      merchant_id: id.nullish(),
      type: text,
      event_id: id,
      created_at: isoTime,
      data: z.looseObject({ object: z.unknown().optional() }).nullish(),
    }),
  }),
  events: ({ body }) => [
    {
      id: settling.safeParse(body.data?.object).data ?? body.event_id,
      type: body.type,
      occurredAt: body.created_at,
      test: false,
      // Beside the object only a deletion says something.
      data: body.type === "customer.deleted" ? body.data : body.data?.object,
      ...(body.merchant_id ? { tenant: body.merchant_id } : {}),
    },
  ],
  handlers: {
    "webhooks.test_notification": ignore("asks whether somebody is there"),

    "customer.created": on(customer, ({ customer: c }, context) => [
      ...about(c, context),
      track(personOf(c), "Customer Created", { creation_source: c.creation_source }),
    ]),
    "customer.updated": on(customer, ({ customer: c }, context) => about(c, context)),
    "customer.deleted": on(deletedCustomer, (c) =>
      c.object?.event_context?.merge === undefined
        ? deleted(
            person({ email: claimed(c.object?.customer?.email_address), ids: [personId("customer", c.id)] }),
            "Customer Deleted",
          )
        : ignore("joined with another customer: nobody is gone"),
    ),

    "payment.created": on(payment, ({ payment: p }) => paid(p)),
    "payment.updated": on(payment, ({ payment: p }) => paid(p)),
    "refund.created": on(refund, ({ refund: r }) => refunded(r)),
    "refund.updated": on(refund, ({ refund: r }) => refunded(r)),
    "dispute.created": on(dispute, ({ dispute: d }) => disputed(d, "Dispute Opened")),
    "dispute.state.updated": on(dispute, ({ dispute: d }) =>
      ["WON", "LOST", "ACCEPTED"].includes(d.state) ? disputed(d, "Dispute Closed") : ignore("the dispute goes on"),
    ),
    "dispute.state.changed": ignore("dispute.state.updated says it"),
    ...ignoring("names nobody: payment.updated has the sale", "order.created order.updated"),
    "order.fulfillment.updated": ignore("names nobody"),

    "invoice.published": on(invoice, ({ invoice: i }) => billed(i, "Invoice Sent")),
    "invoice.payment_made": on(invoice, ({ invoice: i }) =>
      billed(i, i.status === "PAID" ? "Invoice Paid" : "Invoice Partially Paid"),
    ),
    "invoice.scheduled_charge_failed": on(invoice, ({ invoice: i }) => billed(i, "Invoice Payment Failed")),
    "invoice.canceled": on(invoice, ({ invoice: i }) => billed(i, "Invoice Cancelled")),
    "invoice.created": ignore("a draft"),
    "invoice.updated": ignore("what matters has its own event"),
    "invoice.deleted": ignore("a draft that is gone"),
    "invoice.refunded": ignore("refund.updated says it"),

    "subscription.created": on(subscription, ({ subscription: s }) =>
      s.status === "ACTIVE" || s.status === "PENDING"
        ? subscribed(s, "Subscription Started")
        : ignore("the subscription has not started"),
    ),
    "subscription.updated": on(subscription, ({ subscription: s }) => {
      const event = CHANGES.get(s.status);
      return event ? subscribed(s, event) : ignore("nothing to tell of this status");
    }),

    "booking.created": on(booking, ({ booking: b }) => booked(b, "Booking Created")),
    "booking.updated": on(booking, ({ booking: b }) =>
      booked(
        b,
        b.status === "NO_SHOW" ? "Booking Missed" : b.status?.startsWith("CANCELLED") ? "Booking Cancelled" : "Booking Updated",
      ),
    ),

    "loyalty.account.created": on(loyaltyAccount, ({ loyalty_account: l }) =>
      loyal(l, [track(memberOf(l), "Loyalty Account Created")]),
    ),
    "loyalty.account.updated": on(loyaltyAccount, ({ loyalty_account: l }) => loyal(l, [])),
    "loyalty.account.deleted": ignore("nothing that a person did"),
    "loyalty.event.created": ignore("loyalty.account.updated has the balance"),
    "gift_card.customer_linked": ignore("nothing that a person did"),
  },
  otherwise: ignore("about the business, not a person"),
  habits: {
    timeoutSeconds: 10,
    // @see https://developer.squareup.com/docs/webhooks/troubleshooting
    retries: "for up to 24 hours, from a minute to 8 hours apart",
    givesUp: "after 24 hours the event is lost; the subscription stays",
    setup: [
      "In the Developer Console open the application, then Webhooks > Subscriptions and choose Add subscription, for the sandbox or for production.",
      "Give it the URL of this source, exactly as its public_url says: the signature covers it.",
      "Choose payment.updated, refund.updated, dispute.created, dispute.state.updated, customer.*, invoice.*, subscription.*, booking.* and loyalty.account.*.",
      "Copy the subscription's Signature Key: it is the source's secret.",
      'Where your backend writes its user id into a customer\'s reference_id, set user_id_from = ["reference_id"].',
      "Where the application serves several sellers, set merchant_id.",
    ],
  },
});

const CHANGES: ReadonlyMap<string, string> = new Map([
  ["ACTIVE", "Subscription Updated"],
  ["PAUSED", "Subscription Paused"],
  ["CANCELED", "Subscription Cancelled"],
  ["DEACTIVATED", "Subscription Expired"],
  ["COMPLETED", "Subscription Expired"],
]);

type Customer = z.output<typeof customer>["customer"];
type Payment = z.output<typeof payment>["payment"];
type Invoice = z.output<typeof invoice>["invoice"];
type Loyalty = z.output<typeof loyaltyAccount>["loyalty_account"];

function personOf(c: Customer): PersonFacts {
  return person({ record: c, email: claimed(c.email_address), phone: c.phone_number, ids: [personId("customer", c.id)] });
}

function customerOf(customerId: Maybe<string>): PersonFacts {
  return person({ ids: [personId("customer", customerId)] });
}

function about(c: Customer, { event }: MapContext<unknown>): readonly Draft[] {
  const facts = personOf(c);
  const known = identify(facts, {
    first_name: c.given_name,
    last_name: c.family_name,
    created_at: c.created_at,
    company: c.company_name,
    birthday: c.birthday,
    city: c.address?.locality,
    region: c.address?.administrative_district_level_1,
    postal_code: c.address?.postal_code,
    country_code: c.address?.country,
  });
  // `false` is also what somebody has who was never asked.
  return c.preferences?.email_unsubscribed
    ? [known, consent(facts, { channel: "email", state: "unsubscribed", at: c.updated_at ?? event.occurredAt })]
    : [known];
}

function paid(p: Payment): MapResult {
  const facts = person({
    email: claimed(p.buyer_email_address),
    ids: [personId("customer", p.customer_id), reference("payment", p.id), reference("order", p.order_id)],
  });
  const properties = {
    order_id: p.order_id ?? p.id,
    payment_id: p.id,
    payment_method: p.source_type?.toLowerCase(),
    location_id: p.location_id,
    reference_id: p.reference_id,
  };
  switch (p.status) {
    case "COMPLETED":
      return track(facts, "Order Completed", {
        ...properties,
        ...moneyProperties("total", p.total_money),
        tip: p.tip_money?.amount,
        receipt_url: p.receipt_url,
        receipt_number: p.receipt_number,
      });
    case "FAILED":
      return track(facts, "Payment Failed", {
        ...properties,
        ...moneyProperties("amount", p.total_money),
        reason: p.card_details?.errors?.[0]?.code?.toLowerCase(),
      });
    default:
      return ignore("the payment is neither completed nor failed");
  }
}

/** A refund names no customer: its payment or order leads to one. */
function refunded(r: z.output<typeof refund>["refund"]): MapResult {
  if (r.status !== "COMPLETED") return ignore("the refund is not completed");
  return track(person({ ids: [reference("payment", r.payment_id), reference("order", r.order_id)] }), "Order Refunded", {
    order_id: r.order_id ?? r.payment_id,
    payment_id: r.payment_id,
    refund_id: r.id,
    reason: r.reason,
    location_id: r.location_id,
    ...moneyProperties("total", r.amount_money),
  });
}

function disputed(d: z.output<typeof dispute>["dispute"], event: string): MapResult {
  return track(person({ ids: [reference("payment", d.disputed_payment?.payment_id)] }), event, {
    dispute_id: d.id,
    payment_id: d.disputed_payment?.payment_id,
    state: d.state.toLowerCase(),
    reason: d.reason?.toLowerCase(),
    due_at: d.due_at,
    ...moneyProperties("amount", d.amount_money),
  });
}

/** The payment of an invoice is a payment too, and has the `total`. */
function billed(i: Invoice, event: string): MapResult {
  const r = i.primary_recipient;
  const facts = person({
    email: claimed(r?.email_address),
    phone: r?.phone_number,
    ids: [
      personId("customer", r?.customer_id),
      reference("invoice", i.id),
      reference("order", i.order_id),
      reference("subscription", i.subscription_id),
    ],
  });
  const request = i.payment_requests?.at(-1);
  return [
    identify(facts, { first_name: r?.given_name, last_name: r?.family_name }),
    track(facts, event, {
      invoice_id: i.id,
      invoice_number: i.invoice_number,
      order_id: i.order_id,
      subscription_id: i.subscription_id,
      title: i.title,
      invoice_url: i.public_url,
      due_at: request?.due_date,
      ...moneyProperties("amount_due", request?.computed_amount_money),
    }),
  ];
}

function subscribed(s: z.output<typeof subscription>["subscription"], event: string): MapResult {
  const facts = person({ ids: [personId("customer", s.customer_id), reference("subscription", s.id)] });
  const properties: Properties = {
    subscription_id: s.id,
    plan_id: s.plan_variation_id ?? s.plan_id,
    status: s.status.toLowerCase(),
    starts_at: s.start_date,
    ends_at: s.canceled_date,
    charged_until: s.charged_through_date,
  };
  return track(facts, event, properties);
}

function booked(b: z.output<typeof booking>["booking"], event: string): MapResult {
  return track(customerOf(b.customer_id), event, {
    booking_id: b.id,
    status: b.status?.toLowerCase(),
    starts_at: b.start_at,
    location_id: b.location_id,
  });
}

function memberOf(l: Loyalty): PersonFacts {
  return person({
    phone: l.mapping?.phone_number,
    ids: [personId("customer", l.customer_id), reference("loyalty_account", l.id)],
  });
}

function loyal(l: Loyalty, events: readonly Draft[]): MapResult {
  return [identify(memberOf(l), { loyalty_points: l.balance, loyalty_lifetime_points: l.lifetime_points }), ...events];
}
