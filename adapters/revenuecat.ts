/**
 * RevenueCat: subscriptions and purchases of all stores.
 *
 * Of the events about one sale one carries the `total`. Amounts are those of the purchase, in its own currency.
 *
 * @see https://www.revenuecat.com/docs/integrations/webhooks/event-types-and-fields
 */
import * as z from "zod";
import { defineAdapter, type MapResult, on } from "../src/contract/define.ts";
import { type Draft, identify, ignore, ignoring, type Properties, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { fromDecimal, type Money, moneyProperties } from "../src/contract/money.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { keyed } from "../src/contract/verify/layouts.ts";
import { token } from "../src/contract/verify/token.ts";

/** Made by the SDK where the app names no user. */
const ANONYMOUS = "$RCAnonymousID:";

/** Ids of one person that are read at the most. */
const MOST_IDS = 20;

const MOST_ADJUSTMENTS = 20;

const { id } = fields;
const text = fields.text.nullish();
const number = fields.number.nullish();
const time = fields.unixMilliseconds.nullish();
const ids = z.array(id).nullish();

/** A value that the app, or RevenueCat, knows about the person. */
const attribute = z.object({ value: text }).nullish().catch(null);

const customer = z.object({
  app_user_id: id.nullish(),
  original_app_user_id: id.nullish(),
  aliases: ids,
  country_code: text,
  subscriber_attributes: z.object({ $email: attribute, $displayName: attribute, $phoneNumber: attribute }).nullish().catch(null),
});

const purchase = customer.extend({
  product_id: text,
  new_product_id: text,
  entitlement_ids: z.array(fields.text).nullish(),
  presented_offering_id: text,
  offer_code: text,
  period_type: text,
  store: text,
  transaction_id: id.nullish(),
  original_transaction_id: id.nullish(),
  renewal_number: fields.integer.nullish(),
  is_family_share: z.boolean().nullish(),
  is_trial_conversion: z.boolean().nullish(),
  purchased_at_ms: time,
  expiration_at_ms: time,
  grace_period_expiration_at_ms: time,
  auto_resume_at_ms: time,
  cancel_reason: text,
  expiration_reason: text,
  currency: fields.currency.nullish(),
  price: number,
  price_in_purchased_currency: number,
});

const transfer = z.object({ transferred_from: z.array(id), transferred_to: z.array(id), store: text });

const adjustments = customer.extend({
  product_id: text,
  product_display_name: text,
  source: text,
  store: text,
  transaction_id: id.nullish(),
  virtual_currency_transaction_id: id.nullish(),
  adjustments: z.array(z.object({ amount: number, currency: z.object({ code: text, name: text }).nullish() })),
});

const enrollment = customer.extend({
  experiment_id: text,
  experiment_variant: text,
  offering_id: text,
  experiment_enrolled_at_ms: time,
});

const options = z.strictObject({
  /**
   * `signature`: the HMAC, to be turned on for the webhook. `authorization`: the header's whole value is the secret; `bearer`: what stands
   * behind `Bearer ` in it.
   */
  authentication: z.enum(["signature", "authorization", "bearer"]).default("signature"),
});

// The guides name the header in two ways.
// @see https://www.revenuecat.com/docs/integrations/webhooks
// @see https://www.revenuecat.com/guides/revenuecat-android-sdk/webhooks
const signature = hmac({
  hash: "SHA-256",
  header: ["x-revenuecat-webhook-signature", "x-revenuecat-signature"],
  encoding: "hex",
  covers: "body",
  layout: keyed({ timestamp: "t", signature: "v1" }),
  message: ({ timestamp, body }) => [timestamp, ".", body],
  tolerance: 300,
});

const VERIFIERS = {
  signature,
  authorization: token({ header: "authorization" }),
  bearer: token({ header: "authorization", prefix: "Bearer " }),
};

export default defineAdapter({
  id: "revenuecat",
  name: "RevenueCat",
  docs: "https://www.revenuecat.com/docs/integrations/webhooks",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing secret of the webhook; with the option authentication the value of its Authorization header, without Bearer",
    demo: "tributary_demo_revenuecat_0123456789",
  },
  verify: ({ authentication }) => VERIFIERS[authentication],
  options,
  webhook: z.object({
    body: z.object({
      event: z.looseObject({
        id: id.nullish(),
        type: fields.text,
        event_timestamp_ms: time,
        environment: text,
        purchase_environment: text,
      }),
    }),
  }),
  events: ({ body: { event } }, { bodyHash, receivedAt }) => [
    {
      id: event.id ?? `${event.type}:${bodyHash}`,
      type: event.type,
      occurredAt: event.event_timestamp_ms ?? receivedAt,
      test: event.type === "TEST" || (event.environment ?? event.purchase_environment) === "SANDBOX",
      data: event,
    },
  ],
  userIdFrom: ["app_user_id"],
  handlers: {
    INITIAL_PURCHASE: on(purchase, (p) =>
      p.period_type === "TRIAL" ? purchaseEvent("Trial Started", p) : saleEvent("Subscription Started", p),
    ),
    RENEWAL: on(purchase, (p) => saleEvent(p.is_trial_conversion ? "Trial Converted" : "Subscription Renewed", p)),
    NON_RENEWING_PURCHASE: on(purchase, (p) => saleEvent("Order Completed", p, { order_id: p.transaction_id })),
    CANCELLATION: on(purchase, cancelled),
    UNCANCELLATION: onPurchase("Subscription Reactivated"),
    SUBSCRIPTION_PAUSED: onPurchase("Subscription Paused"),
    SUBSCRIPTION_EXTENDED: onPurchase("Subscription Extended"),
    EXPIRATION: onPurchase("Subscription Expired"),
    BILLING_ISSUE: on(purchase, (p) => purchaseEvent("Payment Failed", p, moneyProperties("amount", priceOf(p)))),
    PRODUCT_CHANGE: onPurchase("Plan Changed"),
    REFUND_REVERSED: on(purchase, (p) => purchaseEvent("Refund Reversed", p, moneyProperties("amount", priceOf(p)))),
    INVOICE_ISSUANCE: on(purchase, (p) => purchaseEvent("Invoice Created", p, moneyProperties("amount", priceOf(p)))),

    TRANSFER: on(transfer, (t) => [
      track(holderOf(t.transferred_from), "Purchases Transferred", { direction: "away", store: t.store }),
      track(holderOf(t.transferred_to), "Purchases Transferred", { direction: "here", store: t.store }),
    ]),
    VIRTUAL_CURRENCY_TRANSACTION: on(adjustments, (a) =>
      said(a, "Virtual Currency Adjusted", {
        virtual_currency_transaction_id: a.virtual_currency_transaction_id,
        transaction_id: a.transaction_id,
        product_id: a.product_id,
        product_name: a.product_display_name,
        reason: a.source,
        store: a.store,
        adjustments: a.adjustments
          .slice(0, MOST_ADJUSTMENTS)
          .map(({ amount, currency }) => ({ amount, code: currency?.code, name: currency?.name })),
      }),
    ),
    EXPERIMENT_ENROLLMENT: on(enrollment, (e) =>
      said(e, "Experiment Enrolled", {
        experiment_id: e.experiment_id,
        variant: e.experiment_variant,
        offering_id: e.offering_id,
        enrolled_at: e.experiment_enrolled_at_ms,
      }),
    ),

    ...ignoring("INITIAL_PURCHASE or EXPIRATION follows within a day", "TEMPORARY_ENTITLEMENT_GRANT"),
    ...ignoring("people are never joined", "SUBSCRIBER_ALIAS"),
    ...ignoring("a test of the dashboard", "TEST"),
  },
  habits: {
    timeoutSeconds: 60,
    retries: "5 times, after 5, 10, 20, 40 and 80 minutes; only 200 counts as accepted",
    givesUp: "nothing: after the last try the event is dropped, and the webhook stays on",
    setup: [
      "In the RevenueCat project open Integrations > Webhooks and choose Add new configuration, with the URL of this source.",
      "Turn on HMAC signing and copy the signing secret: it is the source's secret.",
      'Without signing enter a long random Authorization header value instead, store it as the secret and set authentication = "authorization" (or "bearer" where the value begins with Bearer, which is left out of the secret).',
      "Send events of all types, of production; those of the sandbox are ignored in production anyway.",
      "The app user id is the user id in Customer.io, unless RevenueCat made it up. Where yours is another, set user_id_from.",
    ],
  },
});

