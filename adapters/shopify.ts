/**
 * Shopify: customers and their consents, carts, checkouts, orders, refunds, fulfillments, subscription contracts.
 *
 * The topic stands in an unsigned header, so a signed body may come under a false one. Every shape below therefore demands a field
 * that only its own topics' bodies have, or refuses one that only others' have; where topics share a shape (`orders/cancelled`,
 * `orders/fulfilled` …), the body's state must say what the topic says.
 *
 * Of the events about one sale one carries its `total`: Order Completed.
 *
 * @see https://shopify.dev/docs/api/webhooks
 */
import * as z from "zod";
import { defineAdapter, type MapContext, type MapResult, off, on } from "../src/contract/define.ts";
import {
  type Channel,
  consent,
  type Draft,
  deleted,
  identify,
  ignore,
  type Properties,
  products,
  type Traits,
  track,
} from "../src/contract/drafts.ts";
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
import { currency, decimal, flag, id, integer, isoTime, number, text } from "../src/contract/fields.ts";
import { fromDecimal, fromMinor, type Money, moneyProperties } from "../src/contract/money.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { bare } from "../src/contract/verify/layouts.ts";

/** REST still answers a GET, which is all that a look-up may be. @see https://shopify.dev/docs/api/admin-rest */
const API = "/admin/api/2026-10";

/** Customers in one page, the most that Shopify gives. */
const CUSTOMERS_AT_ONCE = 250;

const LOOKUPS: ReadonlyMap<string, (id: string) => string> = new Map([
  ["customer", (id: string) => `/customers/${id}.json`],
  [
    "order",
    (id: string) => `/orders/${id}.json?fields=id,order_number,email,contact_email,phone,customer,cart_token,checkout_token`,
  ],
]);

/**
 * The order and the customer of every test notification; only the order says itself that it is a test.
 * @see https://shopify.dev/docs/api/webhooks
 */
const SAMPLES: ReadonlySet<string> = new Set(["820982911946154508", "706405506930370084"]);

/** A field that only the body of another topic has. */
const absent = z.never().optional();

/** `not_subscribed`, `redacted` and `invalid` are no choice of the person's. */
const choice = z.object({
  state: z
    .string()
    .toLowerCase()
    .pipe(z.enum(["subscribed", "unsubscribed", "pending"]))
    .nullish()
    .catch(null),
  consent_updated_at: isoTime.nullish(),
});

/** A customer, also inside an order. Up to 2024-10 with tags, totals and consents; since then these have topics of their own. */
const buyer = z.looseObject({
  id,
  email: text.nullish(),
  verified_email: flag.nullish(),
  phone: text.nullish(),
  first_name: text.nullish(),
  last_name: text.nullish(),
  state: text.nullish(),
  created_at: isoTime.nullish(),
  orders_count: integer.nullish(),
  total_spent: number.nullish(),
  currency: text.nullish(),
  tags: text.nullish(),
  default_address: z
    .object({ city: text.nullish(), province_code: text.nullish(), country_code: text.nullish(), zip: text.nullish() })
    .nullish(),
  email_marketing_consent: choice.nullish(),
  sms_marketing_consent: choice.nullish(),
  accepts_marketing: flag.nullish(),
  accepts_marketing_updated_at: isoTime.nullish(),
  metafields: z.array(z.object({ namespace: text, key: text, value: z.unknown() })).nullish(),
});

const customer = buyer.extend({ state: text });

const customerGid = z.string().regex(/^gid:\/\/shopify\/Customer\/\d+$/);

/** What a customer has until deleted. */
const gone = z.null().optional();

/** Nothing is left but the id: `{ id, tax_exemptions: [], admin_graphql_api_id }`, in older versions more empty fields. */
const deletedCustomer = z.object({
  id,
  admin_graphql_api_id: customerGid,
  created_at: gone,
  updated_at: gone,
  state: gone,
  verified_email: gone,
  tax_exempt: gone,
  email: gone,
  first_name: gone,
  last_name: gone,
});

