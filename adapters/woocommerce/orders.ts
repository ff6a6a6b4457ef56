/**
 * WooCommerce's orders: what the state of one tells, each fact with an id of its own.
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

/** What an order tells: which fact, and, of a refund, which one. */
const told = z.object({ order, fact: z.enum(["sale", "fulfilled", "cancelled", "failed", "refund"]), refund: decisive(id) });

/**
 * What a state tells: an id under which it counts once (`null` where nothing but the body tells it from another), when it happened where a time is
 * kept for it, and what the handler is given.
 */
export interface Fact {
  readonly id: string | null;
  readonly at: Maybe<string>;
  readonly data: unknown;
}

/** The facts in a body, and when it was written; `null` where it is another body. */
export type Facts = { readonly modifiedAt: Maybe<string>; readonly facts: readonly Fact[] } | null;

/** What an order's state says. A refund stands in the order for good, whatever its status. */
export function orderFacts(body: unknown): Facts {
  const o = order.safeParse(body).data;
  return o ? { modifiedAt: o.date_modified_gmt, facts: factsIn(o, body) } : null;
}

function factsIn(o: Order, body: unknown): readonly Fact[] {
  const once = (fact: z.output<typeof told>["fact"], at?: Maybe<string>): Fact => ({
    id: `${fact}:${o.id}`,
    at,
    data: { fact, order: body },
  });
  // One that is malformed is handed on as what it is not, so that it ends as a dead letter and the sale goes on.
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

/** One fact, with the order that tells it. */
export const onFact = on(told, ({ order: o, fact, refund }): MapResult => {
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
      // Written as a negative amount.
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

/** 0 is a guest. What was typed at the checkout is claimed. */
export function buyerOf(o: Pick<Order, "id" | "customer_id" | "billing">, kind: "order" | "subscription" = "order"): PersonFacts {
  const customerId = o.customer_id === "0" ? null : o.customer_id;
  return person({
    record: { customer_id: customerId },
    email: claimed(o.billing?.email),
    phone: o.billing?.phone,
    ids: [personId("customer", customerId), reference(kind, o.id)],
  });
}
