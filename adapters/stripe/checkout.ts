/**
 * Stripe Checkout: sessions for payments, subscriptions and saved payment methods.
 */
import * as z from "zod";
import type { Draft, MapContext, MapResult, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  consent,
  decisive,
  each,
  id,
  identify,
  ignore,
  maybe,
  optional,
  pick,
  track,
} from "../../src/contract/adapter.ts";
import { address, addressOf } from "./customers.ts";
import { idsOf, isGuest, otherId, owned, ownerOf, related } from "./owners.ts";
import { money } from "./prices.ts";

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
    payment_link: related,
    consent: optional(z.object({ promotions: text })),
    after_expiration: optional(z.object({ recovery: optional(z.object({ url: text, expires_at: maybe.unixSeconds })) })),
  })
  .transform((s) => ({ ...s, checkout: s.id }));

type Session = z.output<typeof session>;

/** A completed Checkout; some payment methods take days to complete. */
export function completed(s: Session, context: MapContext<unknown>): MapResult {
  return s.mode === "payment" ? order(s, context) : checkout("Checkout Completed", s, context);
}

/** A payment pending at the end of Checkout succeeded. */
export function paidLater(s: Session, context: MapContext<unknown>): MapResult {
  return s.mode === "payment" ? order(s, context) : ignore("covered by invoice.paid");
}

/** A payment pending at the end of Checkout failed. */
export function failedLater(s: Session): MapResult {
  return s.mode === "payment"
    ? track(buyerOf(s), "Payment Failed", { ...about(s), ...money("amount", s.amount_total, s.currency) })
    : ignore("covered by invoice.payment_failed");
}

/** An abandoned Checkout, with the recovery link if sessions have one. */
export function expired(s: Session, context: MapContext<unknown>): MapResult {
  return checkout("Checkout Expired", s, context, {
    ...money("amount", s.amount_total, s.currency),
    recovery_url: s.after_expiration?.recovery?.url,
    recovery_expires_at: s.after_expiration?.recovery?.expires_at,
  });
}

/** A Checkout payment. Where Checkout also makes an invoice, the `total` is left to Invoice Paid. */
function order(s: Session, context: MapContext<unknown>): MapResult {
  if (s.payment_status === "unpaid")
    return ignore("the payment is pending; followed by checkout.session.async_payment_succeeded");
  const isInvoiced = s.invoice || s.invoice_creation?.enabled;
  return checkout("Order Completed", s, context, {
    order_id: s.id,
    ...(isInvoiced ? {} : money("total", s.amount_total, s.currency)),
  });
}

/** The end of a Checkout, a guest's traits (a customer has its own events), and the consent to promotions. */
function checkout(event: string, s: Session, context: MapContext<unknown>, properties: Properties = {}): readonly Draft[] {
  const buyer = buyerOf(s);
  const at = context.event.occurredAt;
  return [
    ...(isGuest(s) ? [identify(buyer, { name: s.customer_details?.name, ...addressOf(s.customer_details?.address) })] : []),
    ...(s.consent?.promotions === "opt_in" ? [consent(buyer, { channel: "email", state: "subscribed", at })] : []),
    track(buyer, event, { ...about(s), ...properties }),
  ];
}

function buyerOf(s: Session): PersonFacts {
  return ownerOf(s, { email: claimed(s.customer_details?.email ?? s.customer_email), phone: s.customer_details?.phone });
}

/** `client_reference_id` may come from the URL of a Payment Link, so it is a property and never an id. */
function about(s: Session): Properties {
  return {
    ...idsOf(s),
    payment_link_id: s.payment_link,
    ...pick(s, "mode", "client_reference_id"),
    ...money("subtotal", s.amount_subtotal, s.currency),
    ...money("discount", s.total_details?.amount_discount, s.currency),
    ...money("shipping", s.total_details?.amount_shipping, s.currency),
    ...money("tax", s.total_details?.amount_tax, s.currency),
    coupon: s.discounts?.[0]?.coupon,
    promotion_code_id: s.discounts?.[0]?.promotion_code,
  };
}
