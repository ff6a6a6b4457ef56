/**
 * Stripe Checkout: payments, subscriptions and saved payment methods.
 */
import type { Draft, MapContext, MapResult, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, consent, identify, ignore, pick, told } from "../../src/contract/adapter.ts";
import {
  attributionIn,
  checkoutExpired,
  coupons,
  customFields,
  orderCompleted,
  ownEvents,
  paymentFailed,
} from "../../src/vocabulary/adapter.ts";
import { addressOf } from "./customers.ts";
import { idsOf, isGuest, ownerOf } from "./owners.ts";
import type { STRIPE } from "./plan.schema.ts";
import { money } from "./prices.ts";
import type { Session } from "./sessions.ts";

const own = ownEvents<typeof STRIPE>();

/** A completed Checkout; some payment methods take days to complete. */
export function completed(s: Session, context: MapContext<unknown>): MapResult {
  return s.mode === "payment" ? order(s, context) : [...buyer(s, context), ended(s)];
}

/** A payment pending at the end of Checkout succeeded. */
export function paidLater(s: Session, context: MapContext<unknown>): MapResult {
  return s.mode === "payment" ? order(s, context) : ignore("covered by invoice.paid");
}

/** A payment pending at the end of Checkout failed. */
export function failedLater(s: Session): MapResult {
  if (s.mode !== "payment") return ignore("covered by invoice.payment_failed");
  const { mode: _, client_reference_id: __, payment_link_id: ___, ...sums } = aboutSession(s);
  return paymentFailed(buyerOf(s), { ...sums, ...money("amount", s.amount_total, s.currency), final: true }, customOf(s));
}

/** An abandoned Checkout, with the recovery link if sessions have one. */
export function expired(s: Session, context: MapContext<unknown>): MapResult {
  const recovery = s.after_expiration?.recovery;
  const { checkout_id, ...rest } = sumsOf(s);
  return [
    ...buyer(s, context),
    checkoutExpired(
      buyerOf(s),
      {
        checkout_id,
        ...rest,
        ...money("value", s.amount_total, s.currency),
        checkout_url: recovery?.url,
        expires_at: recovery?.expires_at,
      },
      customOf(s),
    ),
  ];
}

/** A Checkout payment. Where Checkout also makes an invoice, the money is the invoice's. */
function order(s: Session, context: MapContext<unknown>): MapResult {
  if (s.payment_status === "unpaid")
    return ignore("the payment is pending; followed by checkout.session.async_payment_succeeded");
  if (s.invoice || s.invoice_creation?.enabled) return [...buyer(s, context), ended(s)];
  const total = money("total", s.amount_total, s.currency);
  const paid = orderCompleted(buyerOf(s), { order_id: s.id, payment_id: s.payment_intent, ...sumsOf(s), ...total }, customOf(s));
  return [...buyer(s, context), paid];
}

/** The end of a Checkout whose money, if any, is told by invoices. */
function ended(s: Session): Draft {
  const properties = { ...aboutSession(s), ...money("value", s.amount_total, s.currency) };
  return own("Checkout Completed")(buyerOf(s), properties, customOf(s));
}

/** A guest's traits (a customer has its own events), and the consent to promotions. */
function buyer(s: Session, { event }: MapContext<unknown>): readonly Draft[] {
  const who = buyerOf(s);
  return [
    ...(isGuest(s) ? [identify(who, told({ name: s.customer_details?.name, ...addressOf(s.customer_details?.address) }))] : []),
    ...(s.consent?.promotions === "opt_in"
      ? [consent(who, { channel: "email", state: "subscribed", at: event.occurredAt })]
      : []),
  ];
}

function buyerOf(s: Session): PersonFacts {
  return ownerOf(s, {
    email: claimed(s.customer_details?.email ?? s.customer_email),
    phone: s.customer_details?.phone ?? undefined,
  });
}

/** What the company wrote, and what the buyer answered to its own questions. */
function customOf(s: Session) {
  const answers = s.custom_fields?.map((field) => ({
    name: field.key,
    value: field.dropdown?.value ?? field.numeric?.value ?? field.text?.value,
  }));
  return { custom: [...customFields("metadata", s.metadata), ...customFields("custom_fields", answers)] };
}

/** `client_reference_id` may come from the URL of a Payment Link, so it is a property and never an id. */
function aboutSession(s: Session) {
  const { subscription_id, invoice_id, payment_id } = idsOf(s);
  return {
    ...sumsOf(s),
    subscription_id,
    invoice_id,
    payment_id,
    payment_link_id: s.payment_link,
    ...pick(s, "mode", "client_reference_id"),
  };
}

/** Stripe's own subtotal is before discounts, and holds the tax where prices include it. */
function sumsOf(s: Session) {
  const { amount_discount, amount_shipping, amount_tax } = s.total_details ?? {};
  const net = typeof s.amount_total === "number" ? s.amount_total - (amount_tax ?? 0) - (amount_shipping ?? 0) : null;
  return {
    checkout_id: s.checkout,
    ...money("subtotal", net, s.currency),
    ...money("discount", amount_discount, s.currency),
    ...money("shipping", amount_shipping, s.currency),
    ...money("tax", amount_tax, s.currency),
    ...coupons(s.discounts?.map((discount) => discount.promotion_code ?? discount.coupon)),
    ...attributionIn(s.metadata),
  };
}
