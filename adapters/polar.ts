/**
 * Polar: customers, checkouts, orders, subscriptions and benefits.
 *
 * Of the events about one sale one carries the `total`: that of `order.paid`.
 *
 * @see https://polar.sh/docs/integrate/webhooks/events
 */
import * as z from "zod";
import { defineAdapter, type MapResult, off, on } from "../src/contract/define.ts";
import { type Draft, deleted, identify, ignore, ignoring, type Properties, products, track } from "../src/contract/drafts.ts";
import {
  claimed,
  type Maybe,
  type PersonFacts,
  type PersonInput,
  person,
  personId,
  reference,
  verified,
} from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { money } from "../src/contract/money.ts";
import { base64, type KeyDecoding, utf8 } from "../src/contract/verify/keys.ts";
import { standardWebhooks } from "../src/contract/verify/standard-webhooks.ts";

/** How long after its start a subscription that becomes active is still a new one, milliseconds. */
const NEW = 60 * 60 * 1000;

const standard = base64("whsec_");
const legacy = utf8();

/**
 * Since 8 September 2026 a new secret is one of Standard Webhooks: base64 behind `whsec_`, 44 characters long. Older ones, which were 43
 * characters or began otherwise, stay as they are: all of their characters are the key.
 * @see https://github.com/polarsource/polar/blob/main/server/polar/webhook/constants.py
 */
const key: KeyDecoding = {
  name: "polar",
  decode: (secret) => schemeOf(secret).decode(secret),
  unusable: (secret) => schemeOf(secret).unusable(secret),
};

const { id } = fields;
const text = fields.text.nullish();
const integer = fields.integer.nullish();
const time = fields.isoTime.nullish();
const currency = fields.currency.nullish();

const customer = z.object({
  id,
  external_id: text,
  email: text,
  email_verified: z.boolean().nullish(),
  name: text,
  created_at: time,
  metadata: z.looseObject({}).nullish(),
  billing_address: z.object({ city: text, postal_code: text, state: text, country: text }).nullish(),
});

/** What leads to a person, on whatever object. */
const owned = z.object({
  id,
  customer_id: id.nullish(),
  customer: customer.nullish(),
  subscription_id: id.nullish(),
  order_id: id.nullish(),
  checkout_id: id.nullish(),
});

const product = z.object({ id, name: text }).nullish();
const discount = z.object({ code: text, name: text }).nullish();

const order = owned.extend({
  billing_reason: text,
  currency,
  subtotal_amount: integer,
  discount_amount: integer,
  tax_amount: integer,
  total_amount: integer,
  refunded_amount: integer,
  refunded_tax_amount: integer,
  invoice_number: text,
  product,
  product_id: id.nullish(),
  discount,
  items: z.array(z.object({ label: text, amount: integer, product_price_id: id.nullish() })).nullish(),
});

const subscription = owned.extend({
  status: text,
  amount: integer,
  currency,
  recurring_interval: text,
  recurring_interval_count: integer,
  product,
  product_id: id.nullish(),
  discount,
  seats: integer,
  trial_end: time,
  current_period_start: time,
  current_period_end: time,
  cancel_at_period_end: z.boolean().nullish(),
  started_at: time,
  canceled_at: time,
  ends_at: time,
  ended_at: time,
  customer_cancellation_reason: text,
  customer_cancellation_comment: text,
});

const checkout = z.object({
  id,
  customer_id: id.nullish(),
  customer_email: text,
  customer_name: text,
  url: text,
  currency,
  total_amount: integer,
  product,
  product_id: id.nullish(),
  expires_at: time,
});

const grant = owned.extend({ benefit: z.object({ id, type: text, description: text }).nullish(), benefit_id: id.nullish() });

