/**
 * Stripe: customers, Checkout, subscriptions, invoices, refunds and disputes.
 *
 * Of the events about one sale one carries the `total`: Order Completed for a Checkout payment, Invoice Paid for whatever is invoiced.
 *
 * @see https://docs.stripe.com/api/events/types
 */
import * as z from "zod";
import { defineAdapter, type MapContext, type MapResult, off, on } from "../src/contract/define.ts";
import {
  consent,
  type Draft,
  deleted,
  identify,
  ignore,
  ignoring,
  type Properties,
  products,
  type Traits,
  track,
  type Value,
} from "../src/contract/drafts.ts";
import {
  claimed,
  type Maybe,
  type PersonFacts,
  type PersonInput,
  person,
  personId,
  reference,
  type Trust,
} from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { fromMinor, moneyProperties } from "../src/contract/money.ts";
import { bearerLookup } from "../src/contract/remote.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { keyed } from "../src/contract/verify/layouts.ts";

/**
 * Where Stripe's minor units are not those of ISO 4217.
 * @see https://docs.stripe.com/currencies#special-cases
 */
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ["ISK", 2],
  ["MGA", 0],
  ["UGX", 2],
]);

/** What leads from an object to a person, beside its customer. */
const LINKS = ["checkout", "subscription", "invoice", "charge", "payment_intent"] as const;

/** Products listed in one event at the most. */

const options = z.strictObject({
  /** Whether events of connected accounts are taken. */
  connect: z.boolean().default(false),
  /**
   * Claimed, because Checkout, Payment Links and the customer portal write what a visitor typed into the address of a customer, and no
   * event tells that apart. `verified` is for companies whose own backend alone sets it.
   */
  customer_email: z.enum(["claimed", "verified"]).default("claimed"),
});

// Any field may be null, or missing in one of the API versions that a webhook endpoint can be pinned to.
const { id } = fields;
const text = fields.text.nullish();
const integer = fields.integer.nullish();
const number = fields.number.nullish();
const currency = fields.currency.nullish();
const time = fields.unixSeconds.nullish();
const flag = z.boolean().nullish();
const metadata = z.looseObject({}).nullish();
const sums = z.array(z.object({ amount: fields.integer })).nullish();

/** The id of another object; the object itself where it is expanded. */
const related = z.union([id, z.object({ id }).transform((object) => object.id)]).nullish();

/** What leads to a person, on whatever object. `customer_account` stands for the customer where customers are accounts (API v2). */
const owned = z.object({
  customer: related,
  customer_account: related,
  subscription: related,
  invoice: related,
  charge: related,
  payment_intent: related,
  metadata,
});

const address = z.object({ line1: text, line2: text, city: text, state: text, postal_code: text, country: text }).nullish();

const customer = z.object({
  object: z.literal("customer"),
  id,
  email: text,
  name: text,
  business_name: text,
  phone: text,
  address,
  preferred_locales: z.array(fields.text).nullish(),
  created: time,
  currency,
  delinquent: flag,
  tax_exempt: text,
  metadata,
});

const session = owned
  .extend({
    id,
    mode: text,
    payment_status: text,
    currency,
    amount_subtotal: integer,
    amount_total: integer,
    total_details: z.object({ amount_discount: integer, amount_shipping: integer, amount_tax: integer }).nullish(),
    discounts: z.array(z.object({ coupon: related, promotion_code: related })).nullish(),
    customer_details: z.object({ email: text, name: text, phone: text, address }).nullish(),
    customer_email: text,
    client_reference_id: text,
    payment_link: related,
    consent: z.object({ promotions: text }).nullish(),
    invoice_creation: z.object({ enabled: flag }).nullish(),
    after_expiration: z.object({ recovery: z.object({ url: text, expires_at: time }).nullish() }).nullish(),
  })
  .transform((s) => ({ ...s, checkout: s.id }));

/** `unit_amount_decimal`: minor units, with up to twelve digits after the point. */
const price = z
  .object({
    id: related,
    product: related,
    nickname: text,
    lookup_key: text,
    unit_amount_decimal: number,
    currency,
    recurring: z.object({ interval: text, interval_count: integer }).nullish(),
  })
  .nullish();