type Customer = z.output<typeof customer>;
type Purchase = z.output<typeof purchase>;

/** The holder of these ids. Of those that the app gave one is the user id; of several none, for they may be two people's. */
function holderOf(known: readonly Maybe<string>[], details: Parameters<typeof person>[0] = {}): PersonFacts {
  const own = [...new Set(known.filter((one) => typeof one === "string"))].slice(0, MOST_IDS);
  const [named, ...others] = own.filter((one) => !one.startsWith(ANONYMOUS));
  return person({
    ...details,
    record: { app_user_id: others.length === 0 ? named : undefined },
    ids: own.map((one) => personId("app_user", one)),
  });
}

/** Ids that the app has given before, the last one aside, count only where the last one says nothing. */
function personOf(c: Customer): PersonFacts {
  const { $email, $phoneNumber } = c.subscriber_attributes ?? {};
  const isNamed = c.app_user_id && !c.app_user_id.startsWith(ANONYMOUS);
  const others = [c.original_app_user_id, ...(c.aliases ?? [])].filter((one) => !isNamed || one?.startsWith(ANONYMOUS));
  return holderOf([c.app_user_id, ...others], { email: claimed($email?.value), phone: $phoneNumber?.value });
}

/** What happened, and what is known of the person beside it. */
function said(c: Customer, event: string, properties: Properties): readonly Draft[] {
  const owner = personOf(c);
  const { $displayName } = c.subscriber_attributes ?? {};
  return [identify(owner, { name: $displayName?.value, country_code: c.country_code }), track(owner, event, properties)];
}

