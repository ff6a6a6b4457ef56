/**
 * PayPal's payments: captures of orders, and sales of subscriptions. They name no buyer: the order or the subscription does.
 */
import * as z from "zod";
import type { CustomField, MapResult, Maybe, Money, MoneyProperties, PersonFacts } from "../../src/contract/adapter.ts";
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
} from "../../src/contract/adapter.ts";
import { customFields, orderCompleted, paymentFailed, paymentSucceeded, subscriptionFact } from "../../src/vocabulary/adapter.ts";

const { text, decimal, currency } = maybe;

/** An amount: `value` and `currency_code`; `total` and `currency` in version 1 of the API. */
export const amount = optional(
  z
    .object({ value: decimal, currency_code: currency, total: decimal, currency })
    .transform((a) => ({ value: a.value ?? a.total, code: a.currency_code ?? a.currency })),
);

/** An amount, if both its value and its currency are there. */
export function moneyOf(sum: z.output<typeof amount>): Money | null {
  return sum?.value && sum.code ? fromDecimal(sum.value, sum.code) : null;
}

/** An amount as event properties. */
export function money<Name extends string>(property: Name, sum: z.output<typeof amount>): MoneyProperties<Name> {
  return moneyProperties(property, moneyOf(sum));
}

/** The company's own words beside a payment or a subscription. */
export function customOf(custom_id: Maybe<string>): { readonly custom: readonly CustomField[] } {
  return { custom: customFields("resource", { custom_id }) };
}

const capture = z.object({
  id,
  amount,
  ...each(text, "custom_id", "invoice_id"),
  status_details: optional(z.object({ reason: text })),
  supplementary_data: optional(z.object({ related_ids: optional(z.object({ order_id: text })) })),
});

/** The parts of an amount of version 1, which are in its currency. */
const details = optional(z.object(each(decimal, "subtotal", "tax", "shipping")));

const amountWithDetails = optional(
  z.object({ total: decimal, currency, details }).transform((a) => ({ value: a.total, code: a.currency, details: a.details })),
);

/** A sale of a subscription, or of an order of version 1 of the API. */
const sale = z.object({
  id,
  amount: amountWithDetails,
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

/** A paid order. */
export const onCapture = on(capture, (c) =>
  orderCompleted(payerOf(c), { ...aboutCapture(c), ...money("total", c.amount) }, customOf(c.custom_id)),
);

/** An order that was not paid. */
export const onDeniedCapture = on(capture, (c) => {
  const { order_id, payment_id, invoice_number } = aboutCapture(c);
  const properties = {
    order_id,
    payment_id,
    invoice_number,
    ...money("amount", c.amount),
    decline_reason: c.status_details?.reason,
  };
  return paymentFailed(payerOf(c), properties, customOf(c.custom_id));
});

function payerOf(c: z.output<typeof capture>): PersonFacts {
  return unnamedBuyer(c.custom_id, { order: c.supplementary_data?.related_ids?.order_id, transaction: c.id });
}

/** `invoice_id` is the company's own number for the order. */
function aboutCapture(c: z.output<typeof capture>) {
  return {
    order_id: c.supplementary_data?.related_ids?.order_id ?? c.id,
    payment_id: c.id,
    invoice_number: c.invoice_id,
  };
}

/** A payment for a subscription, or for an order of version 1 of the API. */
export const onSale = on(sale, (s, { event }): MapResult => {
  const who = buyerOf(s);
  const { subtotal, tax, shipping } = s.amount?.details ?? {};
  const part = (value: Maybe<string>) => ({ value, code: s.amount?.code });
  const sums = {
    ...money("total", s.amount),
    ...money("subtotal", part(subtotal)),
    ...money("tax", part(tax)),
    ...money("shipping", part(shipping)),
    payment_id: s.id,
    invoice_number: s.invoice_number,
  };
  const id = s.billing_agreement_id;
  if (!id) return orderCompleted(who, { order_id: s.parent_payment ?? s.id, ...sums }, customOf(s.custom));
  return [
    subscriptionFact(who, event.occurredAt, id, { payment_failing: false }),
    paymentSucceeded(who, { subscription_id: id, ...sums }, customOf(s.custom)),
  ];
});

/** A refused payment of a subscription. */
export const onDeniedSale = on(sale, (s, { event }): MapResult => {
  const { billing_agreement_id: subscription_id, id: payment_id, invoice_number, reason_code: decline_reason } = s;
  const properties = { subscription_id, payment_id, invoice_number, ...money("amount", s.amount), decline_reason };
  return [
    ...(subscription_id ? [subscriptionFact(buyerOf(s), event.occurredAt, subscription_id, { payment_failing: true })] : []),
    paymentFailed(buyerOf(s), properties, customOf(s.custom)),
  ];
});

function buyerOf(s: Sale): PersonFacts {
  return unnamedBuyer(s.custom, { subscription: s.billing_agreement_id, transaction: s.id });
}
