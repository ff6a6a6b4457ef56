/**
 * What becomes of a Shopify order afterwards: goods that come back, money that is returned, and money that the buyer's bank claims back.
 * None of it names a customer: the order leads to one.
 */
import * as z from "zod";
import {
  decisive,
  each,
  id,
  ignore,
  isoTime,
  list,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  pick,
  reference,
  text,
  track,
} from "../../src/contract/adapter.ts";
import { line, moneyOf, productsOf, sumOf } from "./lines.ts";

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
  refund_line_items: list(z.object({ quantity: maybe.integer, line_item: optional(line) })),
  transactions: z.array(z.object({ ...each(decisive(text), "kind", "status"), amount: maybe.decimal, currency: maybe.currency })),
});

/** Only a dispute has `initiated_at`. @see https://shopify.dev/docs/api/admin-rest/latest/resources/dispute */
const dispute = z.object({
  id,
  order_id: maybe.id,
  initiated_at: isoTime,
  type: text,
  evidence_due_by: maybe.isoTime,
  reason: maybe.text,
  status: text,
  amount: maybe.decimal,
  currency: maybe.currency,
});

/** @see https://shopify.dev/docs/api/admin-rest/latest/resources/dispute */
const CLOSED: ReadonlySet<string> = new Set(["accepted", "charge_refunded", "lost", "won"]);

/** A return with the status of its topic. */
export function onReturn(status: "requested" | "open" | "declined" | "closed" | "canceled", event: string) {
  return on(returned, (r) => {
    if (r.status.toLowerCase() !== status) return ignore(`the return is not ${status}`);
    const orderId = r.order?.id ?? r.order_id;
    return track(person({ ids: [reference("order", orderId)] }), event, {
      return_id: r.id,
      order_id: orderId,
      status,
      items_count: r.total_return_line_items,
      ...pick(r.decline, "reason", "note"),
    });
  });
}

/** A refund. A cancelled unpaid order also has one, with an amount of 0. */
export const onRefund = on(refund, (r) => {
  const paidBack = r.transactions.filter(({ kind, status }) => kind === "refund" && status !== "failure" && status !== "error");
  if (paidBack.length === 0) return ignore("no money was returned");
  const total = sumOf(paidBack.map((transaction) => moneyOf(transaction.amount, transaction.currency)));
  return track(person({ ids: [reference("order", r.order_id)] }), "Order Refunded", {
    order_id: r.order_id,
    refund_id: r.id,
    ...moneyProperties("total", total),
    ...productsOf(
      r.refund_line_items.map(({ quantity, line_item: item }) => ({ ...item, quantity })),
      total?.currency,
    ),
  });
});

/** A chargeback, or the bank's inquiry before it, with the status of its topic. */
export function onDispute(state: "open" | "closed", event: string) {
  return on(dispute, (d) =>
    CLOSED.has(d.status) === (state === "closed")
      ? track(person({ ids: [reference("order", d.order_id)] }), event, {
          dispute_id: d.id,
          ...pick(d, "order_id", "type", "reason", "status", "initiated_at", "evidence_due_by"),
          ...moneyProperties("amount", moneyOf(d.amount, d.currency)),
        })
      : ignore(`the dispute is not ${state}`),
  );
}
