/**
 * WooCommerce: orders, customers, and the subscriptions of its extension.
 *
 * A shop sends the whole order at every change, and only once. Facts are read from the order's state, each with an id of
 * its own, so a fact counts once however often the order is sent. Order Completed carries the `total`, Payment Succeeded that of
 * an order that renews or changes a subscription. The same holds for a subscription.
 *
 * The topic is in an unsigned header, so each schema requires what only its own bodies have. Every deletion has the same body, an id
 * alone: no customer is deleted by it.
 *
 * @see https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks
 */
import * as z from "zod";
import { answerText, defineAdapter, handshake, ignore, maybe, text } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { customer, onCreated, onUpdated } from "./woocommerce/customers.ts";
import { onFact } from "./woocommerce/order-events.ts";
import { type Facts, orderFacts } from "./woocommerce/orders.ts";
import { onSubscriptionFact } from "./woocommerce/subscription-events.ts";
import { subscriptionFacts } from "./woocommerce/subscriptions.ts";

/** Topics whose bodies hold facts. A body under a false topic must not take the id of a fact. */
const TELLING: ReadonlyMap<string, (body: unknown) => Facts> = new Map([
  ["order.created", orderFacts],
  ["order.updated", orderFacts],
  ["subscription.created", subscriptionFacts],
  ["subscription.updated", subscriptionFacts],
]);

export default defineAdapter({
  id: "woocommerce",
  name: "WooCommerce",
  givesUp: { failures: 5 },
  secret: {
    // WooCommerce decodes HTML entities in the secret before it signs; a secret without them is used as written.
    format: /^(?!.*&(?:[a-z]+|#\d+);)[\x21-\x7e]{16,}$/i,
    hint: "Secret of the webhooks (WooCommerce > Settings > Advanced > Webhooks), the same for all: at least 16 random letters and digits, chosen by you",
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
    // Sent unsigned when a webhook is saved; any answer but 200 is shown as an error.
    handshake({
      proof: "unsigned",
      method: "POST",
      format: "form",
      request: z.object({ body: z.strictObject({ webhook_id: z.string().regex(/^\d{1,20}$/) }) }),
      answer: () => answerText("ok"),
    }),
  ],
  // Plugins add data to each item of an order.
  bodyLimit: 5 * 1024 * 1024,
  states: ["subscription", "orders"],
  webhook: z.object({
    headers: z.object({
      "x-wc-webhook-topic": text.pipe(z.string().min(1)),
      // Unsigned and unused; kept for debugging a dead letter.
      "x-wc-webhook-source": maybe.text,
      "x-wc-webhook-delivery-id": maybe.text,
    }),
    body: z.unknown(),
  }),
  events: ({ headers, body }, { bodyHash, receivedAt }) => {
    const type = headers["x-wc-webhook-topic"];
    const plain = { id: `${type}:${bodyHash}`, type, test: false };
    const found = TELLING.get(type)?.(body);
    if (!found) {
      const known = customer.safeParse(body).data;
      const isNew = type === "customer.created";
      // An account is created once, even if a later change arrives under this unsigned topic.
      const id = isNew && known ? `${type}:${known.id}` : plain.id;
      const at = isNew ? known?.date_created_gmt : known?.date_modified_gmt;
      return [{ ...plain, id, occurredAt: at ?? receivedAt, data: body }];
    }
    const modifiedAt = found.modifiedAt ?? receivedAt;
    if (found.facts.length === 0) return [{ ...plain, occurredAt: modifiedAt, data: body, ignore: "no event for this status" }];
    return found.facts.map(({ id, at, data }) => ({ ...plain, id: id ?? plain.id, occurredAt: at ?? modifiedAt, data }));
  },
  handlers: {
    "order.created": onFact,
    "order.updated": onFact,
    "order.restored": ignore("covered by order.updated"),
    "order.deleted": ignore("not done by a person"),
    "customer.created": onCreated,
    "customer.updated": onUpdated,
    "customer.deleted": ignore("its body is only an id, as for any deletion"),
    "subscription.created": onSubscriptionFact,
    "subscription.updated": onSubscriptionFact,
    "subscription.switched": ignore("covered by the order of the switch"),
    "subscription.deleted": ignore("not done by a person"),
  },
  // Products, coupons, shop actions (`action.…`) and topics of other extensions.
  otherwise: ignore("about the shop, not a person, or from an unknown extension"),
});