/** The part of a subscription whose changes are told apart. Periods stood on the subscription itself up to API version 2025-02-24. */
const state = {
  status: text,
  cancel_at_period_end: flag,
  cancel_at: time,
  pause_collection: z.object({ resumes_at: time }).nullish(),
  items: z
    .object({
      data: z.array(z.object({ price, quantity: number, current_period_start: time, current_period_end: time })),
      total_count: integer,
    })
    .nullish(),
  current_period_start: time,
  current_period_end: time,
};

/** Other changes that a person may notice. */
const change = z.unknown().optional();
const noticed = {
  collection_method: change,
  default_payment_method: change,
  discounts: change,
  metadata: change,
  trial_end: change,
};

const subscription = owned
  .extend({
    id,
    ...state,
    trial_start: time,
    trial_end: time,
    canceled_at: time,
    ended_at: time,
    collection_method: text,
    cancellation_details: z.object({ reason: text, feedback: text, comment: text }).nullish(),
    previous_attributes: z.object({ ...state, ...noticed }).nullish(),
  })
  .transform((s) => ({ ...s, subscription: s.id }));

/** The subscription of an invoice, and the metadata that it had when the invoice was made. */
const subscriptionDetails = z.object({ subscription: related, metadata }).nullish();

/** Read in both places: what belongs to the subscription moved to `parent`, taxes and prices were renamed in API version 2025-03-31. */
const invoice = owned
  .extend({
    id: id.nullish(),
    parent: z.object({ subscription_details: subscriptionDetails }).nullish(),
    subscription_details: subscriptionDetails,
    number: text,
    customer_email: text,
    billing_reason: text,
    collection_method: text,
    currency,
    amount_due: integer,
    amount_paid: integer,
    subtotal: integer,
    total_discount_amounts: sums,
    total_taxes: sums,
    total_tax_amounts: sums,
    attempt_count: integer,
    next_payment_attempt: time,
    due_date: time,
    period_end: time,
    hosted_invoice_url: text,
    invoice_pdf: text,
    lines: z
      .object({
        data: z.array(
          z.object({
            description: text,
            quantity: number,
            price,
            pricing: z
              .object({ unit_amount_decimal: number, price_details: z.object({ price: related, product: related }).nullish() })
              .nullish(),
          }),
        ),
        total_count: integer,
      })
      .nullish(),
  })
  .transform((i) => {
    const details = i.parent?.subscription_details ?? i.subscription_details;
    return {
      ...i,
      invoice: i.id,
      subscription: details?.subscription ?? i.subscription,
      metadata: { ...details?.metadata, ...i.metadata },
    };
  });

const charge = owned
  .extend({
    id,
    amount_refunded: fields.integer,
    currency,
    refunded: flag,
    billing_details: z.object({ email: text }).nullish(),
    receipt_email: text,
    previous_attributes: z.object({ amount_refunded: integer }).nullish(),
  })
  .transform((c) => ({ ...c, charge: c.id }));

const refund = owned.extend({ id, amount: integer, currency, reason: text, failure_reason: text });

/** Before API version 2014-12-08 it had no id, and its evidence was a text. */
const dispute = owned.extend({
  id: id.nullish(),
  amount: integer,
  currency,
  reason: text,
  status: text,
  evidence: z.object({ customer_email_address: text }).nullish().catch(null),
  evidence_details: z.object({ due_by: time }).nullish(),
});

const paymentIntent = owned
  .extend({
    id,
    amount: integer,
    amount_received: integer,
    currency,
    description: text,
    receipt_email: text,
    last_payment_error: z.object({ code: text, decline_code: text }).nullish(),
  })
  .transform((p) => ({ ...p, payment_intent: p.id }));

const card = { brand: text, last4: text, exp_month: integer, exp_year: integer };

/** Once detached it belongs to nobody: only the change says to whom it did. */
const paymentMethod = owned
  .extend({ id, type: text, card: z.object(card).nullish(), previous_attributes: z.object({ customer: related }).nullish() })
  .transform((p) => ({ ...p, customer: p.customer ?? p.previous_attributes?.customer }));

const source = owned.extend({ id, object: fields.text, ...card });

const coupon = z
  .preprocess(
    (value) => (typeof value === "string" ? { id: value } : value),
    z.object({ id, name: text, percent_off: number, amount_off: integer, currency, duration: text }),
  )
  .nullish();