export default defineAdapter({
  id: "polar",
  name: "Polar",
  docs: "https://polar.sh/docs/integrate/webhooks/endpoints",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Secret of the webhook endpoint (whsec_…, or an older polar_whs_…), one that Polar generated; whole",
    // Base64 of "tributary_demo_polar_01234567890".
    demo: "whsec_dHJpYnV0YXJ5X2RlbW9fcG9sYXJfMDEyMzQ1Njc4OTA=",
  },
  verify: standardWebhooks({ prefix: "webhook-", key }),
  webhook: z.object({ body: z.object({ type: fields.text, timestamp: time, data: z.looseObject({}) }) }),
  events: ({ body: { type, timestamp, data } }, { nonce, bodyHash, receivedAt }) => [
    { id: nonce ?? `${type}:${bodyHash}`, type, occurredAt: timestamp ?? receivedAt, test: false, data },
  ],
  handlers: {
    "customer.created": on(customer, (c) => [identify(personOf(c), traitsOf(c)), track(personOf(c), "Customer Created")]),
    "customer.updated": on(customer, (c) => identify(personOf(c), traitsOf(c))),
    "customer.deleted": on(customer, (c) => deleted(personOf(c), "Customer Deleted")),
    "customer.state_changed": ignore("what changed has its own event"),

    "checkout.created": off("every visit to a checkout makes one", onCheckout("Checkout Started")),
    "checkout.updated": ignore("order.paid or checkout.expired has its end"),
    "checkout.expired": onCheckout("Checkout Expired"),

    "order.created": ignore("pending: order.paid has the sale"),
    "order.updated": ignore("order.paid or order.refunded says it"),
    "order.paid": on(order, sale),
    "order.refunded": on(order, (o) =>
      orderEvent("Order Refunded", o, "amount_refunded", (o.refunded_amount ?? 0) + (o.refunded_tax_amount ?? 0)),
    ),
    ...ignoring("order.refunded says it", "refund.created", "refund.updated"),

    "subscription.created": on(subscription, (s) =>
      s.status === "trialing" ? subscriptionEvent("Trial Started", s) : ignore("subscription.active says it"),
    ),
    "subscription.active": on(subscription, activated),
    "subscription.updated": ignore("sent beside every other event of a subscription"),
    "subscription.cycled": ignore("order.paid has the renewal"),
    "subscription.past_due": onSubscription("Subscription Past Due"),
    "subscription.paused": onSubscription("Subscription Paused"),
    "subscription.resumed": onSubscription("Subscription Resumed"),
    "subscription.canceled": onSubscription("Subscription Cancelled"),
    "subscription.uncanceled": onSubscription("Subscription Reactivated"),
    "subscription.revoked": onSubscription("Subscription Expired"),

    "benefit_grant.created": onGrant("Benefit Granted"),
    "benefit_grant.revoked": onGrant("Benefit Revoked"),
    ...ignoring("no news to a customer", "benefit_grant.updated", "benefit_grant.cycled"),
    ...ignoring(
      "about somebody whom the customer gave a seat",
      "customer_seat.assigned",
      "customer_seat.claimed",
      "customer_seat.revoked",
      "member.created",
      "member.updated",
      "member.deleted",
    ),
    ...ignoring("about the catalogue, not a person", "product.created", "product.updated", "benefit.created", "benefit.updated"),
    ...ignoring("about the organization, not a person", "organization.updated"),
  },
  habits: {
    // @see https://polar.sh/docs/integrate/webhooks/delivery
    timeoutSeconds: 10,
    retries: "10 times, ever less often, in the order of the events; a redirect counts as a failure",
    givesUp: "10 events in a row that failed for good: the endpoint is disabled, and has to be enabled again by hand",
    setup: [
      "In Polar open the organization's Settings > Webhooks and choose Add Endpoint, with the URL of this source and the format Raw.",
      "Let Polar generate the secret and copy it whole: it is the source's secret.",
      "Select the customer, order, subscription and benefit_grant events and checkout.expired. The sandbox is a service of its own: let it lead to another source.",
      "On a domain with Cloudflare's Bot Fight Mode let Polar's requests pass: the mode answers them with 403.",
      'Where your backend gives customers its user id, set user_id_from = ["external_id"].',
    ],
  },
});

type Customer = z.output<typeof customer>;
type Owned = z.output<typeof owned>;
type Order = z.output<typeof order>;
type Subscription = z.output<typeof subscription>;

function schemeOf(secret: string): KeyDecoding {
  return secret.startsWith("whsec_") && standard.unusable(secret) === null ? standard : legacy;
}

function emailOf(c: Maybe<Customer>): PersonInput["email"] {
  return c?.email_verified === true ? verified(c.email) : claimed(c?.email);
}

function personOf(c: Customer): PersonFacts {
  return person({ record: c, email: emailOf(c), ids: [personId("customer", c.id)] });
}

function traitsOf(c: Customer): Properties {
  return {
    customer_id: c.id,
    name: c.name,
    city: c.billing_address?.city,
    postal_code: c.billing_address?.postal_code,
    state_code: c.billing_address?.state,
    country_code: c.billing_address?.country,
    created_at: c.created_at,
  };
}

