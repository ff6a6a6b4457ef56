/**
 * Gumroad: sales, refunds, disputes and memberships. It signs nothing: a secret at the end of the URL is all that it can be known by.
 *
 * Amounts are in cents of the US dollar, whatever the product is priced in. Order Completed carries the `total` of a sale, Payment
 * Succeeded that of a charge of a membership.
 *
 * @see https://gumroad.com/ping
 */
import * as z from "zod";
import { decisive, defineAdapter, flag, maybe, on, text } from "../src/contract/adapter.ts";
import { pathToken } from "../src/contract/verify.ts";
import { onCancellation, onEnded, onRestarted, onUpdated } from "./gumroad/memberships.ts";
import { sale } from "./gumroad/sale.ts";
import { onDispute, onDisputeWon, refunded, sold } from "./gumroad/sales.ts";

/** A form without its empty fields, which Gumroad sends for missing values. */
const form = z
  .record(z.string(), z.unknown())
  .transform((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== "")));

const time = maybe.isoTime;

export default defineAdapter({
  id: "gumroad",
  name: "Gumroad",
  secret: {
    format: /^[A-Za-z0-9_-]{32,255}$/,
    hint: "Last part of the URL given to Gumroad: at least 32 random letters and digits, chosen by you",
    demo: "tributary_demo_gumroad_path_token_0123",
  },
  verify: pathToken(),
  format: "form",
  options: z.strictObject({
    seller_id: z
      .string()
      .min(1)
      .optional()
      .describe(
        "id of the seller whose pings are accepted, as in the ping of a sale; membership pings name no seller and are then ignored",
      ),
    free_trial_products: z
      .array(z.string().min(1))
      .default([])
      .describe(
        "memberships that begin with a free trial, by product_id or permalink: the first ping of one names the full price, though nothing was charged",
      ),
  }),
  tenant: { option: "seller_id", required: false },
  webhook: z.object({
    body: form.pipe(
      z.looseObject({
        resource_name: decisive(text),
        seller_id: maybe.id,
        sale_id: maybe.id,
        test: decisive(flag),
        sale_timestamp: time,
        ended_at: time,
        restarted_at: time,
      }),
    ),
  }),
  events: ({ body }, { bodyHash, receivedAt }) => {
    // The ping of the account's settings is about sales but has no `resource_name`.
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
  states: ["subscription"],
  handlers: {
    sale: on(sale, sold),
    refund: on(sale, refunded),
    dispute: onDispute,
    dispute_won: onDisputeWon,
    cancellation: onCancellation,
    subscription_updated: onUpdated,
    subscription_ended: onEnded,
    subscription_restarted: onRestarted,
  },
});