/** The coupon moved into `source` in API version 2025-09-30. */
const discount = owned
  .extend({ source: z.object({ coupon }).nullish(), coupon, promotion_code: related, end: time })
  .transform((d) => ({ ...d, coupon: d.source?.coupon ?? d.coupon }));

const quote = owned.extend({ id, number: text, amount_total: integer, currency, expires_at: time });

const entitlements = z
  .object({ data: z.array(z.object({ lookup_key: fields.text })), has_more: flag })
  .transform((list) => ({ keys: list.data.map((entitlement) => entitlement.lookup_key), complete: list.has_more !== true }));

const entitlementSummary = owned.extend({
  entitlements,
  previous_attributes: z.object({ entitlements: entitlements.nullish() }).nullish(),
});

const usageAlert = owned.extend({
  alert: z.object({ id, title: text, usage_threshold: z.object({ gte: number }).nullish() }),
  value: number,
});

const snapshotEvent = z.object({
  object: z.literal("event"),
  id,
  type: fields.text,
  created: fields.unixSeconds,
  livemode: z.boolean(),
  account: related,
  data: z.object({ object: z.looseObject({}), previous_attributes: z.looseObject({}).nullish() }),
});

/** `snapshot_event`: the same event as a destination for snapshots receives it. */
const thinEvent = z.object({
  object: z.literal("v2.core.event"),
  id,
  type: fields.text,
  created: fields.isoTime,
  livemode: flag,
  snapshot_event: related,
});

