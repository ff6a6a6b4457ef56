/**
 * Gumroad: sales, refunds, disputes and memberships. It signs nothing: a secret at the end of the URL is all that it can be known by.
 *
 * Amounts are in cents of the US dollar, whatever the product is priced in. The one event that carries the `total` of a sale is Order
 * Completed; of a later charge, Subscription Renewed.
 *
 * @see https://gumroad.com/ping
 */
import * as z from "zod";
import { defineAdapter, type MapResult, on } from "../src/contract/define.ts";
import { consent, identify, ignore, type Properties, products, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, reference } from "../src/contract/facts.ts";
import { flag, id, integer, isoTime, text } from "../src/contract/fields.ts";
import { money } from "../src/contract/money.ts";
import { pathToken } from "../src/contract/verify/path-token.ts";

/** What Gumroad has nothing to say of stands there empty. */
const maybe = <Schema extends z.ZodType>(schema: Schema) => z.union([z.literal("").transform(() => null), schema]).nullish();

const sale = z.object({
  sale_id: id,
  sale_timestamp: maybe(isoTime),
  order_number: maybe(id),
  email: text.nullish(),
  full_name: text.nullish(),
  purchaser_id: maybe(id),
  subscription_id: maybe(id),
  product_id: maybe(id),
  product_name: text.nullish(),
  product_permalink: text.nullish(),
  price: maybe(integer),
  shipping_rate: maybe(integer),
  quantity: maybe(integer),
  offer_code: text.nullish(),
  recurrence: text.nullish(),
  ip_country: text.nullish(),
  referrer: text.nullish(),
  can_contact: maybe(flag),
  refunded: maybe(flag),
  is_recurring_charge: maybe(flag),
  is_preorder_authorization: maybe(flag),
  is_gift_receiver_purchase: maybe(flag),
  gift_price: maybe(integer),
});

/** @see https://github.com/antiwork/gumroad/blob/main/app/modules/subscription/ping_notification.rb */
const membership = z.object({
  subscription_id: id,
  product_id: maybe(id),
  product_name: text.nullish(),
  user_id: maybe(id),
  user_email: text.nullish(),
  recurrence: text.nullish(),
  charge_occurrence_count: maybe(integer),
  free_trial_ends_at: maybe(isoTime),
  cancelled_at: maybe(isoTime),
  ended_at: maybe(isoTime),
  ended_reason: text.nullish(),
  restarted_at: maybe(isoTime),
  effective_as_of: maybe(isoTime),
  type: text.nullish(),
});

type Sale = z.output<typeof sale>;
type Membership = z.output<typeof membership>;

