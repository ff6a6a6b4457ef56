/**
 * Paddle Billing: customers, subscriptions, transactions, adjustments and saved payment methods.
 *
 * Only customer events hold an address, so these have to be among the events chosen (or an API key is configured, and it is looked up).
 * Of the events about one sale one carries the `total`: that of `transaction.completed`.
 *
 * @see https://developer.paddle.com/webhooks/overview
 */
import * as z from "zod";
import { defineAdapter, type MapResult, off, on } from "../src/contract/define.ts";
import { consent, type Draft, identify, ignore, ignoring, type Properties, products, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, reference } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { money } from "../src/contract/money.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { keyed } from "../src/contract/verify/layouts.ts";

const { id } = fields;
const text = fields.text.nullish();
const integer = fields.integer.nullish();
const time = fields.isoTime.nullish();
const currency = fields.currency.nullish();
const customData = z.looseObject({}).nullish();

const customer = z.object({
  id,
  email: text,
  name: text,
  locale: text,
  status: text,
  marketing_consent: z.boolean().nullish(),
  custom_data: customData,
  created_at: time,
});

const cycle = z.object({ interval: text, frequency: integer }).nullish();

const item = z.object({
  price: z
    .object({
      id: id.nullish(),
      product_id: id.nullish(),
      name: text,
      description: text,
      unit_price: z.object({ amount: integer, currency_code: currency }).nullish(),
    })
    .nullish(),
  product: z.object({ name: text }).nullish(),
  quantity: integer,
  trial_dates: z.object({ starts_at: time, ends_at: time }).nullish(),
});

const subscription = z.object({
  id,
  customer_id: id.nullish(),
  transaction_id: id.nullish(),
  status: text,
  collection_mode: text,
  items: z.array(item),
  billing_cycle: cycle,
  current_billing_period: z.object({ starts_at: time, ends_at: time }).nullish(),
  next_billed_at: time,
  started_at: time,
  paused_at: time,
  canceled_at: time,
  scheduled_change: z.object({ action: text, effective_at: time, resume_at: time }).nullish(),
  custom_data: customData,
});

const totals = z.object({ subtotal: integer, discount: integer, tax: integer, grand_total: integer }).nullish();

const transaction = z.object({
  id,
  customer_id: id.nullish(),
  subscription_id: id.nullish(),
  discount_id: id.nullish(),
  invoice_number: text,
  origin: text,
  collection_mode: text,
  currency_code: currency,
  items: z.array(item).nullish(),
  details: z
    .object({
      totals,
      line_items: z.array(z.object({ price_id: id.nullish(), product: z.object({ name: text }).nullish() })).nullish(),
    })
    .nullish(),
  // The latest attempt stands first.
  payments: z.array(z.object({ error_code: text, method_details: z.object({ type: text }).nullish() })).nullish(),
  checkout: z.object({ url: text }).nullish(),
  billing_details: z.object({ payment_terms: cycle }).nullish(),
  custom_data: customData,
});

const adjustment = z.object({
  id,
  customer_id: id.nullish(),
  subscription_id: id.nullish(),
  transaction_id: id.nullish(),
  action: text,
  status: text,
  reason: text,
  currency_code: currency,
  totals: z.object({ total: integer }).nullish(),
});

const paymentMethod = z.object({ id, customer_id: id.nullish(), type: text, origin: text, deletion_reason: text });

/** Updates repeat a state for as long as it lasts. It is one fact, and this its id. */
const state = z.union([
  z
    .object({ id, scheduled_change: z.object({ action: z.literal("cancel"), effective_at: fields.text }) })
    .transform((s) => `cancel:${s.id}:${s.scheduled_change.effective_at}`),
  z.object({ id, action: z.literal("refund"), status: z.literal("approved") }).transform((a) => `refund:${a.id}`),
]);

const REPEATING: ReadonlySet<string> = new Set(["subscription.updated", "adjustment.created", "adjustment.updated"]);

