/**
 * WooCommerce: orders and customers.
 *
 * A shop sends an order whole, at every touch, and tries only once. What became of the order is read from its state, each fact with an id of
 * its own, so that a fact counts once however often the order comes: the one that carries the `total` is Order Completed.
 *
 * The topic stands in an unsigned header, so each shape demands what only its own bodies have. Every deletion has the same body, an id
 * alone: no customer is deleted by it.
 *
 * @see https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks
 */
import * as z from "zod";
import { defineAdapter, type MapResult, on } from "../src/contract/define.ts";
import { identify, ignore, type Properties, products, type Traits, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, reference } from "../src/contract/facts.ts";
import { currency, decimal, flag, id, isoTime, number, text } from "../src/contract/fields.ts";
import { answerText, handshake } from "../src/contract/handshake.ts";
import { fromDecimal, type Money, moneyProperties } from "../src/contract/money.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { bare } from "../src/contract/verify/layouts.ts";

/** `…_gmt` is written without the `Z`. */
const gmt = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  .transform((time) => `${time}Z`)
  .pipe(isoTime)
  .nullish();

const address = z
  .object({
    first_name: text.nullish(),
    last_name: text.nullish(),
    email: text.nullish(),
    phone: text.nullish(),
    city: text.nullish(),
    state: text.nullish(),
    postcode: text.nullish(),
    country: text.nullish(),
  })
  .nullish();

const customer = z.object({
  id,
  is_paying_customer: flag,
  role: text.nullish(),
  username: text.nullish(),
  email: text.nullish(),
  first_name: text.nullish(),
  last_name: text.nullish(),
  date_created_gmt: gmt,
  date_modified_gmt: gmt,
  billing: address,
});

const order = z.object({
  id,
  order_key: text,
  number: id.nullish(),
  status: text,
  currency,
  customer_id: id.nullish(),
  billing: address,
  total: decimal,
  total_tax: decimal.nullish(),
  shipping_total: decimal.nullish(),
  discount_total: decimal.nullish(),
  payment_method: text.nullish(),
  date_created_gmt: gmt,
  date_modified_gmt: gmt,
  date_paid_gmt: gmt,
  date_completed_gmt: gmt,
  coupon_lines: z.array(z.object({ code: text.nullish() })).nullish(),
  refunds: z.array(z.object({ id, reason: text.nullish(), total: decimal.nullish() })).nullish(),
  line_items: z.array(
    z.object({
      product_id: id.nullish(),
      variation_id: id.nullish(),
      sku: text.nullish(),
      name: text.nullish(),
      price: number.nullish(),
      quantity: number.nullish(),
    }),
  ),
});

type Order = z.output<typeof order>;

/** What an order tells: which fact, and, of a refund, which one. */
const told = z.object({ order, fact: z.enum(["sale", "fulfilled", "cancelled", "failed", "refund"]), refund: id.nullish() });

