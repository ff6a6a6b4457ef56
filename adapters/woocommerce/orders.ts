/**
 * WooCommerce's orders: the facts in an order's state, each with an id of its own.
 */
import * as z from "zod";
import type { Draft, MapResult, Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  claimed,
  currency,
  decimal,
  decisive,
  each,
  id,
  identify,
  list,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  reference,
  text,
  track,
} from "../../src/contract/adapter.ts";
import { address, addressTraits, gmt } from "./customers.ts";
import { lines, moneyOf, productsOf } from "./lines.ts";

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
  payment_method: maybe.text,
  ...each(gmt, "date_created_gmt", "date_modified_gmt", "date_paid_gmt", "date_completed_gmt"),
  coupon_lines: optional(list(z.object({ code: maybe.text }))),
  refunds: optional(z.array(optional(z.object({ id, reason: maybe.text, total: maybe.decimal })))),
  line_items: lines,
});

type Order = z.output<typeof order>;

/** A fact of an order and, for a refund, which one. */
const entry = z.object({ order, fact: z.enum(["sale", "fulfilled", "cancelled", "failed", "refund"]), refund: decisive(id) });

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
  const sale = once("sale", o.date_paid_gmt ?? o.date_created_gmt);
  switch (o.status) {
    case "processing":
      return [sale, ...refunds];
    case "completed":
      return [sale, once("fulfilled", o.date_completed_gmt), ...refunds];
    case "cancelled":
      return [once("cancelled"), ...refunds];
    case "failed":
      return [{ ...once("failed"), id: o.date_modified_gmt ? `failed:${o.id}:${o.date_modified_gmt}` : null }];
    default:
      return refunds;
  }
}

/** A fact with its order. */
export const onFact = on(entry, ({ order: o, fact, refund }): MapResult => {
  switch (fact) {
    case "sale":
      return [
        identify(buyerOf(o), addressTraits(o.billing)),
        orderEvent("Order Completed", o, {
          ...moneyProperties("total", moneyOf(o.total, o)),
          tax: moneyOf(o.total_tax, o)?.amount,
          shipping: moneyOf(o.shipping_total, o)?.amount,
          discount: moneyOf(o.discount_total, o)?.amount,
          coupon: o.coupon_lines?.[0]?.code,
          payment_method: o.payment_method,
        }),
      ];
    case "fulfilled":
      return orderEvent("Order Fulfilled", o);
    case "cancelled":
      return orderEvent("Order Cancelled", o);
    case "failed":
      return orderEvent("Payment Failed", o, moneyProperties("amount", moneyOf(o.total, o)));
    case "refund": {
      const returned = o.refunds?.find((one) => one?.id === refund);
      // A negative amount.
      const total = moneyOf(returned?.total?.replace(/^-/, ""), o);
      return orderEvent("Order Refunded", o, { refund_id: refund, reason: returned?.reason, ...moneyProperties("total", total) });
    }
  }
});

function orderEvent(event: string, o: Order, properties: Properties = {}): Draft {
  return track(buyerOf(o), event, {
    order_id: o.id,
    order_number: o.number,
    status: o.status,
    ...productsOf(o.line_items),
    ...properties,
  });
}

/** 0 is a guest. Input at the checkout is claimed. */
export function buyerOf(o: Pick<Order, "id" | "customer_id" | "billing">, kind: "order" | "subscription" = "order"): PersonFacts {
  const customerId = o.customer_id === "0" ? null : o.customer_id;
  return person({
    record: { customer_id: customerId },
    email: claimed(o.billing?.email),
    phone: o.billing?.phone,
    ids: [personId("customer", customerId), reference(kind, o.id)],
  });
}
