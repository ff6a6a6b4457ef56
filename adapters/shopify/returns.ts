/**
 * What becomes of a Shopify order afterwards: goods that come back, and money that is returned. None of it
 * names a customer: the order leads to one.
 */
import * as z from "zod";
import type { Maybe, Money } from "../../src/contract/adapter.ts";
import {
  id,
  ignore,
  inMinor,
  list,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import { orderRefunded, ownEvents } from "../../src/vocabulary/adapter.ts";
import { bothOf, line, moneySet, presentment, productsOf } from "./lines.ts";
import type { SHOPIFY } from "./plan.schema.ts";
import { isPaidBack, paidBack, transactions } from "./transactions.ts";

const own = ownEvents<typeof SHOPIFY>();

/** @see https://shopify.dev/docs/api/admin-graphql/latest/enums/ReturnStatus */
const returned = z.object({
  id,
  admin_graphql_api_id: z.string().startsWith("gid://shopify/Return/"),
  status: text,
  order: optional(z.object({ id })),
  order_id: maybe.id,
  total_return_line_items: maybe.integer,
  decline: optional(z.object({ reason: maybe.text, note: maybe.text })),
});

const refund = z.object({
  id,
  order_id: id,
  note: maybe.text,
  refund_line_items: list(
    z.object({ quantity: maybe.integer, line_item: optional(line), subtotal_set: moneySet, total_tax_set: moneySet }),
  ),
  order_adjustments: optional(z.array(z.object({ amount_set: moneySet, tax_amount_set: moneySet }))),
  total_duties_set: moneySet,
  transactions,
});

type Refund = z.output<typeof refund>;

/** A return with the status of its topic. */
export function onReturn(
  status: "requested" | "open" | "declined" | "closed" | "canceled",
  event: "Return Requested" | "Return Approved" | "Return Declined" | "Return Closed" | "Return Cancelled",
) {
  return on(returned, (r) => {
    if (r.status.toLowerCase() !== status) return ignore(`the return is not ${status}`);
    const orderId = r.order?.id ?? r.order_id;
    return own(event)(person({ ids: [reference("order", orderId)] }), {
      return_id: r.id,
      order_id: orderId,
      items_count: r.total_return_line_items,
      reason: r.decline?.reason,
      note: r.decline?.note,
    });
  });
}

/** A refund. A cancelled unpaid order also has one, with an amount of 0. */
export const onRefund = on(refund, (r) => {
  if (!isPaidBack(r.transactions)) return ignore("no money was returned");
  const returned = paidBack(r.transactions);
  const shop = shopCurrencyOf(r) ?? returned?.currency;
  const total = returned && returned.currency !== shop ? inShopMoney(r, returned) : returned;
  return orderRefunded(person({ ids: [reference("order", r.order_id), reference("refund", r.id)] }), {
    order_id: r.order_id,
    refund_id: r.id,
    currency: shop,
    ...moneyProperties("total", total),
    ...presentment(returned, shop),
    reason: r.note,
    ...productsOf(
      r.refund_line_items.map(({ quantity, line_item: item }) => ({ ...item, quantity })),
      shop,
    ),
  });
});

/** The refund's sums beside its transactions, in both currencies. */
function partsOf(r: Refund) {
  const items = r.refund_line_items.flatMap((item) => [item.subtotal_set, item.total_tax_set]);
  const adjustments = (r.order_adjustments ?? []).flatMap((one) => [one.amount_set, one.tax_amount_set]);
  return [...items, ...adjustments, r.total_duties_set].filter((set) => set !== null && set !== undefined).map(bothOf);
}

/** A transaction is in the currency that the buyer paid in; which one the shop's is, the lines say. */
function shopCurrencyOf(r: Refund): Maybe<string> {
  const ofLines = r.refund_line_items.map((item) => bothOf(item.line_item?.price_set).shop);
  return [...ofLines, ...partsOf(r).map(({ shop }) => shop)].find((sum) => sum)?.currency;
}

/** A refund that was paid in another currency, at the rate that its largest part was converted at; `null` where none tells a rate. */
function inShopMoney(r: Refund, returned: Money): Money | null {
  const rated = partsOf(r).flatMap(({ shop, shown }) =>
    shop && shown && shown.currency === returned.currency && shown.minor !== 0 ? [{ shop, shown }] : [],
  );
  const [largest] = rated.sort((one, other) => Math.abs(other.shown.minor) - Math.abs(one.shown.minor));
  if (!largest) return null;
  return inMinor(Math.round((returned.minor * largest.shop.minor) / largest.shown.minor), largest.shop);
}