export default defineAdapter({
  id: "gumroad",
  name: "Gumroad",
  docs: "https://gumroad.com/ping",
  secret: {
    format: /^[A-Za-z0-9_-]{32,255}$/,
    hint: "At least 32 random letters and digits of your own: they end the URL that Gumroad is given",
    demo: "tributary_demo_gumroad_path_token_0123",
  },
  verify: pathToken(),
  format: "form",
  options: z.strictObject({
    /** The seller's id, as a ping has it: others are left out. */
    seller_id: z.string().min(1).optional(),
  }),
  tenant: { option: "seller_id", required: false },
  webhook: z.object({
    body: z.looseObject({
      resource_name: text.nullish(),
      seller_id: maybe(id),
      sale_id: maybe(id),
      test: maybe(flag),
      sale_timestamp: maybe(isoTime).catch(null),
      cancelled_at: maybe(isoTime).catch(null),
      ended_at: maybe(isoTime).catch(null),
      restarted_at: maybe(isoTime).catch(null),
    }),
  }),
  events: ({ body }, { bodyHash, receivedAt }) => {
    // The ping of the account's settings is about sales and does not say so.
    const type = body.resource_name || "sale";
    const changedAt = body.ended_at ?? body.restarted_at;
    return [
      {
        id: type === "sale" && body.sale_id ? `sale:${body.sale_id}` : `${type}:${bodyHash}`,
        type,
        // A refund and a dispute still name the time of their sale; a cancellation's may lie in the future.
        occurredAt: (type === "sale" ? body.sale_timestamp : changedAt) ?? receivedAt,
        test: body.test === true,
        data: body,
        ...(body.seller_id ? { tenant: body.seller_id } : {}),
      },
    ];
  },
  handlers: {
    sale: on(sale, sold),
    refund: on(sale, (s) =>
      track(buyerOf(s), "Order Refunded", { ...about(s), ...dollars("total", s.refunded ? s.price : null) }),
    ),
    dispute: on(sale, (s) => track(buyerOf(s), "Dispute Opened", about(s))),
    dispute_won: on(sale, (s) => track(buyerOf(s), "Dispute Closed", { ...about(s), outcome: "won" })),
    cancellation: on(membership, (m) =>
      track(memberOf(m), "Subscription Cancelled", { ...aboutMembership(m), cancelled_at: m.cancelled_at }),
    ),
    subscription_updated: on(membership, (m) =>
      track(memberOf(m), "Plan Changed", { ...aboutMembership(m), change: m.type, effective_at: m.effective_as_of }),
    ),
    subscription_ended: on(membership, (m) =>
      track(memberOf(m), "Subscription Expired", { ...aboutMembership(m), reason: m.ended_reason }),
    ),
    subscription_restarted: on(membership, (m) => track(memberOf(m), "Subscription Resumed", aboutMembership(m))),
  },
  habits: {
    timeoutSeconds: 5,
    // @see https://github.com/antiwork/gumroad/blob/main/app/sidekiq/post_to_individual_ping_endpoint_worker.rb
    retries: "3 times within a quarter of an hour, only after 499, 500, 502, 503 or 504",
    givesUp: "never",
    setup: [
      "Make up a secret of at least 32 letters and digits: it is the source's secret, and whoever knows it can invent sales.",
      "In Gumroad open Settings > Advanced and set the Ping endpoint to the URL of this source with a slash and the secret behind it: it brings sales.",
      "For refunds, disputes and memberships make an application there, and subscribe the same URL with its access token: PUT https://api.gumroad.com/v2/resource_subscriptions, once for each resource_name.",
      "Subscribe to sale there or set the Ping endpoint: both together count once.",
      "Keep the content type x-www-form-urlencoded.",
    ],
  },
});

/** What a buyer typed is claimed; links may fill in `url_params`, so they are no part of the record. */
function buyerOf(s: Sale): PersonFacts {
  return person({
    record: { purchaser_id: s.purchaser_id },
    email: claimed(s.email),
    ids: [personId("user", s.purchaser_id), reference("sale", s.sale_id), reference("subscription", s.subscription_id)],
  });
}

function memberOf(m: Membership): PersonFacts {
  return person({
    record: { purchaser_id: m.user_id },
    email: claimed(m.user_email),
    ids: [personId("user", m.user_id), reference("subscription", m.subscription_id)],
  });
}

/** Amounts are in US cents. @see https://github.com/antiwork/gumroad/blob/main/app/modules/purchase/ping_notification.rb */
function dollars(name: string, cents: Maybe<number>): Properties {
  return money(name, cents, "USD");
}

function sold(s: Sale): MapResult {
  if (s.is_preorder_authorization) return ignore("a pre-order: its sale comes once the product is out");
  const facts = buyerOf(s);
  const known = identify(facts, { name: s.full_name, country_code: s.ip_country });
  // The box is ticked beforehand, so that only its absence is a choice.
  const optOut =
    s.can_contact === false && s.sale_timestamp
      ? [consent(facts, { channel: "email" as const, state: "unsubscribed" as const, at: s.sale_timestamp })]
      : [];
  if (s.is_gift_receiver_purchase)
    return [known, track(facts, "Gift Received", { ...about(s), ...dollars("value", s.gift_price) })];
  const event = s.is_recurring_charge ? "Subscription Renewed" : "Order Completed";
  return [
    known,
    ...optOut,
    track(facts, event, {
      ...about(s),
      ...dollars("total", s.price),
      shipping: dollars("shipping", s.shipping_rate).shipping,
      coupon: s.offer_code,
    }),
  ];
}

function about(s: Sale): Properties {
  return {
    order_id: s.sale_id,
    order_number: s.order_number,
    subscription_id: s.subscription_id,
    recurrence: s.recurrence,
    referrer: s.referrer,
    ...products([{ product_id: s.product_id, name: s.product_name, url: s.product_permalink, quantity: s.quantity }]),
  };
}

function aboutMembership(m: Membership): Properties {
  return {
    subscription_id: m.subscription_id,
    product_id: m.product_id,
    product: m.product_name,
    recurrence: m.recurrence,
    charges_count: m.charge_occurrence_count,
    trial_ends_at: m.free_trial_ends_at,
  };
}
