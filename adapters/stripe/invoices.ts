/**
 * Stripe's invoices and quotes.
 */
import type { Draft, MapContext, MapResult, Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, ignore, on, products } from "../../src/contract/adapter.ts";
import {
  attributionIn,
  fold,
  type Maker,
  ownEvents,
  paymentFailed,
  paymentSucceeded,
  plan,
  renewalUpcoming,
  subscriptionFact,
} from "../../src/vocabulary/adapter.ts";
import { type Invoice, invoice } from "./invoice.ts";
import { customOf, idsOf, ownerOf } from "./owners.ts";
import type { STRIPE } from "./plan.schema.ts";
import { money, planItem, productOf } from "./prices.ts";

const own = ownEvents<typeof STRIPE>();

/** The constructor of an event that an invoice alone can tell. */
type InvoiceEvent = Maker<ReturnType<typeof aboutInvoice>>;

/**
 * The one event about what is invoiced that carries the `total`. What was paid outside of Stripe is part of `amount_paid` only since API
 * version 2025-03-31.
 * @see https://docs.stripe.com/changelog/basil/2025-03-31/add-support-for-multiple-partial-payments-on-invoices
 */
export function paid(i: Invoice, context: MapContext<unknown>): MapResult {
  const amount = i.paid_out_of_band === true && i.amount_paid === 0 ? i.amount_due : i.amount_paid;
  const who = payerOf(i);
  const state = stateOf(i, who, context, false);
  if (amount === 0) return state.length > 0 ? state : ignore("nothing was paid");
  const { due_at: _, amount: __, amount_minor: ___, ...about } = aboutInvoice(i);
  return [
    ...state,
    paymentSucceeded(who, { ...about, ...money("total", amount, i.currency), attempt: i.attempt_count }, customOf(i)),
  ];
}

/** An attempt to collect an invoice failed. Without a next attempt it was the last. */
export function failed(i: Invoice, context: MapContext<unknown>): readonly Draft[] {
  const who = payerOf(i);
  const attempt = {
    attempt: i.attempt_count,
    next_attempt_at: i.next_payment_attempt,
    final: i.next_payment_attempt === null ? true : i.next_payment_attempt ? false : undefined,
  };
  return [...stateOf(i, who, context, true), paymentFailed(who, { ...aboutInvoice(i), ...attempt }, customOf(i))];
}

/** A preview of the next renewal's invoice: its id, if any, is not the later invoice's. */
export function upcoming(i: Invoice): MapResult {
  const { invoice_id: _, ...about } = aboutInvoice(i);
  return renewalUpcoming(payerOf(i), { ...about, renews_at: i.period_end }, customOf(i));
}

/** An invoice event. */
export function onInvoice(make: InvoiceEvent) {
  return on(invoice, (i) => make(payerOf(i), aboutInvoice(i), customOf(i)));
}

/** An invoice that the company wrote off. */
export const onUncollectible = on(invoice, (i) => {
  const { subscription_id, invoice_id, invoice_number, invoice_url } = aboutInvoice(i);
  const owed = money("amount", i.amount_due, i.currency);
  return own("Invoice Marked Uncollectible")(
    payerOf(i),
    { subscription_id, invoice_id, invoice_number, invoice_url, ...owed },
    customOf(i),
  );
});

/** Its customer has events of its own, which say more of the address. */
function payerOf(i: Invoice): PersonFacts {
  return ownerOf(i, { email: claimed(i.customer_email) });
}

function stateOf(i: Invoice, who: PersonFacts, { event }: MapContext<unknown>, isFailing: boolean): readonly Draft[] {
  return i.subscription ? [subscriptionFact(who, event.occurredAt, i.subscription, { payment_failing: isFailing })] : [];
}

type Line = NonNullable<Invoice["lines"]>["data"][number];

/** The plan of a line. What it costs in a month is the subscription's to say, which knows all items and discounts. */
function planOf(line: Line, { currency }: Invoice) {
  return plan({ ...planItem({ ...line.price, currency }, line.quantity), product_name: productName(line), mrr: null });
}

/** Stripe writes a subscription's lines as `1 × Pro (at €29.00 / month)`: the one place where its events have the product's name. */
function productName({ description }: Line): Maybe<string> {
  return /^\d+ × (.+?)(?: \(at [^()]+\))?$/.exec(description ?? "")?.[1] ?? description;
}

/** Discounts of single items are part of Stripe's `subtotal` already, so what is left after all discounts and before tax is told instead. */
function aboutInvoice(i: Invoice) {
  const lines = i.lines?.data ?? [];
  const first = lines.find(({ isProration }) => !isProration);
  return {
    ...idsOf(i),
    ...(first && i.subscription ? planOf(first, i) : {}),
    invoice_number: i.number,
    ...money("amount", i.amount_due, i.currency),
    ...money("subtotal", i.total_excluding_tax, i.currency),
    ...money("discount", sumOf(i.total_discount_amounts), i.currency),
    ...money("tax", sumOf(i.total_taxes ?? i.total_tax_amounts), i.currency),
    ...products(
      i.lines?.data.map((one) => ({ ...productOf(one.price, i.currency, one.quantity), name: productName(one) })),
      i.lines?.total_count,
    ),
    billing_reason: fold(i.billing_reason, {
      subscription_create: "first",
      quote_accept: "first",
      subscription_cycle: "renewal",
      subscription: "renewal",
      subscription_threshold: "renewal",
      upcoming: "renewal",
      subscription_update: "change",
      manual: "manual",
      automatic_pending_invoice_item_invoice: "manual",
    }),
    billing_reason_raw: i.billing_reason,
    due_at: i.due_date,
    invoice_url: i.hosted_invoice_url,
    invoice_pdf_url: i.invoice_pdf,
    ...attributionIn(i.metadata),
  };
}

function sumOf(parts: Invoice["total_taxes"]): number | undefined {
  return parts?.reduce((sum, part) => sum + part.amount, 0);
}
