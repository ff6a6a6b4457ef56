/**
 * Sessions of Stripe Checkout, as events hold them.
 */
import * as z from "zod";
import { text as anyText, decisive, each, id, list, maybe, optional } from "../../src/contract/adapter.ts";
import { address } from "./customers.ts";
import { otherId, owned, related } from "./owners.ts";

const answer = optional(z.object({ value: optional(z.union([z.string(), z.number().transform(String)])) }));

const { text, integer } = maybe;

/** A session of Checkout. */
export const session = owned
  .extend({
    id,
    ...each(decisive(anyText), "mode", "payment_status"),
    ...each(text, "customer_email", "client_reference_id"),
    // If there is an invoice, it carries the total.
    invoice: decisive(otherId),
    invoice_creation: decisive(z.object({ enabled: decisive(z.boolean()) })),
    currency: maybe.currency,
    ...each(integer, "amount_subtotal", "amount_total"),
    total_details: optional(z.object(each(integer, "amount_discount", "amount_shipping", "amount_tax"))),
    discounts: optional(z.array(z.object({ coupon: related, promotion_code: related }))),
    customer_details: optional(z.object({ ...each(text, "email", "name", "phone"), address })),
    custom_fields: optional(list(z.object({ key: anyText, dropdown: answer, numeric: answer, text: answer }))),
    payment_link: related,
    consent: optional(z.object({ promotions: text })),
    after_expiration: optional(z.object({ recovery: optional(z.object({ url: text, expires_at: maybe.unixSeconds })) })),
  })
  .transform((s) => ({ ...s, checkout: s.id }));

/** A session. */
export type Session = z.output<typeof session>;