function onPurchase(event: string) {
  return on(purchase, (p) => purchaseEvent(event, p));
}

/** The one event about a sale that carries its `total`. */
function saleEvent(event: string, p: Purchase, properties: Properties = {}): readonly Draft[] {
  return purchaseEvent(event, p, { ...properties, ...moneyProperties("total", priceOf(p)) });
}

function purchaseEvent(event: string, p: Purchase, properties: Properties = {}): readonly Draft[] {
  return said(p, event, {
    product_id: p.product_id,
    new_product_id: p.new_product_id,
    entitlements: p.entitlement_ids,
    offering_id: p.presented_offering_id,
    coupon: p.offer_code,
    period_type: p.period_type,
    store: p.store,
    transaction_id: p.transaction_id,
    original_transaction_id: p.original_transaction_id,
    renewal_number: p.renewal_number,
    family_share: p.is_family_share,
    purchased_at: p.purchased_at_ms,
    expires_at: p.expiration_at_ms,
    grace_period_expires_at: p.grace_period_expiration_at_ms,
    resumes_at: p.auto_resume_at_ms,
    reason: p.cancel_reason ?? p.expiration_reason,
    ...properties,
  });
}

/** Of a refund the price is negative, and the subscription may go on. */
function cancelled(p: Purchase): MapResult {
  switch (p.cancel_reason) {
    case "CUSTOMER_SUPPORT":
      return purchaseEvent("Refund Issued", p, moneyProperties("amount", priceOf(p)));
    case "BILLING_ERROR":
      return ignore("BILLING_ISSUE says it");
    default:
      return purchaseEvent("Subscription Cancelled", p);
  }
}

/** `price` is in US dollars. */
function priceOf(p: Purchase): Money | null {
  const [amount, code] =
    p.currency && typeof p.price_in_purchased_currency === "number"
      ? [p.price_in_purchased_currency, p.currency]
      : [p.price, "USD"];
  return typeof amount === "number" ? fromDecimal(Math.abs(amount).toFixed(6), code) : null;
}
