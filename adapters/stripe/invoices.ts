/**
 * Stripe's invoices and quotes.
 */
import * as z from "zod";
import type { Draft, MapResult, Properties } from "../../src/contract/adapter.ts";
import {
  decisive,
  each,
  id,
  ignore,
  integer,
  list,
  maybe,
  on,
  optional,
  pick,
  products,
  track,
} from "../../src/contract/adapter.ts";
import type { Context } from "./customers.ts";
import { idsOf, owned, ownerOf, related } from "./owners.ts";
import { money, price, productOf } from "./prices.ts";

const { text, number, currency, unixSeconds: time } = maybe;

const sums = optional(z.array(z.object({ amount: integer })));

/** The subscription of an invoice, with its metadata at that time. */
const subscriptionDetails = optional(z.object({ subscription: related, metadata: optional(z.looseObject({})) }));

const priceDetails = optional(z.object({ price: related, product: related }));

const line = z.object({
  description: text,
  quantity: number,
  price,
  pricing: optional(z.object({ unit_amount_decimal: number, price_details: priceDetails })),
});

/** Read in both places: what belongs to the subscription moved to `parent`, taxes and prices were renamed in API version 2025-03-31. */
export const invoice = owned
  .extend({
    id: maybe.id,
    parent: optional(z.object({ subscription_details: subscriptionDetails })),
    subscription_details: subscriptionDetails,
    ...each(text, "number", "customer_email", "billing_reason", "collection_method", "hosted_invoice_url", "invoice_pdf"),
    currency,
    ...each(maybe.integer, "amount_due", "subtotal", "attempt_count"),
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

type Invoice = z.output<typeof invoice>;

const quote = owned.extend({ id, number: text, amount_total: maybe.integer, currency, expires_at: time });

/**
 * The one event about what is invoiced that carries the `total`. What was paid outside of Stripe is part of `amount_paid` only since API
 * version 2025-03-31.
 * @see https://docs.stripe.com/changelog/basil/2025-03-31/add-support-for-multiple-partial-payments-on-invoices
 */
export function paid(i: Invoice, context: Context): MapResult {
  const amount = i.paid_out_of_band === true && i.amount_paid === 0 ? i.amount_due : i.amount_paid;
  if (amount === 0) return ignore("nothing was paid");
  return invoiceEvent("Invoice Paid", i, context, money("total", amount, i.currency));
}

/** A preview of the next renewal's invoice: its id, if any, is not the later invoice's. */
export function upcoming(i: Invoice, context: Context): MapResult {
  return invoiceEvent("Renewal Upcoming", { ...i, invoice: null }, context, { renews_at: i.period_end });
}

/** An invoice event. */
export function onInvoice(event: string) {
  return on(invoice, (i, context: Context) => invoiceEvent(event, i, context));
}

function invoiceEvent(event: string, i: Invoice, { options }: Context, properties: Properties = {}): Draft {
  return track(ownerOf(i, { email: { value: i.customer_email, trust: options.customer_email } }), event, {
    ...idsOf(i),
    invoice_number: i.number,
    ...money("amount", i.amount_due, i.currency),
    ...money("subtotal", i.subtotal, i.currency),
    ...money("discount", sumOf(i.total_discount_amounts), i.currency),
    ...money("tax", sumOf(i.total_taxes ?? i.total_tax_amounts), i.currency),
    ...products(
      i.lines?.data.map(({ price, pricing, quantity, description }) => {
        const bought = pricing ? { ...pricing, ...pricing.price_details, id: pricing.price_details?.price } : price;
        return { ...productOf(bought, i.currency, quantity), name: description };
      }),
      i.lines?.total_count,
    ),
    ...pick(i, "billing_reason", "collection_method", "attempt_count", "next_payment_attempt", "due_date"),
    ...pick(i, "hosted_invoice_url", "invoice_pdf"),
    ...properties,
  });
}

function sumOf(parts: z.output<typeof sums>): number | undefined {
  return parts?.reduce((sum, part) => sum + part.amount, 0);
}

/** A quote event. */
export function onQuote(event: string) {
  return on(quote, (q) =>
    track(ownerOf(q), event, {
      quote_id: q.id,
      quote_number: q.number,
      ...idsOf(q),
      ...money("amount", q.amount_total, q.currency),
      expires_at: q.expires_at,
    }),
  );
}
