/**
 * Recurly: accounts, subscriptions, payments and invoices, from JSON endpoints: what XML endpoints send is not signed.
 *
 * A JSON notification says what happened to which object, and nothing else: whom a subscription or payment belongs to has to be looked up
 * with an API key. The older notifications, which have the whole objects under their name (`new_subscription_notification`), are read too.
 * Of the events about one sale one carries the `total`: that of `payment.succeeded`.
 *
 * @see https://docs.recurly.com/recurly-subscriptions/docs/webhook-payloads-json-vs-xml
 */
import * as z from "zod";
import { defineAdapter, type MapResult, off, on } from "../src/contract/define.ts";
import { type Draft, identify, ignore, ignoring, type Properties, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, reference } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { money } from "../src/contract/money.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { positional } from "../src/contract/verify/layouts.ts";

/** The older names, and what they are called now. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ["new_account_notification", "account.created"],
  ["updated_account_notification", "account.updated"],
  ["canceled_account_notification", "account.closed"],
  ["billing_info_updated_notification", "billing_info.updated"],
  ["billing_info_update_failed_notification", "billing_info.update_failed"],
  ["new_subscription_notification", "subscription.created"],
  ["updated_subscription_notification", "subscription.updated"],
  ["canceled_subscription_notification", "subscription.canceled"],
  ["expired_subscription_notification", "subscription.expired"],
  ["renewed_subscription_notification", "subscription.renewed"],
  ["reactivated_account_notification", "subscription.reactivated"],
  ["subscription_paused_notification", "subscription.paused"],
  ["subscription_resumed_notification", "subscription.resumed"],
  ["prerenewal_notification", "subscription.renewal.scheduled"],
  ["scheduled_payment_notification", "payment.scheduled"],
  ["processing_payment_notification", "payment.processing"],
  ["successful_payment_notification", "payment.succeeded"],
  ["failed_payment_notification", "payment.failed"],
  ["successful_refund_notification", "payment.refunded"],
  ["void_payment_notification", "payment.voided"],
  ["new_charge_invoice_notification", "charge_invoice.created"],
  ["past_due_charge_invoice_notification", "charge_invoice.past_due"],
  ["paid_charge_invoice_notification", "charge_invoice.paid"],
  ["failed_charge_invoice_notification", "charge_invoice.failed"],
  ["new_dunning_event_notification", "dunning_event.created"],
]);

const { id } = fields;
const text = fields.text.nullish();
const integer = fields.integer.nullish();
const time = fields.isoTime.nullish();
const currency = fields.currency.nullish();

/** `code` in an answer of the API. */
const account = z.looseObject({
  account_code: id.nullish(),
  code: id.nullish(),
  email: text,
  first_name: text,
  last_name: text,
  company_name: text,
  company: text,
  phone: text,
  preferred_locale: text,
  created_at: time,
});

const subscription = z.object({
  uuid: id.nullish(),
  plan: z.object({ plan_code: text, name: text }).nullish(),
  state: text,
  quantity: integer,
  currency,
  total_amount_in_cents: integer,
  activated_at: time,
  canceled_at: time,
  expires_at: time,
  current_period_started_at: time,
  current_period_ends_at: time,
  trial_started_at: time,
  trial_ends_at: time,
  paused_at: time,
  resume_at: time,
});

const transaction = z.object({
  id: id.nullish(),
  invoice_number: id.nullish(),
  subscription_id: id.nullish(),
  amount_in_cents: integer,
  currency,
  payment_method: text,
  message: text,
  failure_type: text,
  test: fields.flag.nullish(),
});

const invoice = z.object({
  uuid: id.nullish(),
  invoice_number: id.nullish(),
  state: text,
  origin: text,
  currency,
  total_in_cents: integer,
  balance_in_cents: integer,
  due_on: time,
});