export default defineAdapter({
  id: "stripe",
  name: "Stripe",
  docs: "https://docs.stripe.com/webhooks",
  secret: {
    format: /^whsec_\w{16,}$/,
    hint: "Signing secret of the webhook endpoint (one for connected accounts has its own), or the one that `stripe listen` prints",
    demo: "whsec_tributary_demo_stripe_0000",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "stripe-signature",
    encoding: "hex",
    covers: "body",
    layout: keyed({ timestamp: "t", signature: "v1" }),
    message: ({ timestamp, body }) => [timestamp, ".", body],
    tolerance: 300,
  }),
  options,
  webhook: z.object({ body: z.discriminatedUnion("object", [snapshotEvent, thinEvent]) }),
  events: ({ body }, _arrival, { connect }) => {
    const { type, created: occurredAt } = body;
    if (body.object === "v2.core.event") {
      const event = { id: body.snapshot_event ?? body.id, type, occurredAt, test: body.livemode === false, data: null };
      return [{ ...event, ignore: "thin event: ids only" }];
    }
    const { object, previous_attributes } = body.data;
    const event = { id: body.id, type, occurredAt, test: !body.livemode, data: { ...object, previous_attributes } };
    return [body.account && !connect ? { ...event, ignore: "of a connected account, and connect is not set" } : event];
  },
  handlers: {
    "customer.created": on(customer, (c, { options }: Context) => {
      const created = personOf(c, options.customer_email);
      return [identify(created, traitsOf(c)), track(created, "Customer Created")];
    }),
    "customer.updated": on(customer, (c, { options }: Context) => identify(personOf(c, options.customer_email), traitsOf(c))),
    "customer.deleted": on(customer, (c, { options }: Context) =>
      deleted(personOf(c, options.customer_email), "Customer Deleted"),
    ),

    "checkout.session.completed": on(session, (s, context: Context) =>
      s.mode === "payment" ? order(s, context) : checkout("Checkout Completed", s, context),
    ),
    "checkout.session.async_payment_succeeded": on(session, (s, context: Context) =>
      s.mode === "payment" ? order(s, context) : ignore("invoice.paid says it"),
    ),
    "checkout.session.async_payment_failed": on(session, (s) =>
      s.mode === "payment"
        ? track(buyerOf(s), "Payment Failed", { ...about(s), ...money("amount", s.amount_total, s.currency) })
        : ignore("invoice.payment_failed says it"),
    ),
    "checkout.session.expired": on(session, (s, context: Context) =>
      checkout("Checkout Expired", s, context, {
        ...money("amount", s.amount_total, s.currency),
        recovery_url: s.after_expiration?.recovery?.url,
        recovery_expires_at: s.after_expiration?.recovery?.expires_at,
      }),
    ),

    "customer.subscription.created": on(subscription, (s) =>
      s.status === "incomplete"
        ? ignore("the first payment is pending: customer.subscription.updated follows")
        : subscriptionEvent(s.status === "trialing" ? "Trial Started" : "Subscription Started", s),
    ),
    "customer.subscription.updated": on(subscription, changesOf),
    "customer.subscription.trial_will_end": onSubscription("Trial Ending"),
    "customer.subscription.paused": onSubscription("Subscription Paused"),
    "customer.subscription.resumed": onSubscription("Subscription Resumed"),
    "customer.subscription.deleted": onSubscription("Subscription Expired"),
    "customer.subscription.pending_update_expired": onSubscription("Plan Change Expired"),
    ...ignoring("customer.subscription.updated says it", "customer.subscription.pending_update_applied"),
    ...ignoring(
      "a plan: customer.subscription.updated says when it takes effect",
      `subscription_schedule.created subscription_schedule.updated subscription_schedule.expiring subscription_schedule.completed
      subscription_schedule.released subscription_schedule.canceled subscription_schedule.aborted`,
    ),

    "invoice.created": off("a draft, an hour before every renewal", onInvoice("Invoice Created")),
    "invoice.finalized": off("every renewal makes one, and most are paid at once", onInvoice("Invoice Finalized")),
    "invoice.sent": onInvoice("Invoice Sent"),
    // A preview: its id, where it has one, is never seen again.
    "invoice.upcoming": on(invoice, (i, context: Context) =>
      invoiceEvent("Renewal Upcoming", { ...i, invoice: null }, context, { renews_at: i.period_end }),
    ),
    "invoice.will_be_due": onInvoice("Invoice Due Soon"),
    "invoice.overdue": onInvoice("Invoice Overdue"),
    "invoice.paid": on(invoice, (i, context: Context) =>
      i.amount_paid === 0
        ? ignore("nothing was paid")
        : invoiceEvent("Invoice Paid", i, context, money("total", i.amount_paid, i.currency)),
    ),
    "invoice.payment_failed": onInvoice("Payment Failed"),
    "invoice.payment_action_required": onInvoice("Payment Action Required"),
    "invoice.voided": onInvoice("Invoice Voided"),
    "invoice.marked_uncollectible": onInvoice("Invoice Marked Uncollectible"),
    ...ignoring("invoice.paid says it", "invoice.payment_succeeded invoice_payment.paid"),
    ...ignoring("what matters has its own event", "invoice.updated invoice.deleted invoiceitem.created invoiceitem.deleted"),
    ...ignoring(
      "for the company, not for the customer",
      `invoice.finalization_failed invoice.overpaid invoice.payment_attempt_required`,
    ),

    // Not refund.created: it names a payment that, in current API versions, no other event links to a person. The charge names its customer.
    "charge.refunded": on(charge, (c) =>
      track(guestOr(c, c.billing_details?.email ?? c.receipt_email), "Refund Issued", {
        ...idsOf(c),
        ...money("amount", c.amount_refunded - (c.previous_attributes?.amount_refunded ?? 0), c.currency),
        ...money("amount_refunded", c.amount_refunded, c.currency),
        fully_refunded: c.refunded,
      }),
    ),
    "refund.failed": on(refund, (r) =>
      track(ownerOf(r), "Refund Failed", {
        refund_id: r.id,
        ...idsOf(r),
        ...money("amount", r.amount, r.currency),
        ...pick(r, "reason", "failure_reason"),
      }),
    ),
    "charge.dispute.created": onDispute("Dispute Opened"),
    "charge.dispute.closed": onDispute("Dispute Closed"),
    ...ignoring("charge.refunded and refund.failed say it", "refund.created refund.updated charge.refund.updated"),
    ...ignoring(
      "for the company, not for the customer",
      `charge.dispute.updated charge.dispute.funds_withdrawn charge.dispute.funds_reinstated`,
    ),

    // Nothing in a payment says that a Checkout made it, and since API version 2025-03-31 nothing says that an invoice did.
    "payment_intent.succeeded": off(
      "Checkout and invoices have their own events: for payments that are made without them",
      on(paymentIntent, (p) =>
        p.invoice
          ? ignore("invoice.paid says it")
          : track(guestOr(p, p.receipt_email), "Order Completed", {
              order_id: p.id,
              ...idsOf(p),
              ...money("total", p.amount_received ?? p.amount, p.currency),
              description: p.description,
            }),
      ),
    ),
    "payment_intent.payment_failed": off(
      "invoices have their own event, and in Checkout the visitor is there to try again: for payments that are made without them",
      on(paymentIntent, (p) =>
        p.invoice
          ? ignore("invoice.payment_failed says it")
          : track(guestOr(p, p.receipt_email), "Payment Failed", {
              ...idsOf(p),
              ...money("amount", p.amount, p.currency),
              error_code: p.last_payment_error?.code,
              decline_code: p.last_payment_error?.decline_code,
            }),
      ),
    ),
    ...ignoring("checkout.session.completed, invoice.paid or payment_intent.succeeded says it", "charge.succeeded"),
    ...ignoring("invoice.payment_failed or payment_intent.payment_failed says it", "charge.failed"),
    ...ignoring(
      "a step of a payment, not its end",
      `charge.pending charge.captured charge.expired charge.updated payment_intent.created payment_intent.processing
      payment_intent.requires_action payment_intent.amount_capturable_updated payment_intent.partially_funded
      payment_intent.canceled`,
    ),

    "payment_method.attached": onPaymentMethod("Payment Method Added"),
    "payment_method.updated": onPaymentMethod("Payment Method Updated"),
    "payment_method.automatically_updated": onPaymentMethod("Payment Method Updated"),
    "payment_method.detached": onPaymentMethod("Payment Method Removed"),
    "customer.source.expiring": on(source, (s) =>
      s.object === "card"
        ? track(ownerOf(s), "Payment Method Expiring", { payment_method_id: s.id, type: s.object, ...cardOf(s) })
        : ignore("not a card"),
    ),
    ...ignoring(
      "payment methods have events of their own",
      `customer.source.created customer.source.updated customer.source.deleted setup_intent.succeeded setup_intent.setup_failed`,
    ),

    "customer.discount.created": onDiscount("Coupon Applied"),
    "customer.discount.deleted": onDiscount("Coupon Removed"),
    ...ignoring("one coupon for another: no news to a customer", "customer.discount.updated"),
    "entitlements.active_entitlement_summary.updated": on(entitlementSummary, (e) => {
      const { keys, complete } = e.entitlements;
      const before = e.previous_attributes?.entitlements?.keys ?? [];
      return track(ownerOf(e), "Entitlements Updated", {
        entitlements: keys,
        complete,
        added: keys.filter((key) => !before.includes(key)),
        removed: before.filter((key) => !keys.includes(key)),
      });
    }),
    "billing.alert.triggered": on(usageAlert, ({ alert, value, ...a }) =>
      track(ownerOf(a), "Usage Alert Triggered", {
        alert_id: alert.id,
        title: alert.title,
        threshold: alert.usage_threshold?.gte,
        value,
      }),
    ),

    "quote.finalized": onQuote("Quote Finalized"),
    "quote.accepted": onQuote("Quote Accepted"),
    "quote.canceled": onQuote("Quote Cancelled"),
    ...ignoring("a draft", "quote.created"),
  },
  habits: {
    timeoutSeconds: null,
    retries: "live mode: for up to 3 days, ever less often; test mode: three times within a few hours",
    givesUp: "no 2xx for several days in a row: Stripe sends a warning by e-mail, then disables the endpoint",
    setup: [
      "In Workbench open Webhooks and choose Create new destination.",
      "Choose events of your account and the snapshot payload style; connected accounts (connect = true) take a second destination.",
      "Select the event types that are listed here, then Webhook endpoint, and give it the URL of this source.",
      "Reveal the destination's signing secret (whsec_…) and store it as the source's secret: several are separated by a space.",
      'Where your backend writes its user id into metadata, set user_id_from = ["metadata.user_id"]: it is read from whatever an event is about, and for invoices from their subscription too.',
      'Set customer_email = "verified" only where nobody but your backend sets a customer\'s e-mail address.',
    ],
  },
  lookup: bearerLookup({
    host: "api.stripe.com",
    kind: "customer",
    path: "/v1/customers/",
    schema: customer.extend({ deleted: z.literal(false).optional() }),
    draft: (found) => identify(personOf(found, "claimed"), traitsOf(found)),
  }),
  // @see https://docs.stripe.com/api/customers/list
  pull: {
    hosts: ["api.stripe.com"],
    request: (page, apiKey) => ({
      host: "api.stripe.com",
      path: `/v1/customers?limit=100${page === null ? "" : `&starting_after=${encodeURIComponent(page)}`}`,
      headers: { authorization: `Bearer ${apiKey}` },
    }),
    read: (body) => {
      const found = z.object({ data: z.array(z.unknown()), has_more: z.boolean() }).safeParse(body).data;
      const last = z.object({ id }).safeParse(found?.data.at(-1)).data;
      if (!found || (found.has_more && !last)) return null;
      const customers = found.data.flatMap((item) => customer.safeParse(item).data ?? []);
      const drafts = customers.map((item) => identify(personOf(item, "claimed"), {}));
      return { drafts, next: found.has_more ? (last?.id ?? null) : null };
    },
  },
});