const redactedCustomer = z.object({
  customer: z.object({ id, email: text.nullish(), phone: text.nullish() }),
  orders_to_redact: z.array(z.unknown()),
});

const customerOfGid = customerGid.transform((gid) => gid.slice(gid.lastIndexOf("/") + 1));

const purchasingSummary = z.object({
  customerId: customerOfGid,
  numberOfOrders: integer,
  amountSpent: z.object({ amount: number, currencyCode: currency }).nullish(),
});

const taggedCustomer = z.object({ customerId: customerOfGid, tags: z.array(text) });

const emailConsent = z.object({ customer_id: id, email_address: text.nullish(), email_marketing_consent: choice });

const smsConsent = z.object({ id, phone: text.nullish(), sms_marketing_consent: choice });

const shopMoney = z
  .object({ shop_money: z.object({ amount: decimal.nullish(), currency_code: currency.nullish() }).nullish() })
  .nullish();

const line = z.object({
  product_id: id.nullish(),
  variant_id: id.nullish(),
  sku: text.nullish(),
  title: text.nullish(),
  variant_title: text.nullish(),
  vendor: text.nullish(),
  quantity: integer.nullish(),
  price: decimal.nullish(),
  price_set: shopMoney,
  line_price: decimal.nullish(),
});

const lines = z.array(line);

/** The storefront writes `token?key=…`, an order only the token. @see https://github.com/Shopify/hydrogen/pull/3529 */
const cartToken = id.transform((token) => token.replace(/\?.*$/s, ""));

const discountCodes = z.array(z.object({ code: text.nullish() })).nullish();

const parcel = { tracking_company: text.nullish(), tracking_number: text.nullish(), tracking_url: text.nullish() };

/** Amounts are in the shop's currency; what the buyer was shown (`presentment_money`) is left alone. */
const order = z.object({
  id,
  order_number: id,
  name: text.nullish(),
  email: text.nullish(),
  contact_email: text.nullish(),
  phone: text.nullish(),
  customer: buyer.nullish(),
  customer_locale: text.nullish(),
  cart_token: cartToken.nullish(),
  checkout_token: id.nullish(),
  checkout_id: id.nullish(),
  order_status_url: text.nullish(),
  financial_status: text.nullish(),
  fulfillment_status: text.nullish(),
  cancelled_at: isoTime.nullish(),
  cancel_reason: text.nullish(),
  currency: currency.nullish(),
  total_price: decimal.nullish(),
  subtotal_price: decimal.nullish(),
  total_tax: decimal.nullish(),
  total_discounts: decimal.nullish(),
  total_shipping_price_set: shopMoney,
  discount_codes: discountCodes,
  line_items: lines.nullish(),
  fulfillments: z.array(z.object(parcel)).nullish(),
});

const checkout = z.object({
  token: id,
  order_number: absent,
  line_items: lines,
  total_price: decimal,
  email: text.nullish(),
  phone: text.nullish(),
  customer: buyer.nullish(),
  cart_token: cartToken.nullish(),
  abandoned_checkout_url: text.nullish(),
  completed_at: isoTime.nullish(),
  currency: currency.nullish(),
  subtotal_price: decimal.nullish(),
  total_tax: decimal.nullish(),
  total_discounts: decimal.nullish(),
  discount_codes: discountCodes,
});

const cart = z.object({ token: cartToken, line_items: lines, total_price: absent });

const fulfillment = z.object({
  id,
  order_id: id,
  line_items: lines,
  total_price: absent,
  status: text,
  shipment_status: text.nullish(),
  email: text.nullish(),
  ...parcel,
});

const refund = z.object({
  id,
  order_id: id,
  refund_line_items: z.array(z.object({ quantity: integer.nullish(), line_item: line.nullish() })),
  transactions: z.array(
    z.object({ kind: text.nullish(), status: text.nullish(), amount: decimal.nullish(), currency: currency.nullish() }),
  ),
});

const contract = z.object({
  id,
  customer_id: id,
  origin_order_id: id.nullish(),
  status: text,
  billing_policy: z.object({ interval: text.nullish(), interval_count: integer.nullish() }),
});

