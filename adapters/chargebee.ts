/**
 * Chargebee: customers, subscriptions, payments, refunds and payment sources, of both product catalogues.
 *
 * Nothing is signed: Basic authentication proves who sends, and not what. So a deleted customer is only told of.
 * Of the events about one sale one carries the `total`: that of `payment_succeeded`.
 *
 * @see https://apidocs.chargebee.com/docs/api/events
 */
import * as z from "zod";
import { defineAdapter, type MapResult, off, on } from "../src/contract/define.ts";
import { type Draft, identify, ignore, ignoring, type Properties, products, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, reference } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { money } from "../src/contract/money.ts";
import { basicAuth } from "../src/contract/verify/basic-auth.ts";

const { id } = fields;
const text = fields.text.nullish();
const integer = fields.integer.nullish();
const time = fields.unixSeconds.nullish();
const currency = fields.currency.nullish();
const flag = z.boolean().nullish();

const customer = z.looseObject({
  id,
  email: text,
  first_name: text,
  last_name: text,
  phone: text,
  company: text,
  locale: text,
  created_at: time,
  preferred_currency_code: currency,
  auto_collection: text,
  billing_address: z.object({ city: text, state_code: text, zip: text, country: text }).nullish(),
});

/** The plan stands among the items; on the subscription itself in the older product catalogue. */
const subscription = z.object({
  id,
  customer_id: id.nullish(),
  status: text,
  plan_id: id.nullish(),
  plan_quantity: integer,
  plan_unit_price: integer,
  subscription_items: z
    .array(z.object({ item_price_id: id.nullish(), item_type: text, quantity: integer, unit_price: integer }))
    .nullish(),
  currency_code: currency,
  billing_period: integer,
  billing_period_unit: text,
  trial_end: time,
  current_term_start: time,
  current_term_end: time,
  next_billing_at: time,
  pause_date: time,
  resume_date: time,
  cancelled_at: time,
  cancel_reason: text,
  cancel_reason_code: text,
});

const invoice = z.object({
  id,
  customer_id: id.nullish(),
  subscription_id: id.nullish(),
  status: text,
  currency_code: currency,
  total: integer,
  sub_total: integer,
  tax: integer,
  amount_due: integer,
  due_date: time,
  next_retry_at: time,
  first_invoice: flag,
  discounts: z.array(z.object({ amount: integer, entity_id: id.nullish() })).nullish(),
  line_items: z
    .array(z.object({ entity_id: id.nullish(), entity_type: text, description: text, quantity: integer, unit_amount: integer }))
    .nullish(),
});

const transaction = z.object({
  id,
  customer_id: id.nullish(),
  subscription_id: id.nullish(),
  amount: integer,
  currency_code: currency,
  payment_method: text,
  error_code: text,
  error_text: text,
});

const card = z.object({
  payment_source_id: id.nullish(),
  customer_id: id.nullish(),
  brand: text,
  card_type: text,
  last4: text,
  expiry_month: integer,
  expiry_year: integer,
});

const paymentSource = z.object({ id, customer_id: id.nullish(), type: text, card: card.nullish() });

const creditNote = z.object({ id: id.nullish(), reference_invoice_id: id.nullish(), reason_code: text });

/** What an event is about, and beside it nearly always the customer. Each handler demands its own part. */
const content = z.object({
  customer: customer.nullish(),
  subscription: subscription.nullish(),
  invoice: invoice.nullish(),
  transaction: transaction.nullish(),
  credit_note: creditNote.nullish(),
});

const aboutCustomer = content.extend({ customer });
const aboutSubscription = content.extend({ subscription });
const aboutInvoice = content.extend({ invoice });
const aboutPayment = content.extend({ transaction });
const aboutSource = content.extend({ payment_source: paymentSource });
const aboutCard = content.extend({ card });