type Context = MapContext<z.output<typeof options>>;
type Owned = z.output<typeof owned> & { readonly checkout?: string };
type Customer = z.output<typeof customer>;
type Session = z.output<typeof session>;
type Subscription = z.output<typeof subscription>;
type SubscriptionState = Pick<Subscription, keyof typeof state>;
type Invoice = z.output<typeof invoice>;

function personOf(c: Customer, trust: Trust): PersonFacts {
  return person({
    record: { metadata: c.metadata },
    email: { value: c.email, trust },
    phone: c.phone,
    ids: [personId("customer", c.id)],
  });
}

function traitsOf(c: Customer): Traits {
  return {
    customer_id: c.id,
    ...pick(c, "name", "business_name", "currency", "delinquent", "tax_exempt"),
    ...addressOf(c.address),
    locale: c.preferred_locales?.[0],
    created_at: c.created,
  };
}

function addressOf(a: z.output<typeof address>): Properties {
  return Object.fromEntries(Object.entries(a ?? {}).map(([name, value]) => [`address_${name}`, value]));
}

/** Whom an object belongs to. Of the object itself only its metadata may hold a user id: the company's backend alone writes it. */
function ownerOf(object: Owned, more: Pick<PersonInput, "email" | "phone"> = {}): PersonFacts {
  return person({
    record: { metadata: object.metadata },
    ...more,
    ids: [
      personId("customer", object.customer),
      personId("account", object.customer_account),
      ...LINKS.map((kind) => reference(kind, object[kind])),
    ],
  });
}