const billingAttempt = z.object({ subscription_contract_id: id, error_code: text.nullish() });

/** What is read of every body; some are `null`. What cannot be read is left to the handler's own schema. */
const envelope = z
  .object({
    id: id.nullish().catch(null),
    order_id: id.nullish().catch(null),
    customer_id: id.nullish().catch(null),
    shop_domain: text.nullish().catch(null),
    myshopify_domain: text.nullish().catch(null),
    test: flag.nullish().catch(null),
    transactions: z
      .array(z.object({ test: flag.nullish() }))
      .nullish()
      .catch(null),
    processed_at: isoTime.nullish().catch(null),
    created_at: isoTime.nullish().catch(null),
    updated_at: isoTime.nullish().catch(null),
    cancelled_at: isoTime.nullish().catch(null),
    occurredAt: isoTime.nullish().catch(null),
    email_marketing_consent: choice.nullish().catch(null),
    sms_marketing_consent: choice.nullish().catch(null),
  })
  .catch({});

const options = z.strictObject({
  /** The shop's own domain. Only the bodies that name their shop are compared with it; a look-up asks there. */
  shop: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/)
    .optional(),
  /** When an order counts as a sale: once, never at both. */
  order_completed_on: z.enum(["create", "paid"]).default("create"),
});

type Context = MapContext<z.output<typeof options>>;

