/**
 * The money of Shopify's orders: what came in when they were placed or paid, and what came in on top after an edit.
 */
import * as z from "zod";
import type { Draft, MapContext, Maybe, Money } from "../../src/contract/adapter.ts";
import { decimal, decisive, each, ignore, inMinor, moneyProperties, on, text } from "../../src/contract/adapter.ts";
import { orderCompleted, ordersState, paymentSucceeded } from "../../src/vocabulary/adapter.ts";
import type { Options } from "./envelope.ts";
import { bothOf, moneyOf, presentment, sumOf } from "./lines.ts";
import { aboutOrder, buyerOf, type Order, order } from "./orders.ts";
import { shopper } from "./shoppers.ts";
import { customOf, revenueOf, sumProperties } from "./sums.ts";
import { isPaidBack, paidBack, transactions } from "./transactions.ts";

/** The order must be in the state that the topic says; what it is worth today decides how much came in. */
const paid = order.extend({
  financial_status: decisive(text),
  ...each(decisive(decimal), "current_total_price", "total_outstanding"),
  refunds: decisive(z.array(z.object({ transactions }))),
});

type Paid = z.output<typeof paid>;

/** A placed order. It is paid, or it may never be: the option `order_completed_on` says whether it counts. */
export const onPlaced = on(order, (o, context: MapContext<Options>) => {
  if (context.options.order_completed_on === "paid") return ignore("orders/paid counts the sale");
  return completed(o, moneyOf(o.total_price, o.currency), context);
});

/**
 * An order that is fully paid: for the first time, or again after an edit made it dearer. The body does not say which, so it tells both, and of what
 * came in so far the core sends what is new.
 */
export const onPaid = on(paid, (o, context: MapContext<Options>) => {
  if (o.financial_status !== "paid") return ignore("the order is not paid");
  const received = receivedFor(o);
  const more = received ? [paidMore(o, received)] : [];
  if (context.options.order_completed_on === "paid") return [...completed(o, received, context), ...more];
  return more.length > 0 ? more : ignore("orders/create counted the sale");
});

/** The order with its whole money, which it is told once. */
function completed(o: Order, total: Money | null, { event }: MapContext<Options>): readonly Draft[] {
  const tip = moneyOf(o.total_tip_received, o.currency);
  // Edited before it was paid: its parts are still those of the order that was placed.
  const isEdited = total?.minor !== moneyOf(o.total_price, o.currency)?.minor;
  const { subtotal, subtotal_minor, tax, tax_minor, shipping, shipping_minor, ...others } = sumProperties(o);
  const parts = isEdited
    ? {}
    : {
        ...{ subtotal, subtotal_minor, tax, tax_minor, shipping, shipping_minor },
        ...presentment(bothOf(o.total_price_set).shown, o.currency),
        ...moneyProperties("revenue", revenueOf(o)),
        ...moneyProperties("tip", tip && tip.minor > 0 ? tip : null),
      };
  return [
    ...shopper(buyerOf(o), o, event.occurredAt),
    ordersState(buyerOf(o), event.occurredAt, { last_order_at: event.occurredAt }),
    orderCompleted(
      buyerOf(o),
      {
        ...aboutOrder(o),
        ...moneyProperties("total", total),
        ...others,
        ...parts,
        payment_method: o.payment_gateway_names?.[0],
      },
      { ...customOf(o), ...(total ? { sum: { of: `order:${o.id}`, amount: total, tells: "first" as const } } : {}) },
    ),
  ];
}

/** What was paid after an edit. */
function paidMore(o: Paid, received: Money): Draft {
  return paymentSucceeded(
    buyerOf(o),
    {
      order_id: o.id,
      ...moneyProperties("total", received),
      billing_reason: "change",
      payment_method: o.payment_gateway_names?.at(-1),
    },
    { ...customOf(o), sum: { of: `order:${o.id}`, amount: received, tells: "later" } },
  );
}

/**
 * What came in for an order so far: what it is worth after edits and refunds, without what is still owed, and what was paid back; `null` where that
 * was in another currency than the shop's.
 * @see https://shopify.dev/docs/api/admin-rest/latest/resources/order
 */
function receivedFor(o: Paid): Money | null {
  const { currency } = o;
  const worth = moneyOf(o.current_total_price ?? o.total_price, currency);
  const owed = moneyOf(o.total_outstanding, currency);
  const returned = (o.refunds ?? []).flatMap((one) => (isPaidBack(one.transactions) ? [paidBack(one.transactions)] : []));
  return sumOf([worth, ...(owed ? [negative(owed)] : []), ...returned]);
}

function negative(money: Maybe<Money>): Money | null {
  return money ? inMinor(-money.minor, money) : null;
}
