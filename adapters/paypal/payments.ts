/**
 * PayPal's payments: captures of orders, and sales of subscriptions. They name no buyer: the order or the subscription does.
 */
import * as z from "zod";
import type { Draft, MapResult, Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  decisive,
  each,
  fromDecimal,
  id,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  reference,
  track,
} from "../../src/contract/adapter.ts";

const { text, decimal, currency } = maybe;

/** An amount: `value` and `currency_code`; `total` and `currency` in version 1 of the API. */
export const amount = optional(
  z
    .object({ value: decimal, currency_code: currency, total: decimal, currency })
    .transform((a) => ({ value: a.value ?? a.total, code: a.currency_code ?? a.currency })),
);

/** An amount as event properties. */
export function money(property: string, sum: z.output<typeof amount>): ReturnType<typeof moneyProperties> {
  return moneyProperties(property, sum?.value && sum.code ? fromDecimal(sum.value, sum.code) : null);
}

const capture = z.object({
  id,
  amount,
  ...each(text, "custom_id", "invoice_id"),
  status_details: optional(z.object({ reason: text })),
  supplementary_data: optional(z.object({ related_ids: optional(z.object({ order_id: text })) })),
});

/** A sale of a subscription, or of an order of version 1 of the API. */
const sale = z.object({
  id,
  amount,
  billing_agreement_id: decisive(anyText),
  ...each(text, "parent_payment", "custom", "invoice_number", "reason_code"),
});

type Sale = z.output<typeof sale>;

/** The person of a payment: it refers to an order or a subscription, whose buyer the identity book knows. */
export function unnamedBuyer(customId: Maybe<string>, leads: Readonly<Record<string, Maybe<string>>>): PersonFacts {
  return person({
    record: { custom_id: customId },
    ids: Object.entries(leads).map(([kind, value]) => reference(kind, value)),
  });
}

/**
 * The outcome of an order's payment.
 * @param sum name of the amount's property; only a sale has a `total`
 */
export function onCapture(event: string, sum: "total" | "amount") {
  return on(capture, (c) => {
    const orderId = c.supplementary_data?.related_ids?.order_id;
    return track(unnamedBuyer(c.custom_id, { order: orderId, transaction: c.id }), event, {
      order_id: orderId ?? c.id,
      transaction_id: c.id,
      invoice_id: c.invoice_id,
      ...money(sum, c.amount),
      reason: c.status_details?.reason,
    });
  });
}

/** The only event of a sale that carries its `total`. */
export const onSale = on(sale, (s): MapResult => {
  const sum = money("total", s.amount);
  return s.billing_agreement_id
    ? saleEvent("Payment Succeeded", s, sum)
    : saleEvent("Order Completed", s, { order_id: s.parent_payment ?? s.id, ...sum });
});

/** A refused payment of a subscription. */
export const onDeniedSale = on(sale, (s) =>
  saleEvent("Payment Failed", s, { ...money("amount", s.amount), reason: s.reason_code }),
);

function saleEvent(event: string, s: Sale, properties: Properties): Draft {
  return track(unnamedBuyer(s.custom, { subscription: s.billing_agreement_id, transaction: s.id }), event, {
    transaction_id: s.id,
    subscription_id: s.billing_agreement_id,
    invoice_id: s.invoice_number,
    ...properties,
  });
}
