/**
 * BigCommerce: orders, carts and customers of a shop.
 *
 * Webhooks hold ids alone: whose an order or a cart is, is looked up. What was bought and paid is not told, so no event has a total.
 *
 * @see https://developer.bigcommerce.com/docs/integrations/webhooks/events
 */
import * as z from "zod";
import { decisive, defineAdapter, id, ignoring, maybe, text, unixSeconds } from "../src/contract/adapter.ts";
import { standardWebhooks, utf8 } from "../src/contract/verify.ts";
import * as carts from "./bigcommerce/carts.ts";
import * as customers from "./bigcommerce/customers.ts";
import { lookup } from "./bigcommerce/lookup.ts";
import { onRefund, onStatus } from "./bigcommerce/orders.ts";

const options = z.strictObject({
  store_hash: z
    .string()
    .regex(/^[a-z0-9]{1,32}$/)
    .optional()
    .describe(
      "store whose events are accepted (the xyz of api.bigcommerce.com/stores/xyz); an app has one secret for all stores",
    ),
});

export default defineAdapter({
  id: "bigcommerce",
  name: "BigCommerce",
  givesUp: { hours: 48 },
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Client secret of the app or API account that made the webhooks",
    demo: "tributary_demo_bigcommerce_0123456789",
  },
  // The key is the text of the client secret. @see https://developer.bigcommerce.com/docs/integrations/webhooks
  verify: standardWebhooks({ prefix: "webhook-", key: utf8() }),
  options,
  tenant: { option: "store_hash", required: false },
  webhook: z.object({
    body: z.object({
      scope: text,
      hash: maybe.id,
      created_at: decisive(unixSeconds),
      producer: z.string().regex(/^stores\/[a-z0-9]+$/),
      data: z.looseObject({ id }),
    }),
  }),
  events: ({ body: { scope, hash, created_at, producer, data } }, { bodyHash, receivedAt }) => {
    const store = producer.slice("stores/".length);
    return [
      {
        id: `${scope}:${hash ?? bodyHash}`,
        type: scope,
        occurredAt: created_at ?? receivedAt,
        test: false,
        data: { ...data, store },
        tenant: store,
      },
    ];
  },
  handlers: {
    "store/order/statusUpdated": onStatus,
    "store/order/refund/created": onRefund,
    "store/cart/created": carts.onCreated,
    "store/cart/updated": carts.onUpdated,
    "store/cart/abandoned": carts.onAbandoned,
    "store/cart/converted": carts.onConverted,
    "store/customer/created": customers.onCreated,
    "store/customer/deleted": customers.onDeleted,
    ...ignoring("an order may be incomplete until its status changes", "store/order/created"),
    ...ignoring("does not tell what changed", "store/order/updated store/customer/updated"),
  },
  lookup,
});