export default defineAdapter({
  id: "chargebee",
  name: "Chargebee",
  docs: "https://www.chargebee.com/docs/2.0/webhook_settings.html",
  secret: {
    format: /^[^\s:]+:\S{8,}$/,
    hint: "user:password of the webhook's Basic authentication, both of your own choice and without white space",
    demo: "chargebee:tributary_demo_chargebee_0123456789",
  },
  verify: basicAuth(),
  webhook: z.object({
    body: z.object({ id, event_type: fields.text, occurred_at: fields.unixSeconds, content: z.looseObject({}) }),
  }),
  events: ({ body }) => [{ id: body.id, type: body.event_type, occurredAt: body.occurred_at, test: false, data: body.content }],
  handlers: {
    customer_created: on(aboutCustomer, (c) => [
      identify(ownerOf(c), traitsOf(c.customer)),
      track(ownerOf(c), "Customer Created"),
    ]),
    customer_changed: on(aboutCustomer, (c) => identify(ownerOf(c), traitsOf(c.customer))),
    customer_deleted: on(aboutCustomer, (c) => track(ownerOf(c), "Customer Deleted", { customer_id: c.customer.id })),
    ...ignoring("from one site of the company to another", "customer_moved_in customer_moved_out"),

    subscription_created: on(aboutSubscription, (c) =>
      c.subscription.status === "future" ? ignore("starts later: subscription_started says it") : started(c),
    ),
    subscription_started: on(aboutSubscription, started),
    subscription_activated: onSubscription("Trial Converted"),
    subscription_trial_extended: onSubscription("Trial Extended"),
    subscription_trial_end_reminder: onSubscription("Trial Ending"),
    subscription_changed: onSubscription("Subscription Updated"),
    subscription_renewal_reminder: onSubscription("Renewal Upcoming"),
    subscription_renewed: onSubscription("Subscription Renewed"),
    subscription_pause_scheduled: ignore("subscription_paused says it when it comes"),
    subscription_paused: onSubscription("Subscription Paused"),
    subscription_resumed: onSubscription("Subscription Resumed"),
    subscription_cancellation_scheduled: onSubscription("Subscription Cancelled"),
    subscription_cancellation_reminder: onSubscription("Subscription Ending"),
    subscription_scheduled_cancellation_removed: onSubscription("Subscription Reactivated"),
    subscription_cancelled: onSubscription("Subscription Expired"),
    subscription_reactivated: onSubscription("Subscription Reactivated"),
    ...ignoring(
      "a plan: what comes of it has its own event",
      `subscription_changes_scheduled subscription_scheduled_changes_removed subscription_scheduled_pause_removed
      subscription_resumption_scheduled subscription_scheduled_resumption_removed`,
    ),
    ...ignoring("nothing that a customer did", "subscription_deleted subscription_shipping_address_updated mrr_updated"),

    invoice_generated: off("every renewal makes one, and most are paid at once", onInvoice("Invoice Created")),
    payment_succeeded: on(aboutPayment, (c) => paymentEvent("Payment Succeeded", "total", c)),
    payment_failed: on(aboutPayment, (c) => paymentEvent("Payment Failed", "amount", c)),
    payment_refunded: on(aboutPayment, (c) => paymentEvent("Refund Issued", "amount", c)),
    ...ignoring(
      "a step of a payment, not its end",
      `payment_initiated refund_initiated authorization_succeeded authorization_voided`,
    ),
    ...ignoring("payment_refunded says it", "credit_note_created credit_note_updated"),
    ...ignoring(
      "what matters has its own event",
      `invoice_updated invoice_deleted pending_invoice_created pending_invoice_updated`,
    ),
    ...ignoring("payment_succeeded, payment_failed or payment_refunded says it", "transaction_created transaction_updated"),

    payment_source_added: onSource("Payment Method Added"),
    payment_source_updated: onSource("Payment Method Updated"),
    payment_source_deleted: onSource("Payment Method Removed"),
    payment_source_expiring: onSource("Payment Method Expiring"),
    payment_source_expired: onSource("Payment Method Expired"),
    card_expiry_reminder: onCard("Payment Method Expiring"),
    card_expired: onCard("Payment Method Expired"),
    ...ignoring("payment_source_added, …_updated or …_deleted says it", "card_added card_updated card_deleted"),
  },
  habits: {
    // 20 seconds for the connection, 20 without a byte, 60 altogether.
    // @see https://www.chargebee.com/docs/2.0/events_and_webhooks.html
    timeoutSeconds: 20,
    retries: "7 times, from about 2 minutes to 2 days later",
    givesUp: "nothing: after the last try the site's administrators get a mail, and the webhook stays on",
    setup: [
      "In Chargebee open Settings > Configure Chargebee > API Keys and Webhooks > Webhooks and choose Add Webhook, with the URL of this source.",
      "Turn on 'Protect webhook URL with basic authentication' and choose a user name and a long random password: user:password is the source's secret.",
      "Select the events that are listed here, or all of them. A test site has webhooks of its own: let it lead to another source.",
      'Where your backend chooses the ids of customers, set user_id_from = ["id"]; a custom field is read by its name: ["cf_user_id"].',
    ],
  },
});

type Content = z.output<typeof content>;
type Subscription = z.output<typeof subscription>;

/** The customer, or whatever leads there. */
function ownerOf(c: Content, customerId?: Maybe<string>): PersonFacts {
  const { customer: record, subscription: s, invoice: i, transaction: t } = c;
  return person({
    record: record ?? { id: s?.customer_id ?? i?.customer_id ?? t?.customer_id ?? customerId },
    email: claimed(record?.email),
    phone: record?.phone,
    ids: [
      personId("customer", record?.id ?? s?.customer_id ?? i?.customer_id ?? t?.customer_id ?? customerId),
      reference("subscription", s?.id ?? i?.subscription_id ?? t?.subscription_id),
      reference("invoice", i?.id),
    ],
  });
}

