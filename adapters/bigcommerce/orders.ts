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
  orderFulfilled,
  orderPartiallyFulfilled,
  orderRefunded,
  orderUpdated,
  paymentFailed,
} from "../../src/vocabulary/adapter.ts";
import { personOf, subject } from "./people.ts";

const INCOMPLETE = 0;

const changed = subject.extend({
  status: z.object({ previous_status_id: decisive(integer), new_status_id: integer }),
});

/** An order has another status. */
export const onStatus = on(changed, ({ id: order_id, store, status: { previous_status_id: before, new_status_id: now } }) => {
  const who = personOf(store, "order", order_id);
  const order = { order_id, status_raw: String(now) };
  switch (now) {
    case 0:
    case 1:
    case 7:
      return ignore("not paid yet");
    case 2:
    case 10:
      return before === INCOMPLETE ? orderCompleted(who, order) : orderFulfilled(who, order);
    case 3:
      return orderPartiallyFulfilled(who, order);
    case 4:
    case 14:
      return ignore("told by store/order/refund/created");
    case 5:
      return orderCancelled(who, order);
    case 6:
      return paymentFailed(who, { order_id });
    case 13:
      return disputeOpened(who, order);
    default:
      // 8, 9, 11 and 12 wait for the shop: to be picked up, shipped, fulfilled or checked.
      return before === INCOMPLETE || before === 1 || before === 7 ? orderCompleted(who, order) : orderUpdated(who, order);
  }
});

const refunded = subject.extend({ refund: optional(z.object({ refund_id: maybe.id })) });

/** Money went back; how much is not told. */
export const onRefund = on(refunded, ({ id: order_id, store, refund }) =>
  orderRefunded(personOf(store, "order", order_id), { order_id, refund_id: refund?.refund_id }),
);