/** Both kinds of notification: the ids of the one, the objects of the other. */
const notification = z.object({
  object_type: text,
  uuid: id.nullish(),
  account_code: id.nullish(),
  invoice_number: id.nullish(),
  account: account.nullish(),
  subscription: subscription.nullish(),
  transaction: transaction.nullish(),
  invoice: invoice.nullish(),
});

const name = z.string().regex(/^[a-z_.]{1,64}$/);

/** What is said of an event, in both kinds. The older one says neither when it happened nor has an id. */
const current = z
  .looseObject({ object_type: name, event_type: name, event_time: fields.isoTime })
  .transform((data) => ({ type: `${data.object_type}.${data.event_type}`, occurredAt: data.event_time, test: false, data }));

const objects = z.looseObject({ transaction: z.looseObject({ test: fields.flag.nullish() }).nullish() });

const older = z.record(z.string(), z.unknown()).transform((body, context) => {
  const [found, ...others] = Object.entries(body).filter(([key]) => key.endsWith("_notification"));
  const data = objects.safeParse(found?.[1]).data;
  if (found && data && others.length === 0)
    return { type: RENAMED.get(found[0]) ?? found[0], occurredAt: null, test: data.transaction?.test === true, data };
  context.addIssue({ code: "custom", message: "not a notification" });
  return z.NEVER;
});

/** @see https://recurly.com/developers/api/v2021-02-25/ */
const LOOKUPS: ReadonlyMap<string, (id: string) => string> = new Map([
  ["account", (code: string) => `/accounts/code-${code}`],
  ["subscription", (uuid: string) => `/subscriptions/uuid-${uuid}`],
  ["transaction", (uuid: string) => `/transactions/uuid-${uuid}`],
  ["invoice", (number: string) => `/invoices/number-${number}`],
]);

/** An account, or an object that has one. */
const answer = z.union([
  account.extend({ object: z.literal("account") }).transform((found) => ({ account: found, ids: {} })),
  z
    .object({ object: z.enum(["subscription", "transaction", "invoice"]), uuid: id.nullish(), number: id.nullish(), account })
    .transform((found) => ({
      account: found.account,
      ids: { [found.object]: found.object === "invoice" ? found.number : found.uuid },
    })),
]);

const options = z.strictObject({
  /** Where a look-up asks: sites in the EU have a host of their own. */
  api_host: z.enum(["v3.recurly.com", "v3.eu.recurly.com"]).default("v3.recurly.com"),
});

