/**
 * Chargebee's invoices.
 */
import * as z from "zod";
import { each, ignore, list, type Maybe, maybe, money, on, optional, products } from "../../src/contract/adapter.ts";
import {
  type BillingReason,
  coupons,
  invoiceDueSoon,
  invoiceOverdue,
  invoiceVoided,
  type Maker,
  plan,
} from "../../src/vocabulary/adapter.ts";
import { attributionOf, type Content, content, customOf, owned, ownerOf } from "./customers.ts";
import { amountOf } from "./subscription.ts";
import { statement } from "./subscriptions.ts";

const { text, integer, unixSeconds: time } = maybe;

const line = z.object({
  entity_id: maybe.id,
  ...each(text, "description", "entity_type"),
  ...each(integer, "quantity", "unit_amount"),
  date_from: time,
});

/**
 * `dunning_status` tells the last failure (`exhausted`) from those before it. Not every discount is a coupon's: its `entity_type` says so.
 * @see https://github.com/chargebee/chargebee-node/blob/master/types/resources/Invoice.d.ts
 */
export const invoice = owned.extend({
  ...each(text, "status", "dunning_status"),
  currency_code: maybe.currency,
  ...each(integer, "total", "amount_due", "tax"),
  ...each(time, "due_date", "next_retry_at"),
  first_invoice: maybe.boolean,
  discounts: optional(z.array(z.object({ amount: integer, entity_type: text, entity_id: maybe.id }))),
  line_items: optional(list(line)),
  linked_payments: optional(list(z.object({ txn_id: maybe.id, txn_status: text }))),
});

/** An invoice. */
export type Invoice = z.output<typeof invoice>;

const aboutInvoice = content.extend({ invoice });

type AboutInvoice = z.output<typeof aboutInvoice>;

/** An invoice event. */
export function onInvoice(make: Maker<ReturnType<typeof owedBy>>) {
  return on(aboutInvoice, (c, { event }) => [...statement(c, event.occurredAt), make(ownerOf(c), owedBy(c), customOf(c))]);
}

/** A reminder, before or after the invoice is due. */
export const onReminder = on(aboutInvoice, (c, { event }) => {
  const isOver = c.invoice.due_date && c.invoice.due_date < event.occurredAt;
  return [...statement(c, event.occurredAt), (isOver ? invoiceOverdue : invoiceDueSoon)(ownerOf(c), owedBy(c), customOf(c))];
});

/** A changed invoice: only that it was voided has no event of its own. */
export const onChanged = on(aboutInvoice, (c) =>
  c.invoice.status === "voided"
    ? invoiceVoided(ownerOf(c), owedBy(c), customOf(c))
    : ignore("relevant changes have their own events"),
);

function owedBy(c: AboutInvoice) {
  const { total, amount_due, currency_code, due_date } = c.invoice;
  return { ...aboutInvoiceOf(c.invoice, c), ...money("amount", amount_due ?? total, currency_code), due_at: due_date };
}

/** What an invoice says of its parts. Chargebee's `sub_total` is before discounts, so what is left after them is told instead. */
export function aboutInvoiceOf(i: Invoice, c: Content) {
  const code = i.currency_code;
  return {
    invoice_id: i.id,
    subscription_id: i.subscription_id,
    ...planOf(i, c),
    billing_reason: reasonFor(i, c),
    ...money("subtotal", typeof i.total === "number" ? i.total - (i.tax ?? 0) : null, code),
    ...money("discount", sumOf(i.discounts?.map(({ amount }) => amount)), code),
    ...money("tax", i.tax, code),
    ...coupons(i.discounts?.filter(({ entity_type }) => entity_type?.endsWith("_coupon")).map(({ entity_id }) => entity_id)),
    ...products(
      i.line_items?.map(({ entity_id, entity_type, description, unit_amount, quantity }) => ({
        ...(entity_type?.endsWith("_item_price") ? { variant_id: entity_id } : { product_id: entity_id }),
        name: description,
        price: amountOf(unit_amount, code)?.amount,
        quantity,
      })),
    ),
    ...attributionOf(c),
  };
}

/** The plan of an invoice: its first line about one. What it costs in a month is the subscription's to say. */
function planOf(i: Invoice, c: Content) {
  const first = i.line_items?.find(isPlan);
  if (!first) return plan({ plan_id: i.subscription_id ? c.subscription?.plan_id : null });
  const price = amountOf(first.unit_amount, i.currency_code);
  return plan({ plan_id: first.entity_id, plan_name: first.description, price, quantity: first.quantity, mrr: null });
}

/** A new term's plan starts with the term. */
function reasonFor(i: Invoice, c: Content): Maybe<BillingReason> {
  if (!i.subscription_id) return "manual";
  if (i.first_invoice === true) return "first";
  const [first] = i.line_items?.filter(isPlan) ?? [];
  const start = c.subscription?.current_term_start;
  if (!first?.date_from || !start) return null;
  return first.date_from === start ? "renewal" : "change";
}

function isPlan({ entity_type }: z.output<typeof line>): boolean {
  return entity_type === "plan_item_price" || entity_type === "plan";
}

/** Empty if one of them is missing. */
function sumOf(amounts: readonly Maybe<number>[] | undefined): number | undefined {
  return amounts?.reduce<number | undefined>(
    (sum, amount) => (typeof amount === "number" && sum !== undefined ? sum + amount : undefined),
    0,
  );
}
