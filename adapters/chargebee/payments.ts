/**
 * Chargebee's invoices with their payments and refunds, and promotional credits.
 */
import * as z from "zod";
import type { Maybe, Properties } from "../../src/contract/adapter.ts";
import { each, id, list, maybe, money, on, optional, pick, products, track } from "../../src/contract/adapter.ts";
import { content, owned, ownerOf } from "./customers.ts";

const { text, integer, currency } = maybe;

/**
 * `dunning_status` tells the last failure (`exhausted`) from those before it. Not every discount is a coupon's: its `entity_type` says so.
 * @see https://github.com/chargebee/chargebee-node/blob/master/types/resources/Invoice.d.ts
 */
const invoice = owned.extend({
  ...each(text, "status", "dunning_status"),
  currency_code: currency,
  ...each(integer, "total", "sub_total", "tax"),
  ...each(maybe.unixSeconds, "due_date", "next_retry_at"),
  first_invoice: maybe.boolean,
  discounts: optional(z.array(z.object({ amount: integer, entity_type: text, entity_id: maybe.id }))),
  line_items: optional(list(z.object({ entity_id: maybe.id, description: text, quantity: integer, unit_amount: integer }))),
});

const transaction = owned.extend({
  amount: integer,
  currency_code: currency,
  ...each(text, "payment_method", "error_code", "error_text"),
});

const promotionalCredit = z.object({
  id,
  customer_id: maybe.id,
  amount: integer,
  currency_code: currency,
  ...each(text, "description", "credit_type"),
});

const aboutInvoice = content.extend({ invoice });

/** One credit note beside a refund; beside a changed or ended subscription it is a list, which is not read. */
const aboutPayment = content.extend({
  transaction,
  invoice: optional(invoice),
  credit_note: optional(z.object({ ...each(maybe.id, "id", "reference_invoice_id"), reason_code: text })),
});

const aboutCredit = content.extend({ promotional_credit: promotionalCredit });

/** An invoice event. */
export function onInvoice(event: string) {
  return on(aboutInvoice, (c) => {
    const { total, currency_code } = c.invoice;
    return track(ownerOf(c), event, { ...invoiceProperties(c.invoice), ...money("amount", total, currency_code) });
  });
}

/**
 * A completed payment or refund.
 * @param name name of the amount's property; only a sale has a `total`
 */
export function onPayment(event: string, name: "total" | "amount") {
  return on(aboutPayment, (c) => {
    const { transaction: t, credit_note: note } = c;
    return track(ownerOf(c), event, {
      transaction_id: t.id,
      ...invoiceProperties(c.invoice),
      invoice_id: c.invoice?.id ?? note?.reference_invoice_id,
      subscription_id: t.subscription_id ?? c.invoice?.subscription_id,
      ...money(name, t.amount, t.currency_code),
      ...pick(t, "payment_method", "error_code"),
      error_message: t.error_text,
      credit_note_id: note?.id,
      reason: note?.reason_code,
    });
  });
}

/** Promotional credit for future invoices. */
export function onCredit(event: string) {
  return on(aboutCredit, ({ promotional_credit: credit, ...c }) =>
    track(ownerOf(c, credit.customer_id), event, {
      credit_id: credit.id,
      ...money("amount", credit.amount, credit.currency_code),
      ...pick(credit, "credit_type", "description"),
    }),
  );
}

function invoiceProperties(i: Maybe<z.output<typeof invoice>>): Properties {
  return {
    invoice_id: i?.id,
    invoice_status: i?.status,
    ...pick(i, "subscription_id", "first_invoice", "due_date", "dunning_status", "next_retry_at"),
    ...money("subtotal", i?.sub_total, i?.currency_code),
    ...money("discount", sumOf(i?.discounts?.map(({ amount }) => amount)), i?.currency_code),
    ...money("tax", i?.tax, i?.currency_code),
    coupon: i?.discounts?.find(({ entity_type }) => entity_type?.endsWith("_coupon"))?.entity_id,
    ...products(
      i?.line_items?.map(({ entity_id, description, unit_amount, quantity }) => ({
        product_id: entity_id,
        name: description,
        price: money("price", unit_amount, i.currency_code).price,
        quantity,
      })),
    ),
  };
}

/** Empty if one of them is missing. */
function sumOf(amounts: readonly Maybe<number>[] | undefined): number | undefined {
  return amounts?.reduce<number | undefined>(
    (sum, amount) => (typeof amount === "number" && sum !== undefined ? sum + amount : undefined),
    0,
  );
}
