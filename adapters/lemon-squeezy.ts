/**
 * Lemon Squeezy: orders, subscriptions, their payments, and licence keys.
 *
 * The first payment of a subscription is an order as well: of the two only Order Completed carries the `total`.
 *
 * @see https://docs.lemonsqueezy.com/help/webhooks/event-types
 */
import * as z from "zod";
import { defineAdapter, type MapResult, off, on } from "../src/contract/define.ts";
import { type Draft, identify, ignore, type Properties, products, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, reference } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { money } from "../src/contract/money.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { bare } from "../src/contract/verify/layouts.ts";

const { id } = fields;
const text = fields.text.nullish();
const integer = fields.integer.nullish();
const time = fields.isoTime.nullish();
const flag = z.boolean().nullish();

/** Who buys: on whatever object. `id` and `custom` stand beside the attributes. */
const owned = z.object({
  id,
  custom: z.looseObject({}).nullish(),
  customer_id: id.nullish(),
  user_name: text,
  user_email: text,
  created_at: time,
});

const amounts = {
  currency: fields.currency.nullish(),
  subtotal: integer,
  discount_total: integer,
  tax: integer,
  total: integer,
  refunded_amount: integer,
};

const order = owned.extend({
  ...amounts,
  order_number: id.nullish(),
  status: text,
  first_order_item: z
    .object({
      product_id: id.nullish(),
      variant_id: id.nullish(),
      product_name: text,
      variant_name: text,
      price: integer,
      quantity: integer,
    })
    .nullish(),
  urls: z.object({ receipt: text }).nullish(),
});

const subscription = owned.extend({
  order_id: id.nullish(),
  product_id: id.nullish(),
  variant_id: id.nullish(),
  product_name: text,
  variant_name: text,
  status: text,
  card_brand: text,
  card_last_four: text,
  trial_ends_at: time,
  renews_at: time,
  ends_at: time,
  pause: z.object({ mode: text, resumes_at: time }).nullish(),
  first_subscription_item: z.object({ price_id: id.nullish(), quantity: integer }).nullish(),
});

const payment = owned.extend({
  ...amounts,
  subscription_id: id,
  billing_reason: text,
  status: text,
  card_brand: text,
  card_last_four: text,
  urls: z.object({ invoice_url: text }).nullish(),
});

/** Never the key itself. */
const licence = owned.extend({
  order_id: id.nullish(),
  product_id: id.nullish(),
  status: text,
  disabled: flag,
  activation_limit: integer,
  instances_count: integer,
  expires_at: time,
});

export default defineAdapter({
  id: "lemon-squeezy",
  name: "Lemon Squeezy",
  docs: "https://docs.lemonsqueezy.com/help/webhooks",
  secret: {
    // Lemon Squeezy takes 6 to 40 characters; 6 are too few.
    format: /^[\x21-\x7e]{16,40}$/,
    hint: "Signing secret of the webhook: a random text of your own choice, 16 to 40 characters long",
    demo: "tributary_demo_lemon_squeezy_01234567",
  },
  // @see https://docs.lemonsqueezy.com/help/webhooks/signing-requests
  verify: hmac({
    hash: "SHA-256",
    header: "x-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  webhook: z.object({
    body: z.object({
      meta: z.object({
        event_name: fields.text,
        webhook_id: id.nullish(),
        test_mode: flag,
        custom_data: z.looseObject({}).nullish().catch(null),
      }),
      data: z.object({
        id,
        attributes: z.looseObject({ created_at: time, updated_at: time, test_mode: flag }),
      }),
    }),
  }),
  events: ({ body: { meta, data } }, { bodyHash, receivedAt }) => {
    const { event_name: type } = meta;
    const { created_at, updated_at, test_mode } = data.attributes;
    return [
      {
        // The id is one delivery's own, and is not documented.
        id: meta.webhook_id ?? `${type}:${bodyHash}`,
        type,
        occurredAt: (type.endsWith("_created") ? created_at : updated_at) ?? created_at ?? receivedAt,
        test: meta.test_mode ?? test_mode ?? false,
        data: { ...data.attributes, id: data.id, custom: meta.custom_data },
      },
    ];
  },
  handlers: {
    order_created: on(order, (o) =>
      o.status === "paid" ? [identifyOwner(o), orderEvent("Order Completed", o, "total", o.total)] : ignore("not paid"),
    ),
    order_refunded: on(order, (o) => orderEvent("Order Refunded", o, "amount_refunded", o.refunded_amount ?? o.total)),

    subscription_created: on(subscription, (s) => [
      identifyOwner(s),
      subscriptionEvent(s.status === "on_trial" ? "Trial Started" : "Subscription Started", s),
    ]),
    subscription_plan_changed: onSubscription("Plan Changed"),
    subscription_paused: onSubscription("Subscription Paused"),
    subscription_unpaused: onSubscription("Subscription Resumed"),
    subscription_cancelled: onSubscription("Subscription Cancelled"),
    subscription_resumed: onSubscription("Subscription Reactivated"),
    subscription_expired: onSubscription("Subscription Expired"),
    subscription_updated: off("sent beside every other event of a subscription", onSubscription("Subscription Updated")),

    subscription_payment_success: on(payment, paid),
    subscription_payment_failed: on(payment, (p) => paymentEvent("Payment Failed", p, "amount", p.total)),
    subscription_payment_recovered: on(payment, (p) => paymentEvent("Payment Recovered", p, "amount", p.total)),
    subscription_payment_refunded: on(payment, (p) =>
      paymentEvent("Refund Issued", p, "amount_refunded", p.refunded_amount ?? p.total),
    ),

    license_key_created: on(licence, (l) => licenceEvent("License Key Created", l)),
    license_key_updated: off(
      "sent at every activation",
      on(licence, (l) => licenceEvent("License Key Updated", l)),
    ),

    affiliate_activated: ignore("about an affiliate, not a customer"),
  },
  habits: {
    timeoutSeconds: null,
    // @see https://docs.lemonsqueezy.com/help/webhooks/webhook-requests
    retries: "3 times, after about 5, 25 and 125 seconds",
    givesUp: "nothing: what was not accepted stays listed under Settings > Webhooks, from where it can be sent again by hand",
    setup: [
      "In Lemon Squeezy open Settings > Webhooks and choose + (create), with the URL of this source as the callback URL.",
      "Enter a random signing secret of 16 to 40 characters: it is the source's secret too.",
      "Select order_created, order_refunded, the subscription events except subscription_updated, and license_key_created where you sell licences.",
      'Where your backend creates the checkouts and writes its user id into their custom data, set user_id_from = ["custom_data.user_id"]. Do not where checkout links carry it: a visitor can change a link.',
    ],
  },
});