export default defineAdapter({
  id: "woocommerce",
  name: "WooCommerce",
  docs: "https://woocommerce.com/document/webhooks/",
  secret: {
    // WooCommerce decodes entities before it signs: a secret without them signs as it is written.
    format: /^(?!.*&(?:[a-z]+|#\d+);)[\x21-\x7e]{16,}$/i,
    hint: "Secret of the webhooks under WooCommerce > Settings > Advanced > Webhooks: the same for each, at least 16 random letters and digits",
    demo: "tributary_demo_woocommerce_secret",
  },
  // @see https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/class-wc-webhook.php
  verify: hmac({
    hash: "SHA-256",
    header: "x-wc-webhook-signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  handshakes: [
    // Sent unsigned when a webhook is saved; anything but 200 is shown as an error.
    handshake({
      proof: "unsigned",
      method: "POST",
      format: "form",
      request: z.object({ body: z.strictObject({ webhook_id: z.string().regex(/^\d{1,20}$/) }) }),
      answer: () => answerText("ok"),
    }),
  ],
  bodyLimit: 5 * 1024 * 1024,
  webhook: z.object({
    headers: z.object({
      "x-wc-webhook-topic": text.pipe(z.string().min(1)),
      // Unsigned and unused: kept for the person who looks into a dead letter.
      "x-wc-webhook-source": text.nullish(),
      "x-wc-webhook-delivery-id": text.nullish(),
    }),
    body: z.unknown(),
  }),
  events: ({ headers, body }, { bodyHash, receivedAt }) => {
    const type = headers["x-wc-webhook-topic"];
    // Under a false topic nothing may take a fact's id.
    const known = type === "order.created" || type === "order.updated" ? order.safeParse(body).data : undefined;
    const plain = { id: `${type}:${bodyHash}`, type, test: false };
    if (!known) {
      const modified = customer.safeParse(body).data;
      const at = type.endsWith(".created") ? modified?.date_created_gmt : modified?.date_modified_gmt;
      return [{ ...plain, occurredAt: at ?? receivedAt, data: body }];
    }
    const facts = factsIn(known);
    const modifiedAt = known.date_modified_gmt ?? receivedAt;
    if (facts.length === 0) return [{ ...plain, occurredAt: modifiedAt, data: body, ignore: "nothing to tell of this status" }];
    return facts.map(({ id: factId, at, ...fact }) => ({
      id: factId,
      type,
      occurredAt: at ?? modifiedAt,
      test: false,
      data: { ...fact, order: body },
    }));
  },
  handlers: {
    "order.created": on(told, tell),
    "order.updated": on(told, tell),
    "order.restored": ignore("order.updated says what changes"),
    "order.deleted": ignore("nothing that a person did"),
    "customer.created": on(customer, (c) => [
      identify(customerOf(c), traitsOf(c)),
      track(customerOf(c), "Customer Created", { role: c.role }),
    ]),
    "customer.updated": on(customer, (c) => identify(customerOf(c), traitsOf(c))),
    "customer.deleted": ignore("its body, an id alone, is that of any deletion"),
  },
  otherwise: ignore("about the shop, not a person"),
  habits: {
    timeoutSeconds: 60,
    retries: "none: what fails is lost until the order is touched again",
    givesUp: "more than 5 failures in a row disable the webhook",
    setup: [
      "In WooCommerce > Settings > Advanced > Webhooks choose Add webhook, once for each topic, with the status Active and API version WP REST API Integration v3.",
      "Give each the URL of this source and the same secret: at least 16 random letters and digits.",
      "Take the topics Order created, Order updated, Customer created and Customer updated.",
      'Where a customer\'s id in the shop is your own user id, set user_id_from = ["customer_id"].',
    ],
  },
});

interface Fact {
  readonly id: string;
  readonly fact: z.output<typeof told>["fact"];
  readonly at?: Maybe<string>;
  readonly refund?: string;
}

/** What an order's state says. A refund stands in the order for good, whatever its status. */
function factsIn(o: Order): readonly Fact[] {
  const once = (fact: Fact["fact"], at?: Maybe<string>): Fact => ({ id: `${fact}:${o.id}`, fact, at });
  const refunds = (o.refunds ?? []).map(({ id: refund }): Fact => ({ id: `refund:${refund}`, fact: "refund", refund }));
  const sale = once("sale", o.date_paid_gmt ?? o.date_created_gmt);
  switch (o.status) {
    case "processing":
      return [sale, ...refunds];
    case "completed":
      return [sale, once("fulfilled", o.date_completed_gmt), ...refunds];
    case "cancelled":
      return [once("cancelled"), ...refunds];
    case "failed":
      return [{ id: `failed:${o.id}:${o.date_modified_gmt}`, fact: "failed" }];
    default:
      return refunds;
  }
}

function tell({ order: o, fact, refund }: z.output<typeof told>): MapResult {
  const facts = buyerOf(o);
  switch (fact) {
    case "sale":
      return [
        identify(facts, addressTraits(o.billing)),
        track(facts, "Order Completed", {
          ...about(o),
          ...moneyProperties("total", money(o.total, o)),
          tax: money(o.total_tax, o)?.amount,
          shipping: money(o.shipping_total, o)?.amount,
          discount: money(o.discount_total, o)?.amount,
          coupon: o.coupon_lines?.[0]?.code,
          payment_method: o.payment_method,
        }),
      ];
    case "fulfilled":
      return track(facts, "Order Fulfilled", about(o));
    case "cancelled":
      return track(facts, "Order Cancelled", about(o));
    case "failed":
      return track(facts, "Payment Failed", { ...about(o), ...moneyProperties("amount", money(o.total, o)) });
    case "refund": {
      const returned = o.refunds?.find((one) => one.id === refund);
      // Written as a negative amount.
      const total = money(returned?.total?.replace(/^-/, ""), o);
      return track(facts, "Order Refunded", {
        ...about(o),
        refund_id: refund,
        reason: returned?.reason,
        ...moneyProperties("total", total),
      });
    }
  }
}

function money(amount: Maybe<string>, { currency: code }: Pick<Order, "currency">): Money | null {
  return amount ? fromDecimal(amount, code) : null;
}

/** 0 is a guest. What was typed at the checkout is claimed, and so is the address of an account, which nobody verifies. */
function buyerOf(o: Order): PersonFacts {
  const customerId = o.customer_id === "0" ? null : o.customer_id;
  return person({
    record: { customer_id: customerId },
    email: claimed(o.billing?.email),
    phone: o.billing?.phone,
    ids: [personId("customer", customerId), reference("order", o.id)],
  });
}

function customerOf(c: z.output<typeof customer>): PersonFacts {
  return person({
    record: { customer_id: c.id },
    email: claimed(c.email || c.billing?.email),
    phone: c.billing?.phone,
    ids: [personId("customer", c.id)],
  });
}

function traitsOf(c: z.output<typeof customer>): Traits {
  return {
    ...addressTraits(c.billing),
    first_name: c.first_name || c.billing?.first_name,
    last_name: c.last_name || c.billing?.last_name,
    created_at: c.date_created_gmt,
    username: c.username,
    role: c.role,
    paying_customer: c.is_paying_customer,
  };
}

function addressTraits(a: z.output<typeof address>) {
  return {
    first_name: a?.first_name,
    last_name: a?.last_name,
    city: a?.city,
    state: a?.state,
    postal_code: a?.postcode,
    country_code: a?.country,
  };
}

function about(o: Order): Properties {
  return {
    order_id: o.id,
    order_number: o.number,
    status: o.status,
    ...products(
      o.line_items.map((item) => ({
        product_id: item.product_id,
        variant_id: item.variation_id === "0" ? null : item.variation_id,
        sku: item.sku,
        name: item.name,
        price: item.price,
        quantity: item.quantity,
      })),
    ),
  };
}