function isGuest(object: Owned): boolean {
  return !object.customer && !object.customer_account;
}

/** A guest is known by an address that was typed; what a customer typed while paying says less than the customer's own record. */
function guestOr(payment: Owned, address: Maybe<string>): PersonFacts {
  return ownerOf(payment, isGuest(payment) ? { email: claimed(address) } : {});
}

function buyerOf(s: Session): PersonFacts {
  return ownerOf(s, { email: claimed(s.customer_details?.email ?? s.customer_email), phone: s.customer_details?.phone });
}

/** A Checkout payment. Where Checkout also makes an invoice, the `total` is left to Invoice Paid. */
function order(s: Session, context: Context): MapResult {
  if (s.payment_status === "unpaid") return ignore("the payment is pending: checkout.session.async_payment_succeeded follows");
  const isInvoiced = s.invoice || s.invoice_creation?.enabled;
  return checkout("Order Completed", s, context, {
    order_id: s.id,
    ...(isInvoiced ? {} : money("total", s.amount_total, s.currency)),
  });
}

/** The end of a Checkout, what is known of a guest (a customer has events of its own), and the answer to the question about promotions. */
function checkout(event: string, s: Session, context: Context, properties: Properties = {}): readonly Draft[] {
  const buyer = buyerOf(s);
  const at = context.event.occurredAt;
  return [
    ...(isGuest(s) ? [identify(buyer, { name: s.customer_details?.name, ...addressOf(s.customer_details?.address) })] : []),
    ...(s.consent?.promotions === "opt_in" ? [consent(buyer, { channel: "email", state: "subscribed", at })] : []),
    track(buyer, event, { ...about(s), ...properties }),
  ];
}

