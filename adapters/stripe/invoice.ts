/**
 * An invoice of Stripe's, as events hold it.
 */
import * as z from "zod";
import { decisive, each, integer, list, maybe, optional } from "../../src/contract/adapter.ts";
import { owned, related } from "./owners.ts";
import { price } from "./prices.ts";

const { text, number, currency, unixSeconds: time } = maybe;

const sums = optional(z.array(z.object({ amount: integer })));

/** The subscription of an invoice, with its metadata at that time. */
const subscriptionDetails = optional(z.object({ subscription: related, metadata: optional(z.looseObject({})) }));

const priceDetails = optional(z.object({ price: related, product: related }));

const line = z
  .object({
    description: text,
    quantity: number,
    price,
    pricing: optional(z.object({ unit_amount_decimal: number, price_details: priceDetails })),
    proration: maybe.boolean,
    parent: optional(z.object({ subscription_item_details: optional(z.object({ proration: maybe.boolean })) })),
  })
  // The price was an object up to API version 2024-10-28, with its name and interval; then only ids and the amount.
  .transform(({ parent, pricing, ...l }) => ({
    ...l,
    isProration: parent?.subscription_item_details?.proration ?? l.proration ?? false,
    price: pricing ? { ...pricing, id: pricing.price_details?.price, product: pricing.price_details?.product } : l.price,
  }));

/** Read in both places: what belongs to the subscription moved to `parent`, taxes and prices were renamed in API version 2025-03-31. */
export const invoice = owned
  .extend({
    id: maybe.id,
    parent: optional(z.object({ subscription_details: subscriptionDetails })),
    subscription_details: subscriptionDetails,
    ...each(text, "number", "customer_email", "billing_reason", "hosted_invoice_url", "invoice_pdf"),
    currency,
    ...each(maybe.integer, "amount_due", "total_excluding_tax", "attempt_count"),
    amount_paid: decisive(integer),
    paid_out_of_band: decisive(z.boolean()),
    ...each(sums, "total_discount_amounts", "total_taxes", "total_tax_amounts"),
    ...each(time, "next_payment_attempt", "due_date", "period_end"),
    lines: optional(z.object({ data: list(line), total_count: maybe.integer })),
  })
  .transform((i) => {
    const details = i.parent?.subscription_details ?? i.subscription_details;
    return {
      ...i,
      invoice: i.id,
      subscription: details?.subscription ?? i.subscription,
      metadata: { ...details?.metadata, ...i.metadata },
    };
  });

/** An invoice. */
export type Invoice = z.output<typeof invoice>;