export default defineAdapter({
  id: "paddle",
  name: "Paddle",
  docs: "https://developer.paddle.com/webhooks/overview",
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
    body: z.object({ event_id: id, event_type: fields.text, occurred_at: fields.isoTime, data: z.looseObject({}) }),
  }),
  events: ({ body: { event_id, event_type: type, occurred_at: occurredAt, data } }) => {
    const fact = REPEATING.has(type) ? state.safeParse(data).data : undefined;
    return [{ id: fact ?? event_id, type, occurredAt, test: false, data }];
  },
  handlers: {
    "customer.created": on(customer, (c, { event }) => [
      identify(personOf(c), traitsOf(c)),
      // Ticked by the buyer; false is also what somebody has who was never asked.
      ...(c.marketing_consent
        ? [consent(personOf(c), { channel: "email", state: "subscribed", at: c.created_at ?? event.occurredAt })]
        : []),
      track(personOf(c), "Customer Created"),
    ]),
    "customer.imported": on(customer, (c) => identify(personOf(c), traitsOf(c))),
    "customer.updated": on(customer, (c) => identify(personOf(c), traitsOf(c))),

    "subscription.trialing": onSubscription("Trial Started"),
    "subscription.activated": on(subscription, (s) =>
      subscriptionEvent(s.items.some((one) => one.trial_dates) ? "Trial Converted" : "Subscription Started", s),
    ),
    "subscription.updated": on(subscription, (s) =>
      s.scheduled_change?.action === "cancel"
        ? subscriptionEvent("Subscription Cancelled", s)
        : ignore("what changed is not said; what matters has its own event"),
    ),
    "subscription.past_due": onSubscription("Subscription Past Due"),
    "subscription.paused": onSubscription("Subscription Paused"),
    "subscription.resumed": onSubscription("Subscription Resumed"),
    "subscription.canceled": onSubscription("Subscription Expired"),
    ...ignoring("subscription.trialing or subscription.activated says it", "subscription.created"),
    ...ignoring("not new: brought over from elsewhere", "subscription.imported"),

    "transaction.completed": on(transaction, sale),
    "transaction.ready": off(
      "every checkout that is opened makes one",
      on(transaction, (t) =>
        t.origin === "web" ? transactionEvent("Checkout Started", t, "value") : ignore("not made at a checkout"),
      ),
    ),
    "transaction.billed": on(transaction, (t) =>
      t.collection_mode === "manual"
        ? transactionEvent("Invoice Created", t, "amount")
        : ignore("paid without an invoice being sent"),
    ),
    "transaction.past_due": on(transaction, (t) =>
      t.collection_mode === "manual"
        ? transactionEvent("Invoice Overdue", t, "amount")
        : ignore("transaction.payment_failed and subscription.past_due say it"),
    ),
    "transaction.payment_failed": on(transaction, (t) => transactionEvent("Payment Failed", t, "amount")),
    ...ignoring("transaction.completed says it", "transaction.paid invoice.paid"),
    ...ignoring(
      "a step of a transaction, not its end",
      `transaction.created transaction.updated transaction.revised transaction.canceled`,
    ),

    "adjustment.created": on(adjustment, adjusted),
    "adjustment.updated": on(adjustment, (a) => (a.action === "refund" ? adjusted(a) : ignore("adjustment.created says it"))),

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
  habits: {
    timeoutSeconds: 5,
    // @see https://developer.paddle.com/webhooks/respond-to-webhooks
    retries: "live: 60 times over 3 days, ever less often; sandbox: 3 times within 15 minutes",
    givesUp: "nothing: what was not accepted within the retries is marked as failed, and can be sent again",
    setup: [
      "In Paddle open Developer tools > Notifications and choose New destination, of the type webhook, with the URL of this source.",
      "Select customer.created and customer.updated (no other event holds an address), subscription.*, transaction.completed and transaction.payment_failed, adjustment.* and payment_method.*.",
      "Open the destination again to copy its secret key (pdl_ntfset_…): it is the source's secret. The sandbox is an account of its own: let it lead to another source.",
      'Where your backend alone writes its user id into custom_data, set user_id_from = ["custom_data.user_id"]. A checkout that is opened with Paddle.js takes custom_data from the page, where a visitor can change it.',
    ],
  },
  lookup: {
    hosts: ["api.paddle.com", "sandbox-api.paddle.com"],
    request: ({ kind, id: customerId }, apiKey) =>
      kind === "customer" && /^ctm_\w+$/.test(customerId)
        ? {
            // @see https://developer.paddle.com/api-reference/about/authentication
            host: apiKey.startsWith("pdl_sdbx_") ? "sandbox-api.paddle.com" : "api.paddle.com",
            path: `/customers/${customerId}`,
            headers: { authorization: `Bearer ${apiKey}` },
          }
        : null,
    read: (body) => {
      const found = z.object({ data: customer }).safeParse(body).data?.data;
      return found ? [identify(personOf(found), traitsOf(found))] : null;
    },
  },
});

type Customer = z.output<typeof customer>;
type Subscription = z.output<typeof subscription>;
type Transaction = z.output<typeof transaction>;
type Adjustment = z.output<typeof adjustment>;

function personOf(c: Customer): PersonFacts {
  return person({ record: { id: c.id, custom_data: c.custom_data }, email: claimed(c.email), ids: [personId("customer", c.id)] });
}

function traitsOf(c: Customer): Properties {
  return {
    customer_id: c.id,
    name: c.name,
    locale: c.locale,
    status: c.status,
    marketing_consent: c.marketing_consent,
    created_at: c.created_at,
  };
}