export default defineAdapter({
  id: "shopify",
  name: "Shopify",
  docs: "https://shopify.dev/docs/api/webhooks",
  secret: {
    // 32 hex digits, since 2020 behind `shpss_`; 64 for a shop's own notifications. An access token (`shpat_…`) signs nothing.
    // @see https://shopify.dev/changelog/app-secret-key-length-has-increased
    format: /^(?!shp(?:at|ca|pa|ua)_)[\x21-\x7e]{16,}$/,
    hint: "Client secret of the app, or the key under Settings > Notifications > Webhooks for webhooks made there",
    demo: "shpss_tributary_demo_0123456789abcdef",
  },
  // @see https://shopify.dev/docs/apps/build/webhooks
  verify: hmac({
    hash: "SHA-256",
    header: ["x-shopify-hmac-sha256", "shopify-hmac-sha256"],
    encoding: "base64",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  bodyLimit: 5 * 1024 * 1024,
  options,
  tenant: { option: "shop", required: false },
  webhook: z
    .object({
      headers: z.object({
        "x-shopify-topic": text.nullish(),
        "shopify-topic": text.nullish(),
        // Unsigned and unused: kept for the person who looks into a dead letter.
        "x-shopify-shop-domain": text.nullish(),
        "x-shopify-api-version": text.nullish(),
        "x-shopify-triggered-at": text.nullish(),
      }),
      body: z.unknown(),
    })
    .refine(({ headers }) => headers["x-shopify-topic"] || headers["shopify-topic"], { path: ["headers", "x-shopify-topic"] }),
  events: ({ headers, body }, { bodyHash, receivedAt }, { shop, order_completed_on }) => {
    const type = headers["x-shopify-topic"] || "events";
    const facts = envelope.parse(body);
    // Most bodies do not name their shop, and then there is nothing to compare.
    const tenant = facts.shop_domain ?? facts.myshopify_domain ?? shop;
    return [
      {
        // A sale counts once, whichever webhook, API version or setting of `order_completed_on` tells of it.
        id: type === `orders/${order_completed_on}` && facts.id ? `sale:${facts.id}` : `${type}:${bodyHash}`,
        type,
        occurredAt: occurredAt(type, facts) ?? receivedAt,
        test: isTest(facts),
        data: body,
        ...(tenant ? { tenant } : {}),
      },
    ];
  },
  handlers: {
    "customers/create": on(customer, (c, { event }) => [
      ...about(factsOf(c), c, event.occurredAt),
      track(factsOf(c), "Customer Created"),
    ]),
    "customers/update": on(customer, (c, { event }) => about(factsOf(c), c, event.occurredAt)),
    "customers/enable": on(customer, (c) =>
      c.state === "enabled" ? track(factsOf(c), "Customer Enabled") : ignore("the account is not enabled"),
    ),
    "customers/disable": on(customer, (c) =>
      c.state === "disabled" ? track(factsOf(c), "Customer Disabled") : ignore("the account is not disabled"),
    ),
    "customers/purchasing_summary": on(purchasingSummary, (s) =>
      identify(customerOf(s.customerId), {
        orders_count: s.numberOfOrders,
        total_spent: s.amountSpent?.amount,
        currency: s.amountSpent?.currencyCode,
      }),
    ),
    "customer.tags_added": on(taggedCustomer, (c) => track(customerOf(c.customerId), "Customer Tags Added", { tags: c.tags })),
    "customer.tags_removed": on(taggedCustomer, (c) =>
      track(customerOf(c.customerId), "Customer Tags Removed", { tags: c.tags }),
    ),
    "customers_email_marketing_consent/update": on(emailConsent, (c, { event }) =>
      chosen(
        customerOf(c.customer_id, { email: claimed(c.email_address) }),
        "email",
        c.email_marketing_consent,
        event.occurredAt,
      ),
    ),
    "customers_marketing_consent/update": on(smsConsent, (c, { event }) =>
      chosen(customerOf(c.id, { phone: c.phone }), "sms", c.sms_marketing_consent, event.occurredAt),
    ),
    "customers/delete": on(deletedCustomer, (c) => deleted(customerOf(c.id), "Customer Deleted")),
    "customers/redact": on(redactedCustomer, ({ customer: { id, email, phone } }) =>
      deleted(customerOf(id, { email: claimed(email), phone }), "Customer Deleted", { erase: true }),
    ),
    "customers/data_request": ignore("to be answered from the shop's own records"),
    "customers/merge": ignore("people are never joined"),

    "carts/create": on(cart, (c) => track(visitorOf(c), "Cart Created", cartProperties(c))),
    "carts/update": on(cart, (c) => track(visitorOf(c), "Cart Updated", cartProperties(c))),
    "checkouts/create": on(checkout, (c) => checkoutEvent(c, "Checkout Started")),
    "checkouts/update": on(checkout, (c) => checkoutEvent(c, "Checkout Updated")),
    "checkouts/delete": ignore("nothing that a person did"),

    "orders/create": on(order, (o, context: Context) => sale(o, "create", context)),
    "orders/paid": on(order, (o, context: Context) =>
      o.financial_status === "paid" ? sale(o, "paid", context) : ignore("the order is not paid"),
    ),
    "orders/updated": off(
      "sent at every touch of an order",
      on(order, (o) => track(buyerOf(o), "Order Updated", orderProperties(o))),
    ),
    "orders/cancelled": on(order, (o) =>
      o.cancelled_at
        ? track(buyerOf(o), "Order Cancelled", { ...orderProperties(o), reason: o.cancel_reason })
        : ignore("the order is not cancelled"),
    ),
    "orders/fulfilled": on(order, (o) =>
      o.fulfillment_status === "fulfilled"
        ? track(buyerOf(o), "Order Fulfilled", shippedProperties(o))
        : ignore("the order is not fulfilled"),
    ),
    "orders/partially_fulfilled": on(order, (o) =>
      o.fulfillment_status === "partial"
        ? track(buyerOf(o), "Order Partially Fulfilled", shippedProperties(o))
        : ignore("the order is not partially fulfilled"),
    ),
    "orders/edited": ignore("orders/updated has the edited order"),
    "orders/delete": ignore("nothing that a person did"),
    "refunds/create": on(refund, refunded),
    "fulfillments/create": on(fulfillment, (f) => track(recipientOf(f), "Fulfillment Created", fulfillmentProperties(f))),
    "fulfillments/update": on(fulfillment, (f) => track(recipientOf(f), "Fulfillment Updated", fulfillmentProperties(f))),
    "fulfillment_events/create": ignore("fulfillments/update has the status"),
    "order_transactions/create": ignore("orders/paid and refunds/create have the outcome"),
    "draft_orders/create": ignore("a draft is no order yet"),
    "draft_orders/update": ignore("a draft is no order yet"),
    "draft_orders/delete": ignore("a draft is no order yet"),

    "subscription_contracts/create": on(contract, (c) => contractEvent(c, "active", "Subscription Started")),
    "subscription_contracts/activate": on(contract, (c) => contractEvent(c, "active", "Subscription Resumed")),
    "subscription_contracts/pause": on(contract, (c) => contractEvent(c, "paused", "Subscription Paused")),
    "subscription_contracts/cancel": on(contract, (c) => contractEvent(c, "cancelled", "Subscription Cancelled")),
    "subscription_contracts/expire": on(contract, (c) => contractEvent(c, "expired", "Subscription Expired")),
    "subscription_contracts/fail": on(contract, (c) => contractEvent(c, "failed", "Subscription Failed")),
    "subscription_billing_attempts/success": ignore("orders/create has the sale"),
    "subscription_billing_attempts/failure": on(billingAttempt, (a) =>
      a.error_code
        ? track(person({ ids: [reference("subscription", a.subscription_contract_id)] }), "Payment Failed", {
            subscription_id: a.subscription_contract_id,
            reason: a.error_code,
          })
        : ignore("the payment did not fail"),
    ),

    "products/create": ignore("about the catalogue, not a person"),
    "products/update": ignore("about the catalogue, not a person"),
    "products/delete": ignore("about the catalogue, not a person"),
    "app/uninstalled": ignore("about the app, not a person"),
    "app_subscriptions/update": ignore("about the app, not a person"),
    "app_subscriptions/approaching_capped_amount": ignore("about the app, not a person"),
    "app_purchases_one_time/update": ignore("about the app, not a person"),
    "shop/update": ignore("about the shop, not a person"),
    "shop/redact": ignore("names nobody: erase the source's people by hand"),
    // The newer product: its body is the answer to the subscriber's own query, so there is no shape to rely on.
    // @see https://shopify.dev/docs/api/events/latest
    events: ignore("an Events delivery: subscribe to the webhook topic instead"),
  },
  habits: {
    timeoutSeconds: 5,
    // @see https://shopify.dev/changelog/updates-to-webhook-retry-mechanism
    retries: "8 times over 4 hours, further and further apart, always with the first body",
    givesUp: "8 failures in a row remove a subscription made through the Admin API; one in the app's configuration file stays",
    // @see https://help.shopify.com/en/manual/fulfillment/setup/notifications/webhooks
    setup: [
      "In the Shopify admin open Settings > Notifications > Webhooks and choose Create webhook, once for each event, with the format JSON.",
      "Take Customer creation and update, Customer email and SMS marketing consent update, Checkout creation and update, Order creation, payment, cancellation and fulfillment, and Refund creation.",
      "Copy the key under 'Your webhooks will be signed with': it is the source's secret.",
      "With an app instead, declare the topics in shopify.app.toml, without include_fields; its client secret (Dev Dashboard > Settings) signs, also customers/redact, which only apps get.",
      "An app needs access to protected customer data, or names and addresses arrive empty.",
    ],
  },
  lookup: {
    hosts: ["{shop}"],
    request: ({ kind, id }, apiKey) => {
      const path = /^\d+$/.test(id) ? LOOKUPS.get(kind)?.(id) : undefined;
      return path === undefined ? null : { host: "{shop}", path: API + path, headers: { "x-shopify-access-token": apiKey } };
    },
    read: (body) => {
      const answer = z.object({ customer: customer.nullish(), order: order.nullish() }).safeParse(body).data;
      if (answer?.customer) return about(factsOf(answer.customer), answer.customer, null);
      if (!answer?.order) return null;
      return answer.order.customer
        ? about(buyerOf(answer.order), answer.order.customer, null)
        : [identify(buyerOf(answer.order), {})];
    },
  },
  // In the order of their ids, so that the last of a page is where the next begins.
  // @see https://shopify.dev/docs/api/admin-rest/latest/resources/customer#get-customers
  pull: {
    hosts: ["{shop}"],
    request: (page, apiKey) => ({
      host: "{shop}",
      path: `${API}/customers.json?limit=${CUSTOMERS_AT_ONCE}&since_id=${encodeURIComponent(page ?? "0")}&fields=id,email,verified_email,phone`,
      headers: { "x-shopify-access-token": apiKey },
    }),
    read: (body) => {
      const found = z.object({ customers: z.array(z.unknown()) }).safeParse(body).data?.customers;
      const last = z.object({ id }).safeParse(found?.at(-1)).data;
      if (!found || (found.length > 0 && !last)) return null;
      const customers = found.flatMap((item) => buyer.safeParse(item).data ?? []);
      const drafts = customers.map((item) => identify(factsOf(item), {}));
      return { drafts, next: found.length === CUSTOMERS_AT_ONCE ? (last?.id ?? null) : null };
    },
  },
});

/** When it happened, by the signed body alone: the header that names the time is not signed. */
function occurredAt(topic: string, facts: z.output<typeof envelope>): Maybe<string> {
  if (topic === "orders/cancelled") return facts.cancelled_at;
  if (topic.endsWith("/create")) return facts.processed_at ?? facts.created_at ?? facts.updated_at;
  const choices = [facts.email_marketing_consent, facts.sms_marketing_consent];
  return facts.updated_at ?? facts.occurredAt ?? choices.find((choice) => choice?.consent_updated_at)?.consent_updated_at;
}

function isTest(facts: z.output<typeof envelope>): boolean {
  const isSample = [facts.id, facts.order_id, facts.customer_id].some((id) => id && SAMPLES.has(id));
  return isSample || facts.test === true || (facts.transactions ?? []).some((transaction) => transaction.test === true);
}

/** A customer known by id alone. */
function customerOf(id: string, contact: Pick<PersonInput, "email" | "phone"> = {}): PersonFacts {
  return person({ record: { id }, ids: [personId("customer", id)], ...contact });
}

function factsOf(c: z.output<typeof buyer>): PersonFacts {
  return person({ record: recordOf(c), email: emailOf(c), phone: c.phone, ids: [personId("customer", c.id)] });
}

/**
 * A cart belongs to one visitor, so its token is an id of that person: what was done before an address was typed can still find
 * them. Orders and checkouts are references.
 */
function visitorOf(c: z.output<typeof cart>): PersonFacts {
  return person({ ids: [personId("cart", c.token)] });
}

/** An address typed at the checkout is claimed, also where Shopify finds a customer who has it. */
function shopperOf(c: z.output<typeof checkout>): PersonFacts {
  return person({
    record: recordOf(c.customer),
    email: claimed(c.email || c.customer?.email),
    phone: c.phone || c.customer?.phone,
    ids: [personId("customer", c.customer?.id), personId("cart", c.cart_token), reference("checkout", c.token)],
  });
}

function buyerOf(o: z.output<typeof order>): PersonFacts {
  return person({
    record: recordOf(o.customer),
    email: emailOf(o.customer, o.email || o.contact_email),
    phone: o.customer?.phone || o.phone,
    ids: [
      personId("customer", o.customer?.id),
      personId("cart", o.cart_token),
      reference("order", o.id),
      reference("checkout", o.checkout_token ?? o.checkout_id),
    ],
  });
}

function recipientOf(f: z.output<typeof fulfillment>): PersonFacts {
  return person({ email: claimed(f.email), ids: [reference("order", f.order_id)] });
}

/** A customer's own address is verified once Shopify says so; any other was typed. */
function emailOf(c: Maybe<z.output<typeof buyer>>, typed?: Maybe<string>): PersonInput["email"] {
  return c?.email && c.verified_email === true ? verified(c.email) : claimed(typed || c?.email);
}

/**
 * The customer, with metafields (where a subscription asks for them) by namespace and key: `metafields.custom.user_id`. An order's
 * note attributes are left out: the storefront fills them in, so a visitor could name somebody else's user id.
 */
function recordOf(c: Maybe<z.output<typeof buyer>>): unknown {
  const namespaces = Map.groupBy(c?.metafields ?? [], (field) => field.namespace);
  const metafields = [...namespaces].map(([namespace, fields]) => [
    namespace,
    Object.fromEntries(fields.map(({ key, value }) => [key, value])),
  ]);
  return c && { ...c, metafields: Object.fromEntries(metafields) };
}

/** What Shopify knows about a customer: traits, and the choices that it kept a time for. */
function about(facts: PersonFacts, c: z.output<typeof buyer>, at: string | null, locale?: Maybe<string>): readonly Draft[] {
  const traits: Traits = {
    first_name: c.first_name,
    last_name: c.last_name,
    created_at: c.created_at,
    locale,
    account_state: c.state,
    orders_count: c.orders_count,
    total_spent: c.total_spent,
    currency: c.currency,
    tags: c.tags?.split(",").flatMap((tag) => tag.trim() || []),
    city: c.default_address?.city,
    province_code: c.default_address?.province_code,
    country_code: c.default_address?.country_code,
    zip: c.default_address?.zip,
  };
  // Up to 2022-01. `false` is also what somebody has who was never asked, so only `true` is a choice.
  const legacy = c.accepts_marketing
    ? { state: "subscribed" as const, consent_updated_at: c.accepts_marketing_updated_at }
    : null;
  return [
    identify(facts, traits),
    ...choices(facts, "email", c.email_marketing_consent ?? legacy, at),
    ...choices(facts, "sms", c.sms_marketing_consent, at),
  ];
}

/**
 * A choice counts from the time that Shopify kept with it; an opt-out without one from that of the event, so that none is lost. The
 * box at the checkout (`buyer_accepts_marketing`) may be ticked beforehand and has no time: the consent topics tell what comes of it.
 */
function choices(
  facts: PersonFacts,
  channel: Channel,
  made: Maybe<z.output<typeof choice>>,
  at: string | null,
): readonly Draft[] {
  const since = made?.consent_updated_at ?? (made?.state === "unsubscribed" ? at : null);
  return made?.state && since ? [consent(facts, { channel, state: made.state, at: since })] : [];
}

function chosen(facts: PersonFacts, channel: Channel, made: z.output<typeof choice>, at: string): MapResult {
  const drafts = choices(facts, channel, made, at);
  return drafts.length > 0 ? drafts : ignore("no choice was made");
}

function money(amount: Maybe<string>, code: Maybe<string>): Money | null {
  return amount && code ? fromDecimal(amount, code) : null;
}

function productsOf(items: readonly z.output<typeof line>[], code?: Maybe<string>): Properties {
  return products(
    items.map((item) => ({
      product_id: item.product_id,
      variant_id: item.variant_id,
      sku: item.sku,
      name: item.title,
      variant: item.variant_title,
      brand: item.vendor,
      price: money(item.price, item.price_set?.shop_money?.currency_code ?? code)?.amount,
      quantity: item.quantity,
    })),
  );
}

/** A cart has no currency and no sum of its own. */
function cartProperties({ token, line_items: items }: z.output<typeof cart>): Properties {
  const sums = items.map((item) => money(item.line_price, item.price_set?.shop_money?.currency_code));
  return { cart_id: token, ...moneyProperties("value", sumOf(sums)), ...productsOf(items) };
}

/** The sum, or nothing where an amount is missing or the currencies differ. */
function sumOf([first = null, ...others]: readonly (Money | null)[]): Money | null {
  const add = (sum: Money | null, next: Money | null) =>
    sum && next && sum.currency === next.currency ? fromMinor(sum.minor + next.minor, sum.currency) : null;
  return others.reduce(add, first);
}

/** The checkout's token joins it with its order; its `id` is gone since 2026-04. */
function checkoutEvent(c: z.output<typeof checkout>, event: string): MapResult {
  if (c.completed_at) return ignore("orders/create has the sale");
  return track(shopperOf(c), event, {
    checkout_id: c.token,
    checkout_url: c.abandoned_checkout_url,
    ...moneyProperties("value", money(c.total_price, c.currency)),
    subtotal: money(c.subtotal_price, c.currency)?.amount,
    tax: money(c.total_tax, c.currency)?.amount,
    discount: money(c.total_discounts, c.currency)?.amount,
    coupon: c.discount_codes?.[0]?.code,
    ...productsOf(c.line_items, c.currency),
  });
}

function orderProperties(o: z.output<typeof order>): Properties {
  return {
    order_id: o.id,
    order_number: o.name || o.order_number,
    checkout_id: o.checkout_token ?? o.checkout_id,
    order_status_url: o.order_status_url,
    financial_status: o.financial_status,
    fulfillment_status: o.fulfillment_status,
    ...productsOf(o.line_items ?? [], o.currency),
  };
}

/** The one event about an order that carries its `total`. */
function sale(
  o: z.output<typeof order>,
  moment: "create" | "paid",
  { event, options: { order_completed_on: counted } }: Context,
): MapResult {
  if (moment !== counted) return ignore(counted === "paid" ? "orders/paid counts the sale" : "orders/create counted the sale");
  const facts = buyerOf(o);
  return [
    ...(o.customer ? about(facts, o.customer, event.occurredAt, o.customer_locale) : []),
    track(facts, "Order Completed", {
      ...orderProperties(o),
      ...moneyProperties("total", money(o.total_price, o.currency)),
      subtotal: money(o.subtotal_price, o.currency)?.amount,
      tax: money(o.total_tax, o.currency)?.amount,
      shipping: money(o.total_shipping_price_set?.shop_money?.amount, o.currency)?.amount,
      discount: money(o.total_discounts, o.currency)?.amount,
      coupon: o.discount_codes?.[0]?.code,
    }),
  ];
}

function shippedProperties(o: z.output<typeof order>): Properties {
  return { ...orderProperties(o), ...parcelProperties(o.fulfillments?.at(-1)) };
}

function fulfillmentProperties(f: z.output<typeof fulfillment>): Properties {
  return {
    fulfillment_id: f.id,
    order_id: f.order_id,
    status: f.status,
    shipment_status: f.shipment_status,
    ...parcelProperties(f),
    ...productsOf(f.line_items),
  };
}

function parcelProperties(p: Maybe<Pick<z.output<typeof fulfillment>, keyof typeof parcel>>): Properties {
  return { tracking_company: p?.tracking_company, tracking_number: p?.tracking_number, tracking_url: p?.tracking_url };
}

/** A refund names no customer: its order leads to one. An unpaid order that is cancelled has a "refund" too, of nothing. */
function refunded(r: z.output<typeof refund>): MapResult {
  const returned = r.transactions.filter(({ kind, status }) => kind === "refund" && status !== "failure" && status !== "error");
  if (returned.length === 0) return ignore("no money was returned");
  const total = sumOf(returned.map((transaction) => money(transaction.amount, transaction.currency)));
  return track(person({ ids: [reference("order", r.order_id)] }), "Order Refunded", {
    order_id: r.order_id,
    refund_id: r.id,
    ...moneyProperties("total", total),
    ...productsOf(
      r.refund_line_items.map(({ quantity, line_item: item }) => ({ ...item, quantity })),
      total?.currency,
    ),
  });
}

function contractEvent(c: z.output<typeof contract>, status: string, event: string): MapResult {
  if (c.status !== status) return ignore(`the subscription is not ${status}`);
  const ids = [personId("customer", c.customer_id), reference("subscription", c.id), reference("order", c.origin_order_id)];
  return track(person({ record: { id: c.customer_id }, ids }), event, {
    subscription_id: c.id,
    order_id: c.origin_order_id,
    interval: c.billing_policy.interval,
    interval_count: c.billing_policy.interval_count,
  });
}
