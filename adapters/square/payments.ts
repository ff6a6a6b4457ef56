/**
 * Square's payments and refunds.
 */
import * as z from "zod";
import type { MapResult } from "../../src/contract/adapter.ts";
import {
  claimed,
  currency,
  each,
  fromMinor,
  id,
  ignore,
  integer,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import { customFields, orderCompleted, orderRefunded, paymentFailed, paymentSucceeded } from "../../src/vocabulary/adapter.ts";

/** An amount in minor units. */
export const money = optional(z.object({ amount: integer, currency }).transform((sum) => fromMinor(sum.amount, sum.currency)));

const payment = z.object({
  payment: z.object({
    id,
    status: text,
    ...each(maybe.id, "order_id", "customer_id", "location_id"),
    ...each(maybe.text, "buyer_email_address", "source_type", "receipt_url", "receipt_number", "reference_id", "note"),
    ...each(money, "total_money", "tip_money"),
    application_details: optional(z.object({ square_product: maybe.text })),
    card_details: optional(
      z.object({
        card: optional(z.object({ card_brand: maybe.text, last_4: maybe.text })),
        errors: optional(z.array(z.object({ code: maybe.text }))),
      }),
    ),
  }),
});

const refund = z.object({
  refund: z.object({
    id,
    status: text,
    ...each(maybe.id, "payment_id", "order_id", "location_id"),
    amount_money: money,
    reason: maybe.text,
  }),
});

/**
 * A completed or failed payment. Only one of an invoice is billing; the invoice's own events tell whose it is, and of its failures.
 * @see https://developer.squareup.com/reference/square/enums/ApplicationDetailsExternalSquareProduct
 */
export const onPayment = on(payment, ({ payment: p }): MapResult => {
  const who = person({
    email: claimed(p.buyer_email_address),
    ids: [personId("customer", p.customer_id), reference("payment", p.id), reference("order", p.order_id)],
  });
  const isInvoice = p.application_details?.square_product === "INVOICES";
  const card = p.card_details?.card;
  const properties = {
    order_id: p.order_id ?? p.id,
    payment_id: p.id,
    payment_method: p.source_type?.toLowerCase(),
    card_brand: card?.card_brand?.toLowerCase(),
    card_last4: card?.last_4,
  };
  const custom = { custom: customFields("payment", { reference_id: p.reference_id, note: p.note, location_id: p.location_id }) };
  const total = moneyProperties("total", p.total_money);
  switch (p.status) {
    case "COMPLETED":
      return isInvoice
        ? paymentSucceeded(who, { ...properties, ...total, description: p.note }, custom)
        : orderCompleted(
            who,
            {
              ...properties,
              ...total,
              ...moneyProperties("tip", p.tip_money),
              affiliation: p.location_id,
              note: p.note,
              receipt_url: p.receipt_url,
              receipt_number: p.receipt_number,
            },
            custom,
          );
    case "FAILED":
      if (isInvoice) return ignore("covered by invoice.scheduled_charge_failed");
      return paymentFailed(
        who,
        {
          ...properties,
          ...moneyProperties("amount", p.total_money),
          decline_reason: p.card_details?.errors?.[0]?.code?.toLowerCase(),
        },
        custom,
      );
    default:
      return ignore("the payment is neither completed nor failed");
  }
});

/** A completed refund. Its payment or order identifies the customer. */
export const onRefund = on(refund, ({ refund: r }): MapResult => {
  if (r.status !== "COMPLETED") return ignore("the refund is not completed");
  const order = r.order_id ?? r.payment_id ?? r.id;
  return orderRefunded(person({ ids: [reference("payment", r.payment_id), reference("order", r.order_id)] }), {
    order_id: order,
    refund_id: r.id,
    payment_id: r.payment_id,
    affiliation: r.location_id,
    reason: r.reason,
    ...moneyProperties("total", r.amount_money),
  });
});