/** Whom an object belongs to: its customer, or what leads there. */
function ownerOf(o: {
  readonly customer_id?: Maybe<string>;
  readonly subscription?: Maybe<string>;
  readonly transaction?: Maybe<string>;
  readonly custom_data?: Maybe<object>;
}): PersonFacts {
  return person({
    record: { id: o.customer_id, custom_data: o.custom_data },
    ids: [
      personId("customer", o.customer_id),
      reference("subscription", o.subscription),
      reference("transaction", o.transaction),
    ],
  });
}

function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

function subscriptionEvent(event: string, s: Subscription): Draft {
  const { scheduled_change: change } = s;
  return track(ownerOf({ ...s, subscription: s.id, transaction: s.transaction_id }), event, {
    subscription_id: s.id,
    status: s.status,
    plan: nameOf(s.items[0]),
    interval: s.billing_cycle?.interval,
    interval_count: s.billing_cycle?.frequency,
    collection_mode: s.collection_mode,
    ...productsOf(s.items),
    trial_end: s.items[0]?.trial_dates?.ends_at,
    current_period_start: s.current_billing_period?.starts_at,
    current_period_end: s.current_billing_period?.ends_at,
    next_billed_at: s.next_billed_at,
    started_at: s.started_at,
    paused_at: s.paused_at,
    resumes_at: change?.action === "resume" ? change.effective_at : change?.resume_at,
    cancel_at: change?.action === "cancel" ? change.effective_at : null,
    canceled_at: s.canceled_at,
  });
}

/** The one event about a sale that carries its `total`. */
function sale(t: Transaction): MapResult {
  if (t.origin === "subscription_payment_method_change") return ignore("nothing was bought: another way to pay");
  if (t.subscription_id && t.details?.totals?.grand_total === 0) return ignore("nothing was paid");
  return transactionEvent(t.origin === "subscription_recurring" ? "Subscription Renewed" : "Order Completed", t, "total");
}

/** @param name what the sum is called: only the sale itself has a `total` */
function transactionEvent(event: string, t: Transaction, name: "total" | "amount" | "value"): Draft {
  const { subtotal, discount, tax, grand_total } = t.details?.totals ?? {};
  const names = new Map((t.details?.line_items ?? []).map((line) => [line.price_id, line.product?.name]));
  return track(ownerOf({ ...t, subscription: t.subscription_id, transaction: t.id }), event, {
    order_id: t.id,
    subscription_id: t.subscription_id,
    invoice_number: t.invoice_number,
    origin: t.origin,
    ...money(name, grand_total, t.currency_code),
    ...money("subtotal", subtotal, t.currency_code),
    ...money("discount", discount, t.currency_code),
    ...money("tax", tax, t.currency_code),
    discount_id: t.discount_id,
    ...productsOf((t.items ?? []).map((one) => ({ ...one, product: one.product ?? { name: names.get(one.price?.id) } }))),
    payment_method: t.payments?.[0]?.method_details?.type,
    error_code: t.payments?.[0]?.error_code,
    checkout_url: name === "value" ? t.checkout?.url : null,
  });
}

/** A refund counts once it is approved: `adjustment.updated` says so where a person at Paddle has to. */
function adjusted(a: Adjustment): MapResult {
  const owner = ownerOf({ ...a, subscription: a.subscription_id, transaction: a.transaction_id });
  const properties = {
    adjustment_id: a.id,
    order_id: a.transaction_id,
    subscription_id: a.subscription_id,
    ...money("amount", a.totals?.total, a.currency_code),
    reason: a.reason,
  };
  switch (a.action) {
    case "refund":
      return a.status === "approved" ? track(owner, "Refund Issued", properties) : ignore("the refund is not approved");
    case "chargeback":
      return track(owner, "Dispute Opened", properties);
    case "chargeback_reverse":
      return track(owner, "Dispute Closed", properties);
    default:
      return ignore("no money was returned");
  }
}

function onPaymentMethod(event: string) {
  return on(paymentMethod, (p) =>
    track(ownerOf(p), event, {
      payment_method_id: p.id,
      type: p.type,
      origin: p.origin,
      deletion_reason: p.deletion_reason,
    }),
  );
}

function nameOf(one: Maybe<z.output<typeof item>>): Maybe<string> {
  return one?.price?.name ?? one?.price?.description;
}

function productsOf(items: readonly z.output<typeof item>[]): Properties {
  return products(
    items.map((one) => ({
      product_id: one.price?.product_id,
      price_id: one.price?.id,
      name: one.product?.name ?? nameOf(one),
      variant: one.product?.name ? nameOf(one) : null,
      price: money("price", one.price?.unit_price?.amount, one.price?.unit_price?.currency_code).price,
      quantity: one.quantity,
    })),
  );
}
