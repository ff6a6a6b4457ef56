/**
 * Payment methods, and the older sources that still have events.
 */
import * as z from "zod";
import type { MapResult, Maybe } from "../../src/contract/adapter.ts";
import { each, id, ignore, maybe, on, optional, text } from "../../src/contract/adapter.ts";
import { type paymentMethodAdded, paymentMethodExpiring } from "../../src/vocabulary/adapter.ts";
import { customOf, owned, ownerOf } from "./owners.ts";

const card = z.object({ ...each(maybe.text, "brand", "last4"), ...each(maybe.integer, "exp_month", "exp_year") });

/** A detached payment method has no owner; `previous_attributes` names the former one. */
const paymentMethod = owned
  .extend({
    id,
    type: maybe.text,
    card: optional(card),
    previous_attributes: optional(z.object({ customer: owned.shape.customer })),
  })
  .transform((p) => ({ ...p, customer: p.customer ?? p.previous_attributes?.customer }));

/** A card, or an object that Stripe calls a source. */
export const source = owned.extend({ id, object: text, ...card.shape });

/**
 * A payment method was added, changed or removed. Up to API version 2020-03-02 what is now automatically_updated was
 * card_automatically_updated.
 * @see https://docs.stripe.com/changelog/2020-08-27/renames-automatically-updated-event-type
 */
export function onPaymentMethod(make: typeof paymentMethodAdded) {
  return on(paymentMethod, (p) =>
    make(ownerOf(p), { payment_method_id: p.id, payment_method: p.type, ...cardOf(p.card) }, customOf(p)),
  );
}

/** A card that ends this month. */
export function expiring(s: z.output<typeof source>): MapResult {
  if (s.object !== "card") return ignore("not a card");
  return paymentMethodExpiring(ownerOf(s), { payment_method_id: s.id, payment_method: s.object, ...cardOf(s) }, customOf(s));
}

function cardOf(c: Maybe<z.output<typeof card>>) {
  return {
    card_brand: c?.brand?.toLowerCase(),
    card_last4: c?.last4,
    card_exp_month: c?.exp_month,
    card_exp_year: c?.exp_year,
  };
}