/** `client_reference_id` may come from the URL of a Payment Link, so it is a property and never an id. */
function about(s: Session): Properties {
  return {
    ...idsOf(s),
    payment_link_id: s.payment_link,
    ...pick(s, "mode", "client_reference_id"),
    ...money("subtotal", s.amount_subtotal, s.currency),
    ...money("discount", s.total_details?.amount_discount, s.currency),
    ...money("shipping", s.total_details?.amount_shipping, s.currency),
    ...money("tax", s.total_details?.amount_tax, s.currency),
    coupon: s.discounts?.[0]?.coupon,
    promotion_code_id: s.discounts?.[0]?.promotion_code,
  };
}

function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

function subscriptionEvent(event: string, s: Subscription, properties: Properties = {}): Draft {
  return track(ownerOf(s), event, {
    ...idsOf(s),
    ...planOf(s),
    ...products(
      s.items?.data.map((item) => productOf(item.price, item.price?.currency, item.quantity)),
      s.items?.total_count,
    ),
    current_period_start: s.current_period_start ?? s.items?.data[0]?.current_period_start,
    current_period_end: periodEndOf(s),
    ...pick(
      s,
      "status",
      "collection_method",
      "trial_start",
      "trial_end",
      "cancel_at_period_end",
      "cancel_at",
      "canceled_at",
      "ended_at",
    ),
    resumes_at: s.pause_collection?.resumes_at,
    cancellation_reason: s.cancellation_details?.reason,
    cancellation_feedback: s.cancellation_details?.feedback,
    cancellation_comment: s.cancellation_details?.comment,
    ...properties,
  });
}

/** The plan: the first item, which for most subscriptions is the only one. */
function planOf(s: SubscriptionState): Properties {
  const { price, quantity } = s.items?.data[0] ?? {};
  return {
    plan: price?.nickname ?? price?.lookup_key,
    ...productOf(price, price?.currency, quantity),
    currency: price?.currency,
    interval: price?.recurring?.interval,
    interval_count: price?.recurring?.interval_count,
  };
}

/** One event for each fact that a person would notice. */
function changesOf(s: Subscription): MapResult {
  const before = { ...s, ...s.previous_attributes };
  const events = [
    statusChange(before.status, s.status),
    isEnding(before) === isEnding(s) ? null : isEnding(s) ? "Subscription Cancelled" : "Subscription Reactivated",
    isPaused(before) === isPaused(s) ? null : isPaused(s) ? "Subscription Paused" : "Subscription Resumed",
  ];
  const drafts = events.filter((event) => event !== null).map((event) => subscriptionEvent(event, s));
  if (itemsOf(before) !== itemsOf(s)) {
    const previous = Object.entries(planOf(before)).map(([name, value]) => [`previous_${name}`, value]);
    return [...drafts, subscriptionEvent("Plan Changed", s, Object.fromEntries(previous))];
  }
  if (drafts.length > 0) return drafts;
  if (before.status !== s.status) return ignore("no news, or another event says it");
  if (periodEndOf(before) !== periodEndOf(s)) return ignore("a new period: invoice.paid says it");
  const changed = Object.keys(s.previous_attributes ?? {}).filter((name) => name in noticed);
  return changed.length > 0 ? subscriptionEvent("Subscription Updated", s, { changed }) : ignore("no news to a customer");
}

/** `null` where nothing changed, and where a paused, resumed or deleted event says it. */
function statusChange(before: Maybe<string>, after: Maybe<string>): string | null {
  if (before === after) return null;
  switch (after) {
    case "trialing":
      return before === "paused" ? null : "Trial Started";
    case "active":
      if (before === "trialing") return "Trial Converted";
      if (before === "incomplete") return "Subscription Started";
      return before === "paused" ? null : "Subscription Recovered";
    case "past_due":
      return "Subscription Past Due";
    case "unpaid":
      return "Subscription Unpaid";
    default:
      return null;
  }
}

/**
 * Whether the end is set. In flexible billing mode a cancellation sets `cancel_at` alone.
 * @see https://docs.stripe.com/changelog/basil/2025-07-30/cancel-at-enums
 */
function isEnding(s: SubscriptionState): boolean {
  return s.cancel_at_period_end === true || typeof s.cancel_at === "string";
}

/** Whether collection is paused: this leaves the status as it is and has no event of its own. */
function isPaused(s: SubscriptionState): boolean {
  return (s.pause_collection ?? null) !== null;
}

/** Prices and quantities alone: an item also holds its period, which changes at every renewal. */
function itemsOf(s: SubscriptionState): string {
  const items = s.items?.data.map((item) => `${item.price?.id} ${item.quantity}`) ?? [];
  return items.sort().join();
}

