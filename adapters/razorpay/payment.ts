/**
 * Razorpay's payments and who made them. Amounts are whole minor units.
 */
import * as z from "zod";
import {
  claimed,
  currency,
  decisive,
  each,
  id,
  integer,
  maybe,
  optional,
  person,
  personId,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import { attributionIn, customFields } from "../../src/vocabulary/adapter.ts";

/** PHP's empty list stands for no notes. */
export const notes = optional(z.record(z.string(), z.unknown()));

/** What Razorpay writes where a payment has no address. */
const NOBODY = "void@razorpay.com";

/** A payment. */
export const payment = z.looseObject({
  id,
  amount: decisive(integer),
  amount_refunded: maybe.integer,
  currency: decisive(currency),
  ...each(maybe.id, "order_id"),
  ...each(decisive(id), "customer_id", "invoice_id"),
  email: decisive(text),
  ...each(maybe.text, "contact", "method", "description", "error_code", "error_description", "error_reason"),
  card: optional(z.object({ network: maybe.text, last4: maybe.text })),
  notes,
});

/** A payment. */
export type Payment = z.output<typeof payment>;

/** The person of a payment, who typed their address. */
export function payerOf(p: Payment) {
  return person({
    record: p,
    email: claimed(p.email === NOBODY ? null : p.email),
    phone: p.contact ?? undefined,
    ids: [personId("customer", p.customer_id), reference("payment", p.id), reference("invoice", p.invoice_id)],
  });
}

/** What an event about a payment says of it. */
export function about(p: Payment) {
  return {
    payment_id: p.id,
    order_id: p.order_id,
    invoice_id: p.invoice_id,
    description: p.description,
    payment_method: p.method,
    card_brand: p.card?.network?.toLowerCase(),
    card_last4: p.card?.last4,
    ...attributionIn(p.notes),
  };
}

/** The company's own notes. */
export const customOf = (p: { readonly notes?: z.output<typeof notes> }) => ({ custom: customFields("notes", p.notes) });
