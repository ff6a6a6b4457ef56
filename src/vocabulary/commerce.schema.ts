/**
 * The tracking plan: carts, checkouts and orders, with the names of the e-commerce specification.
 * @see https://docs.customer.io/integrations/data-in/semantic-events/ecommerce/
 */
import { event, family } from "./definition.schema.ts";
import {
  amount,
  CURRENCY,
  count,
  flag,
  number,
  PAYMENT_METHOD,
  PRESENTMENT,
  PRODUCTS,
  text,
  texts,
  time,
} from "./shapes.schema.ts";

const basket = {
  ...PRODUCTS,
  ...CURRENCY,
  ...PRESENTMENT,
  ...amount("subtotal", "products after discounts, before tax and shipping"),
  ...amount("shipping", "shipping"),
  ...amount("tax", "tax"),
  ...amount("discount", "all discounts"),
  coupon: text("code or id of the first coupon"),
  coupons: texts("codes or ids of all coupons"),
  affiliation: text("shop, channel or location of the sale"),
  note: text("the buyer's note"),
};

const checkout = {
  checkout_id: text("the vendor's id of the checkout"),
  cart_id: text("the vendor's id of the cart"),
  order_id: text("the vendor's id of the order that it becomes"),
  checkout_url: text("page on which the checkout can be taken up again"),
  ...amount("value", "what the buyer would pay"),
  ...basket,
  expires_at: time("time until which it can be completed"),
};

const order = {
  order_number: text("number of the order, as the buyer sees it"),
  checkout_id: text("the vendor's id of the checkout"),
  cart_id: text("the vendor's id of the cart"),
  subscription_id: text("the vendor's id of the subscription that it belongs to"),
  invoice_id: text("the vendor's id of the invoice"),
  invoice_number: text("number on the invoice"),
  payment_id: text("the vendor's id of the payment"),
  ...amount("revenue", "products before discounts, tax and shipping"),
  ...basket,
  ...PAYMENT_METHOD,
  ...amount("tip", "tip"),
  description: text("what was bought, in the vendor's words"),
  status_raw: text("the vendor's own word for the state of the order"),
  order_url: text("page of the order for the buyer"),
  receipt_url: text("page of the receipt"),
  receipt_number: text("number on the receipt"),
};

const orderId = { order_id: text("the vendor's id of the order") };

const money = { total: 49.9, total_minor: 4990, currency: "EUR" };
const bag = { products: [{ product_id: "p_1", name: "Bag", price: 49.9, quantity: 1 }], products_count: 1 };

const fulfilment = {
  ...order,
  fulfillment_id: text("the vendor's id of the fulfilment"),
  tracking_number: text("number of the parcel"),
  tracking_url: text("page that follows the parcel"),
  carrier: text("who delivers it"),
  shipped_at: time("time at which it left"),
  estimated_delivery_at: time("time at which it should arrive"),
};

const shipped = { order_id: "1001", tracking_number: "00340434", carrier: "DHL" };

/** Commerce. */
export const COMMERCE = family("Commerce", "Carts, checkouts and orders: goods and one-off purchases.", {
  "Cart Created": event({
    when: "A cart got its first product.",
    optional: checkout,
    example: { cart_id: "c_1", ...bag, currency: "EUR" },
  }),
  "Cart Updated": event({
    when: "The products of a cart changed, and it is not empty.",
    optional: checkout,
    example: { cart_id: "c_1", ...bag, currency: "EUR" },
  }),
  "Checkout Started": event({
    when: "A buyer began to check out.",
    optional: checkout,
    example: { checkout_id: "co_1", value: 49.9, value_minor: 4990, currency: "EUR", ...bag },
  }),
  "Checkout Updated": event({
    when: "A checkout changed: products, address, coupon.",
    optional: checkout,
    example: { checkout_id: "co_1", value: 49.9, value_minor: 4990, currency: "EUR", ...bag },
  }),
  "Checkout Expired": event({
    when: "A checkout was given up: it can no longer be completed as it is, or only by `checkout_url`.",
    optional: checkout,
    example: { checkout_id: "co_1", checkout_url: "https://shop.example.com/recover/co_1" },
  }),
  "Order Completed": event({
    when: "An order was paid, or placed where it is paid later.",
    required: orderId,
    optional: { ...order, ...amount("total", "money that came in with this order") },
    example: { order_id: "1001", ...money, ...bag },
  }),
  "Order Updated": event({
    when: "An order changed in a way that no other event tells.",
    required: orderId,
    optional: { ...order, ...amount("value", "what the order is worth now") },
    example: { order_id: "1001", ...bag, currency: "EUR" },
  }),
  "Order Fulfilled": event({
    when: "All of an order was shipped or handed over.",
    required: orderId,
    optional: fulfilment,
    example: shipped,
  }),
  "Order Partially Fulfilled": event({
    when: "A part of an order was shipped or handed over.",
    required: orderId,
    optional: fulfilment,
    example: shipped,
  }),
  "Order Delivered": event({ when: "A parcel arrived.", required: orderId, optional: fulfilment, example: shipped }),
  "Order Refunded": event({
    when: "Money of an order went back.",
    required: orderId,
    optional: {
      ...amount("total", "this refund alone, with those before it whose amount the vendor did not tell"),
      ...order,
      refund_id: text("the vendor's id of the refund"),
      ...amount("total_refunded", "all refunds of the order so far"),
      full: flag("whether nothing of the order's money is left"),
      reason: text("why, in the vendor's words"),
    },
    example: { order_id: "1001", ...money, full: true },
  }),
  "Order Cancelled": event({
    when: "An order was cancelled.",
    required: orderId,
    optional: { ...order, ...amount("value", "what the order was worth"), reason: text("why, in the vendor's words") },
    example: { order_id: "1001", reason: "customer" },
  }),
  "Gift Received": event({
    when: "Another person bought an order for this person.",
    required: orderId,
    optional: {
      ...order,
      gift_message: text("the giver's words"),
      rating: number("rating, in the vendor's scale"),
      items: count("items"),
    },
    example: { order_id: "1001", ...bag },
  }),
});