export default defineAdapter({
  id: "recurly",
  name: "Recurly",
  docs: "https://docs.recurly.com/recurly-subscriptions/docs/webhooks",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Secret key of the webhook endpoint (64 hex digits)",
    demo: "tributary_demo_recurly_0123456789abcdef",
  },
  // @see https://docs.recurly.com/recurly-subscriptions/docs/signature-verification
  verify: hmac({
    hash: "SHA-256",
    header: "recurly-signature",
    encoding: "hex",
    covers: "body",
    layout: positional(),
    message: ({ timestamp, body }) => [timestamp, ".", body],
    unit: "milliseconds",
    tolerance: 300,
  }),
  options,
  webhook: z.object({ body: z.union([current, older]) }),
  events: ({ body }, { bodyHash, receivedAt }) => [
    { ...body, id: `${body.type}:${bodyHash}`, occurredAt: body.occurredAt ?? receivedAt },
  ],
  handlers: {
    "account.created": on(notification, (n) => [...identified(n), track(ownerOf(n), "Customer Created")]),
    "account.updated": on(notification, (n) => (n.account ? identified(n) : ignore("does not say what changed"))),
    "account.closed": on(notification, (n) => track(ownerOf(n), "Account Closed")),
    "billing_info.updated": on(notification, (n) => track(ownerOf(n), "Payment Method Updated")),
    "billing_info.update_failed": on(notification, (n) => track(ownerOf(n), "Payment Method Update Failed")),

    "subscription.created": on(notification, (n, { event }) => {
      const trialEnd = n.subscription?.trial_ends_at;
      return subscriptionEvent(trialEnd && trialEnd > event.occurredAt ? "Trial Started" : "Subscription Started", n);
    }),
    "subscription.updated": onSubscription("Subscription Updated"),
    "subscription.renewed": onSubscription("Subscription Renewed"),
    "subscription.paused": onSubscription("Subscription Paused"),
    "subscription.resumed": onSubscription("Subscription Resumed"),
    "subscription.canceled": onSubscription("Subscription Cancelled"),
    "subscription.reactivated": onSubscription("Subscription Reactivated"),
    "subscription.expired": onSubscription("Subscription Expired"),
    "subscription.renewal.scheduled": onSubscription("Renewal Upcoming"),
    "subscription.renewal.subscription_trial_expiring": onSubscription("Trial Ending"),
    "subscription.renewal.cc_will_expire": onSubscription("Payment Method Expiring"),
    ...ignoring(
      "subscription.renewal.scheduled says it",
      `subscription.renewal.bill_date_reminder subscription.renewal.term_renewal_reminder
      subscription.renewal.six_month_subscription_reminder subscription.renewal.annual_subscription_reminder`,
    ),

    "payment.succeeded": on(notification, (n) => paymentEvent("Payment Succeeded", "total", n)),
    "payment.failed": on(notification, (n) => paymentEvent("Payment Failed", "amount", n)),
    "payment.refunded": on(notification, (n) => paymentEvent("Refund Issued", "amount", n)),
    "payment.voided": on(notification, (n) => paymentEvent("Payment Voided", "amount", n)),
    ...ignoring(
      "a step of a payment, not its end",
      `payment.scheduled payment.processing payment.authorized payment.transaction_status_updated`,
    ),

    "charge_invoice.created": off("every renewal makes one, and most are paid at once", onInvoice("Invoice Created")),
    "charge_invoice.past_due": onInvoice("Invoice Overdue"),
    "charge_invoice.paid": onInvoice("Invoice Paid"),
    "charge_invoice.failed": onInvoice("Invoice Failed"),
    "dunning_event.created": onInvoice("Payment Reminder Due"),
    ...ignoring("what matters has its own event", "charge_invoice.updated charge_invoice.processing charge_invoice.reopened"),
    ...ignoring("nothing that a customer did", "shipping_address.created shipping_address.updated shipping_address.deleted"),
  },
  habits: {
    timeoutSeconds: 5,
    // @see https://docs.recurly.com/recurly-subscriptions/docs/automatic-retries
    retries: "10 times, first after seconds, at last after hours, in the order of the notifications",
    givesUp: "nothing in production; a sandbox endpoint with many errors within a short time is paused",
    setup: [
      "In Recurly open Integrations > Webhooks and choose New endpoint, with the URL of this source and the format JSON.",
      "Select up to 10 types: account created and updated; subscription created, canceled, reactivated, expired and renewed; payment succeeded, failed and refunded. A second endpoint takes others.",
      "Copy the endpoint's secret key: it is the source's secret; of two endpoints both are, separated by a space.",
      'Configure a read-only API key of the site: only accounts are named in the notifications, and everything else belongs to nobody until it is looked up. A site in the EU needs api_host = "v3.eu.recurly.com".',
      'Where your backend makes your user id the account code, set user_id_from = ["code"].',
    ],
  },
  lookup: {
    hosts: ["{api_host}"],
    request: ({ kind, id: value }, apiKey) => {
      const path = LOOKUPS.get(kind)?.(encodeURIComponent(value));
      return path === undefined
        ? null
        : {
            host: "{api_host}",
            path,
            headers: { accept: "application/vnd.recurly.v2021-02-25+json", authorization: `Basic ${btoa(`${apiKey}:`)}` },
          };
    },
    read: (body) => {
      const found = answer.safeParse(body).data;
      return found ? [identify(holderOf(found.account, found.ids), traitsOf(found.account))] : null;
    },
  },
});