function periodEndOf(s: SubscriptionState): Maybe<string> {
  return s.current_period_end ?? s.items?.data[0]?.current_period_end;
}

function onInvoice(event: string) {
  return on(invoice, (i, context: Context) => invoiceEvent(event, i, context));
}

function invoiceEvent(event: string, i: Invoice, { options }: Context, properties: Properties = {}): Draft {
  return track(ownerOf(i, { email: { value: i.customer_email, trust: options.customer_email } }), event, {
    ...idsOf(i),
    invoice_number: i.number,
    ...money("amount", i.amount_due, i.currency),
    ...money("subtotal", i.subtotal, i.currency),
    ...money("discount", sumOf(i.total_discount_amounts), i.currency),
    ...money("tax", sumOf(i.total_taxes ?? i.total_tax_amounts), i.currency),
    ...products(
      i.lines?.data.map(({ price, pricing, quantity, description }) => {
        const bought = pricing ? { ...pricing, ...pricing.price_details, id: pricing.price_details?.price } : price;
        return { ...productOf(bought, i.currency, quantity), name: description };
      }),
      i.lines?.total_count,
    ),
    ...pick(i, "billing_reason", "collection_method", "attempt_count", "next_payment_attempt", "due_date"),
    ...pick(i, "hosted_invoice_url", "invoice_pdf"),
    ...properties,
  });
}

/** A dispute names no customer: the address is the one that Stripe took from the payment. */
function onDispute(event: string) {
  return on(dispute, (d) =>
    track(ownerOf(d, { email: claimed(d.evidence?.customer_email_address) }), event, {
      dispute_id: d.id,
      ...idsOf(d),
      ...money("amount", d.amount, d.currency),
      ...pick(d, "reason", "status"),
      evidence_due_by: d.evidence_details?.due_by,
    }),
  );
}

function onPaymentMethod(event: string) {
  return on(paymentMethod, (p) => track(ownerOf(p), event, { payment_method_id: p.id, type: p.type, ...cardOf(p.card) }));
}

function cardOf(c: Maybe<Pick<z.output<typeof source>, keyof typeof card>>): Properties {
  return { brand: c?.brand?.toLowerCase(), last4: c?.last4, exp_month: c?.exp_month, exp_year: c?.exp_year };
}

function onDiscount(event: string) {
  return on(discount, (d) =>
    track(ownerOf(d), event, {
      ...idsOf(d),
      coupon_id: d.coupon?.id,
      coupon_name: d.coupon?.name,
      ...money("discount", d.coupon?.amount_off, d.coupon?.currency),
      percent_off: d.coupon?.percent_off,
      duration: d.coupon?.duration,
      promotion_code_id: d.promotion_code,
      ends_at: d.end,
    }),
  );
}

function onQuote(event: string) {
  return on(quote, (q) =>
    track(ownerOf(q), event, {
      quote_id: q.id,
      quote_number: q.number,
      ...idsOf(q),
      ...money("amount", q.amount_total, q.currency),
      expires_at: q.expires_at,
    }),
  );
}

function idsOf(object: Owned): Properties {
  return Object.fromEntries(LINKS.map((kind) => [`${kind}_id`, object[kind]]));
}

function pick<Name extends string>(object: { readonly [name in Name]?: Value }, ...names: readonly Name[]): Properties {
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}

function productOf(
  p: Maybe<Pick<NonNullable<z.output<typeof price>>, "id" | "product" | "unit_amount_decimal">>,
  code: Maybe<string>,
  quantity: Maybe<number>,
): Properties {
  const unit = money("price", p?.unit_amount_decimal, code);
  return { product_id: p?.product, price_id: p?.id, price: unit.price, quantity };
}

function sumOf(parts: z.output<typeof sums>): number | undefined {
  return parts?.reduce((sum, part) => sum + part.amount, 0);
}

/** An amount in Stripe's minor units as properties. A unit price may be a fraction of one: six digits of it are kept. */
function money(name: string, minor: Maybe<number>, code: Maybe<string>): Properties {
  return typeof minor === "number" && code ? moneyProperties(name, fromMinor(Number(minor.toFixed(6)), code, EXPONENTS)) : {};
}