type Owned = z.output<typeof owned>;
type Order = z.output<typeof order>;
type Subscription = z.output<typeof subscription>;
type Payment = z.output<typeof payment>;

/** @param leads to the same person */
function ownerOf(o: Owned, leads: Readonly<Record<string, Maybe<string>>>): PersonFacts {
  return person({
    record: { customer_id: o.customer_id, custom_data: o.custom },
    email: claimed(o.user_email),
    ids: [personId("customer", o.customer_id), ...Object.entries(leads).map(([kind, value]) => reference(kind, value))],
  });
}

function identifyOwner(o: Owned): Draft {
  return identify(ownerOf(o, {}), { customer_id: o.customer_id, name: o.user_name });
}

function orderEvent(event: string, o: Order, name: string, amount: Maybe<number>): Draft {
  const { first_order_item: first } = o;
  return track(ownerOf(o, { order: o.id }), event, {
    order_id: o.id,
    order_number: o.order_number,
    ...sums(o, name, amount),
    ...products(
      first && [
        {
          product_id: first.product_id,
          variant_id: first.variant_id,
          name: first.product_name,
          variant: first.variant_name,
          price: money("price", first.price, o.currency).price,
          quantity: first.quantity ?? 1,
        },
      ],
    ),
    receipt_url: o.urls?.receipt,
  });
}

function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

function subscriptionEvent(event: string, s: Subscription): Draft {
  return track(ownerOf(s, { subscription: s.id, order: s.order_id }), event, {
    subscription_id: s.id,
    order_id: s.order_id,
    status: s.status,
    plan: s.variant_name,
    product_id: s.product_id,
    product_name: s.product_name,
    variant_id: s.variant_id,
    price_id: s.first_subscription_item?.price_id,
    quantity: s.first_subscription_item?.quantity,
    trial_ends_at: s.trial_ends_at,
    renews_at: s.renews_at,
    ends_at: s.ends_at,
    resumes_at: s.pause?.resumes_at,
    brand: s.card_brand,
    last4: s.card_last_four,
  });
}

function paid(p: Payment): MapResult {
  if (p.billing_reason === "initial") return ignore("order_created has the sale");
  if (p.total === 0) return ignore("nothing was paid");
  return paymentEvent("Invoice Paid", p, "total", p.total);
}

function paymentEvent(event: string, p: Payment, name: string, amount: Maybe<number>): Draft {
  return track(ownerOf(p, { subscription: p.subscription_id }), event, {
    invoice_id: p.id,
    subscription_id: p.subscription_id,
    billing_reason: p.billing_reason,
    ...sums(p, name, amount),
    brand: p.card_brand,
    last4: p.card_last_four,
    invoice_url: p.urls?.invoice_url,
  });
}

function licenceEvent(event: string, l: z.output<typeof licence>): Draft {
  return track(ownerOf(l, { order: l.order_id }), event, {
    license_key_id: l.id,
    order_id: l.order_id,
    product_id: l.product_id,
    status: l.status,
    disabled: l.disabled,
    activation_limit: l.activation_limit,
    activations: l.instances_count,
    expires_at: l.expires_at,
  });
}

function sums(a: Pick<Order, keyof typeof amounts>, name: string, amount: Maybe<number>): Properties {
  return {
    ...money(name, amount, a.currency),
    ...money("subtotal", a.subtotal, a.currency),
    ...money("discount", a.discount_total, a.currency),
    ...money("tax", a.tax, a.currency),
  };
}