type Notification = z.output<typeof notification>;
type Account = z.output<typeof account>;

function codeOf(a: Maybe<Account>): Maybe<string> {
  return a?.account_code ?? a?.code;
}

/** @param leads to the same account */
function holderOf(a: Maybe<Account>, leads: Readonly<Record<string, Maybe<string>>>): PersonFacts {
  const code = codeOf(a);
  return person({
    record: a ? { ...a, code } : null,
    email: claimed(a?.email),
    phone: a?.phone,
    ids: [personId("account", code), ...Object.entries(leads).map(([kind, value]) => reference(kind, value))],
  });
}

function ownerOf(n: Notification): PersonFacts {
  return holderOf(n.account ?? { account_code: n.account_code }, {
    subscription: subscriptionOf(n),
    transaction: transactionOf(n),
    invoice: invoiceOf(n),
  });
}

function subscriptionOf(n: Notification): Maybe<string> {
  return n.subscription?.uuid ?? n.transaction?.subscription_id ?? (n.object_type === "subscription" ? n.uuid : null);
}

function transactionOf(n: Notification): Maybe<string> {
  return n.transaction?.id ?? (n.object_type === "payment" ? n.uuid : null);
}

/** By number, as the notifications name it. */
function invoiceOf(n: Notification): Maybe<string> {
  return n.invoice?.invoice_number ?? n.transaction?.invoice_number ?? n.invoice_number;
}

function identified(n: Notification): readonly Draft[] {
  return n.account ? [identify(ownerOf(n), traitsOf(n.account))] : [];
}

function traitsOf(a: Account): Properties {
  return {
    account_code: codeOf(a),
    first_name: a.first_name,
    last_name: a.last_name,
    company: a.company_name ?? a.company,
    locale: a.preferred_locale,
    created_at: a.created_at,
  };
}

function onSubscription(event: string) {
  return on(notification, (n) => subscriptionEvent(event, n));
}

function subscriptionEvent(event: string, n: Notification): MapResult {
  const { subscription: s } = n;
  return [
    ...identified(n),
    track(ownerOf(n), event, {
      subscription_id: subscriptionOf(n),
      status: s?.state,
      plan: s?.plan?.plan_code,
      plan_name: s?.plan?.name,
      quantity: s?.quantity,
      ...money("price", s?.total_amount_in_cents, s?.currency),
      started_at: s?.activated_at,
      trial_start: s?.trial_started_at,
      trial_end: s?.trial_ends_at,
      current_period_start: s?.current_period_started_at,
      current_period_end: s?.current_period_ends_at,
      canceled_at: s?.canceled_at,
      expires_at: s?.expires_at,
      paused_at: s?.paused_at,
      resumes_at: s?.resume_at,
    }),
  ];
}

/** @param sum what the amount is called: only a sale has a `total` */
function paymentEvent(event: string, sum: "total" | "amount", n: Notification): Draft {
  const { transaction: t } = n;
  return track(ownerOf(n), event, {
    transaction_id: transactionOf(n),
    invoice_number: invoiceOf(n),
    subscription_id: subscriptionOf(n),
    ...money(sum, t?.amount_in_cents, t?.currency),
    payment_method: t?.payment_method,
    reason: t?.failure_type,
    error_message: event === "Payment Failed" ? t?.message : null,
  });
}

function onInvoice(event: string) {
  return on(notification, (n) =>
    track(ownerOf(n), event, {
      invoice_number: invoiceOf(n),
      status: n.invoice?.state,
      origin: n.invoice?.origin,
      ...money("amount", n.invoice?.total_in_cents, n.invoice?.currency),
      ...money("balance", n.invoice?.balance_in_cents, n.invoice?.currency),
      due_at: n.invoice?.due_on,
    }),
  );
}