function traitsOf(c: z.output<typeof customer>): Properties {
  return {
    customer_id: c.id,
    first_name: c.first_name,
    last_name: c.last_name,
    company: c.company,
    locale: c.locale,
    currency: c.preferred_currency_code,
    auto_collection: c.auto_collection,
    city: c.billing_address?.city,
    state_code: c.billing_address?.state_code,
    zip_code: c.billing_address?.zip,
    country_code: c.billing_address?.country,
    created_at: c.created_at,
  };
}

function onSubscription(event: string) {
  return on(aboutSubscription, (c) => subscriptionEvent(event, c));
}

function started(c: z.output<typeof aboutSubscription>): MapResult {
  return subscriptionEvent(c.subscription.status === "in_trial" ? "Trial Started" : "Subscription Started", c);
}

function subscriptionEvent(event: string, c: z.output<typeof aboutSubscription>): Draft {
  const { subscription: s } = c;
  return track(ownerOf(c), event, {
    subscription_id: s.id,
    status: s.status,
    plan: s.plan_id ?? s.subscription_items?.find((item) => item.item_type === "plan")?.item_price_id,
    interval: s.billing_period_unit,
    interval_count: s.billing_period,
    currency: s.currency_code,
    ...productsOf(s),
    trial_end: s.trial_end,
    current_period_start: s.current_term_start,
    current_period_end: s.current_term_end,
    next_billed_at: s.next_billing_at,
    paused_at: s.pause_date,
    resumes_at: s.resume_date,
    cancelled_at: s.cancelled_at,
    cancellation_reason: s.cancel_reason_code ?? s.cancel_reason,
  });
}

function productsOf(s: Subscription): Properties {
  const items = s.subscription_items ?? [{ item_price_id: s.plan_id, quantity: s.plan_quantity, unit_price: s.plan_unit_price }];
  return products(
    items.map(({ item_price_id, unit_price, quantity }) => ({
      product_id: item_price_id,
      price: money("price", unit_price, s.currency_code).price,
      quantity,
    })),
  );
}

function onInvoice(event: string) {
  return on(aboutInvoice, (c) =>
    track(ownerOf(c), event, { ...invoiceProperties(c.invoice), ...money("amount", c.invoice.total, c.invoice.currency_code) }),
  );
}

function invoiceProperties(i: Content["invoice"]): Properties {
  return {
    invoice_id: i?.id,
    subscription_id: i?.subscription_id,
    invoice_status: i?.status,
    first_invoice: i?.first_invoice,
    ...money("subtotal", i?.sub_total, i?.currency_code),
    ...money("discount", sumOf(i?.discounts?.map(({ amount }) => amount)), i?.currency_code),
    ...money("tax", i?.tax, i?.currency_code),
    coupon: i?.discounts?.find(({ entity_id }) => entity_id)?.entity_id,
    due_date: i?.due_date,
    next_retry_at: i?.next_retry_at,
    ...products(
      i?.line_items?.map(({ entity_id, description, unit_amount, quantity }) => ({
        product_id: entity_id,
        name: description,
        price: money("price", unit_amount, i.currency_code).price,
        quantity,
      })),
    ),
  };
}

/** @param name what the sum is called: only a sale has a `total` */
function paymentEvent(event: string, name: "total" | "amount", c: z.output<typeof aboutPayment>): Draft {
  const { transaction: t, credit_note: note } = c;
  return track(ownerOf(c), event, {
    transaction_id: t.id,
    ...invoiceProperties(c.invoice),
    invoice_id: c.invoice?.id ?? note?.reference_invoice_id,
    subscription_id: t.subscription_id ?? c.invoice?.subscription_id,
    ...money(name, t.amount, t.currency_code),
    payment_method: t.payment_method,
    error_code: t.error_code,
    error_message: t.error_text,
    credit_note_id: note?.id,
    reason: note?.reason_code,
  });
}

function onSource(event: string) {
  return on(aboutSource, ({ payment_source: source, ...c }) =>
    track(ownerOf(c, source.customer_id), event, {
      payment_method_id: source.id,
      type: source.type,
      ...cardProperties(source.card),
    }),
  );
}

function onCard(event: string) {
  return on(aboutCard, ({ card: expiring, ...c }) =>
    track(ownerOf(c, expiring.customer_id), event, {
      payment_method_id: expiring.payment_source_id,
      type: "card",
      ...cardProperties(expiring),
    }),
  );
}

function cardProperties(c: Maybe<z.output<typeof card>>): Properties {
  return { brand: c?.brand ?? c?.card_type, last4: c?.last4, exp_month: c?.expiry_month, exp_year: c?.expiry_year };
}

function sumOf(amounts: readonly Maybe<number>[] | undefined): number | undefined {
  return amounts?.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
}
