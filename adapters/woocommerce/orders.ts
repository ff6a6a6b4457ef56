/**
 * WooCommerce's orders: the facts in an order's state, each with an id of its own.
 */
import * as z from "zod";
import type { Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  currency,
  decimal,
  decisive,
  each,
  id,
  list,
  maybe,
  optional,
  person,
  personId,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import { address, gmt } from "./customers.ts";
import { words } from "./entities.ts";
import { lines } from "./lines.ts";
import { meta } from "./meta.ts";

/** An order, whole. */
const order = z.object({
  id,
  order_key: text,
  // A subscription is much like an order.
  billing_period: z.never().optional(),
  number: maybe.id,
  status: text,
  currency,
  customer_id: maybe.id,
  billing: address,
  total: decimal,
  ...each(maybe.decimal, "total_tax", "shipping_total", "discount_total"),
  ...each(maybe.text, "payment_method", "payment_url", "created_via"),
  customer_note: words,
  ...each(gmt, "date_created_gmt", "date_modified_gmt", "date_paid_gmt", "date_completed_gmt"),
  coupon_lines: optional(list(z.object({ code: words }))),
  refunds: optional(z.array(optional(z.object({ id, reason: words, total: maybe.decimal })))),
  line_items: lines,
  meta_data: meta,
});

/** An order. */
export type Order = z.output<typeof order>;

/** A fact of an order and, for a refund, which one. */
export const entry = z.object({
  order,
  fact: z.enum(["checkout", "sale", "fulfilled", "cancelled", "failed", "refund"]),
  refund: decisive(id),
});

/** How an order comes to be where a buyer checks out. */
const CHECKOUTS: readonly Maybe<string>[] = ["checkout", "store-api"];

/**
 * A fact in an object's state: an id that makes it count once (`null` if only the hash of the body identifies it), its time if the object has
 * one, and the data of the handler.
 */
export interface Fact {
  readonly id: string | null;
  readonly at: Maybe<string>;
  readonly data: unknown;
}

/** The facts in a body, and when it was written; `null` where it is another body. */
export type Facts = { readonly modifiedAt: Maybe<string>; readonly facts: readonly Fact[] } | null;

/** The facts in an order's state. A refund stays in the order, whatever the order's status. */
export function orderFacts(body: unknown): Facts {
  const o = order.safeParse(body).data;
  return o ? { modifiedAt: o.date_modified_gmt, facts: factsIn(o, body) } : null;
}

function factsIn(o: Order, body: unknown): readonly Fact[] {
  const once = (fact: z.output<typeof entry>["fact"], at?: Maybe<string>): Fact => ({
    id: `${fact}:${o.id}`,
    at,
    data: { fact, order: body },
  });
  // A malformed refund is passed on unparsed: it becomes a dead letter, and the sale is still taken.
  const refunds = (o.refunds ?? []).map(
    (returned, index): Fact => ({
      id: `refund:${returned ? returned.id : `${o.id}:${index}`}`,
      at: null,
      data: { fact: "refund", refund: returned ? returned.id : [], order: body },
    }),
  );
  // Paid is paid, whatever the status is called: shops and extensions have their own.
  const sale = once("sale", o.date_paid_gmt ?? o.date_created_gmt);
  const sales = o.date_paid_gmt || o.status === "processing" || o.status === "completed" ? [sale] : [];
  switch (o.status) {
    case "pending":
      return CHECKOUTS.includes(o.created_via) ? [...sales, once("checkout", o.date_created_gmt)] : sales;
    case "completed":
      return [...sales, once("fulfilled", o.date_completed_gmt), ...refunds];
    case "cancelled":
      return [...sales, once("cancelled"), ...refunds];
    case "failed":
      return [{ ...once("failed"), id: o.date_modified_gmt ? `failed:${o.id}:${o.date_modified_gmt}` : null }];
    default:
      return [...sales, ...refunds];
  }
}

/** 0 is a guest. Input at the checkout is claimed. */
export function buyerOf(o: Pick<Order, "id" | "customer_id" | "billing">, kind: "order" | "subscription" = "order"): PersonFacts {
  const customerId = o.customer_id === "0" ? null : o.customer_id;
  return person({
    record: { customer_id: customerId },
    email: claimed(o.billing?.email),
    phone: o.billing?.phone ?? undefined,
    ids: [personId("customer", customerId), reference(kind, o.id)],
  });
}