/** Whom an object belongs to. Its own metadata is left out of the record: checkout links write into it what stands in their URL. */
function ownerOf(o: Owned, own: Readonly<Record<string, Maybe<string>>> = {}): PersonFacts {
  const leads = { subscription: o.subscription_id, order: o.order_id, checkout: o.checkout_id, ...own };
  return person({
    record: o.customer ?? { id: o.customer_id },
    email: emailOf(o.customer),
    ids: [
      personId("customer", o.customer?.id ?? o.customer_id),
      ...Object.entries(leads).map(([kind, value]) => reference(kind, value)),
    ],
  });
}

/** The one event about an order that carries its `total`. */
function sale(o: Order): MapResult {
  if (o.total_amount === 0 && o.subscription_id) return ignore("nothing was paid");
  const isRenewal = o.billing_reason?.startsWith("subscription_cycle") === true;
  return orderEvent(isRenewal ? "Subscription Renewed" : "Order Completed", o, "total", o.total_amount);
}

function orderEvent(event: string, o: Order, name: string, amount: Maybe<number>): Draft {
  return track(ownerOf(o, { order: o.id }), event, {
    order_id: o.id,
    subscription_id: o.subscription_id,
    checkout_id: o.checkout_id,
    billing_reason: o.billing_reason,
    invoice_number: o.invoice_number,
    ...money(name, amount, o.currency),
    ...money("subtotal", o.subtotal_amount, o.currency),
    ...money("discount", o.discount_amount, o.currency),
    ...money("tax", o.tax_amount, o.currency),
    coupon: o.discount?.code ?? o.discount?.name,
    product_id: o.product?.id ?? o.product_id,
    product_name: o.product?.name,
    ...products(
      (o.items ?? []).map((item) => ({
        price_id: item.product_price_id,
        name: item.label,
        price: money("price", item.amount, o.currency).price,
      })),
    ),
  });
}

/** Sent for a new subscription, after a trial, and when an overdue payment came in. */
function activated(s: Subscription): MapResult {
  if (s.status === "trialing") return ignore("subscription.created says it");
  if (s.trial_end && s.trial_end === s.current_period_start) return subscriptionEvent("Trial Converted", s);
  const isNew = !s.started_at || !s.current_period_start || Date.parse(s.current_period_start) - Date.parse(s.started_at) < NEW;
  return subscriptionEvent(isNew ? "Subscription Started" : "Subscription Recovered", s);
}

function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

function subscriptionEvent(event: string, s: Subscription): Draft {
  return track(ownerOf(s, { subscription: s.id }), event, {
    subscription_id: s.id,
    status: s.status,
    plan: s.product?.name,
    product_id: s.product?.id ?? s.product_id,
    ...money("price", s.amount, s.currency),
    interval: s.recurring_interval,
    interval_count: s.recurring_interval_count,
    seats: s.seats,
    coupon: s.discount?.code ?? s.discount?.name,
    trial_end: s.trial_end,
    current_period_start: s.current_period_start,
    current_period_end: s.current_period_end,
    cancel_at_period_end: s.cancel_at_period_end,
    started_at: s.started_at,
    canceled_at: s.canceled_at,
    ends_at: s.ends_at,
    ended_at: s.ended_at,
    cancellation_reason: s.customer_cancellation_reason,
    cancellation_comment: s.customer_cancellation_comment,
  });
}

function onCheckout(event: string) {
  return on(checkout, (c) =>
    track(
      person({
        record: { id: c.customer_id },
        email: claimed(c.customer_email),
        ids: [personId("customer", c.customer_id), reference("checkout", c.id)],
      }),
      event,
      {
        checkout_id: c.id,
        checkout_url: c.url,
        ...money("value", c.total_amount, c.currency),
        product_id: c.product?.id ?? c.product_id,
        product_name: c.product?.name,
        expires_at: c.expires_at,
      },
    ),
  );
}

function onGrant(event: string) {
  return on(grant, (g) =>
    track(ownerOf(g), event, {
      benefit_grant_id: g.id,
      benefit_id: g.benefit?.id ?? g.benefit_id,
      type: g.benefit?.type,
      description: g.benefit?.description,
      subscription_id: g.subscription_id,
      order_id: g.order_id,
    }),
  );
}
