/**
 * BigCommerce's orders: an order becomes one when its status is no longer "incomplete".
 *
 * @see https://developer.bigcommerce.com/docs/rest-management/orders/order-status
 */
import * as z from "zod";
import { decisive, ignore, integer, maybe, on, optional } from "../../src/contract/adapter.ts";
import {
  disputeOpened,
  orderCancelled,
  orderCompleted,
  orderDelivered,
  orderFulfilled,
  orderPartiallyFulfilled,
  orderRefunded,
  orderUpdated,
} from "../../src/vocabulary/adapter.ts";
import { personOf, subject } from "./people.ts";

/** Incomplete, pending, awaiting payment: not paid yet. */
const UNPAID: ReadonlySet<unknown> = new Set([0, 1, 7]);

const SHIPPED = 2;

/** By their number, as BigCommerce names them unless the shop gave them labels of its own. */
const STATUSES = [
  ...["Incomplete", "Pending", "Shipped", "Partially Shipped", "Refunded", "Cancelled", "Declined", "Awaiting Payment"],
  ...["Awaiting Pickup", "Awaiting Shipment", "Completed", "Awaiting Fulfillment", "Manual Verification Required", "Disputed"],
  "Partially Refunded",
] as const;

const changed = subject.extend({
  status: z.object({ previous_status_id: decisive(integer), new_status_id: integer }),
});

/** An order has another status. */
export const onStatus = on(changed, ({ id: order_id, store, status: { previous_status_id: before, new_status_id: now } }) => {
  const who = personOf(store, "order", order_id);
  const order = { order_id, status_raw: STATUSES[now] };
  const placed = UNPAID.has(before) ? [orderCompleted(who, order)] : [];
  switch (now) {
    case 0:
    case 1:
    case 7:
      return ignore("not paid yet");
    case SHIPPED:
      return [...placed, orderFulfilled(who, order)];
    case 3:
      return [...placed, orderPartiallyFulfilled(who, order)];
    case 4:
    case 14:
      return ignore("told by store/order/refund/created");
    case 5:
      return orderCancelled(who, order);
    case 6:
      // The seller declined it, for lack of payment or other reasons.
      return orderCancelled(who, { ...order, reason: "declined" });
    case 10:
      // Files can be downloaded, or what was shipped has arrived.
      if (placed.length > 0) return placed;
      return before === SHIPPED ? orderDelivered(who, order) : orderFulfilled(who, order);
    case 13:
      return disputeOpened(who, order);
    default:
      // 8, 9, 11 and 12 wait for the shop: to be picked up, shipped, fulfilled or checked.
      return placed.length > 0 ? placed : orderUpdated(who, order);
  }
});

const refunded = subject.extend({ refund: optional(z.object({ refund_id: maybe.id })) });

/** Money went back; how much is not told. */
export const onRefund = on(refunded, ({ id: order_id, store, refund }) =>
  orderRefunded(personOf(store, "order", order_id), { order_id, refund_id: refund?.refund_id }),
);
