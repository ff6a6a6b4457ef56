/**
 * Cards that Square keeps for customers.
 */
import * as z from "zod";
import { each, id, maybe, on, person, personId } from "../../src/contract/adapter.ts";
import type { paymentMethodAdded } from "../../src/vocabulary/adapter.ts";

/** @see https://developer.squareup.com/reference/square/objects/Card */
const card = z.object({
  card: z.object({
    id,
    customer_id: maybe.id,
    ...each(maybe.text, "card_brand", "last_4"),
    ...each(maybe.integer, "exp_month", "exp_year"),
  }),
});

/** A card that was saved, changed, or is no longer kept; a forgotten one has its id alone. */
export function onCard(make: typeof paymentMethodAdded, reason?: string) {
  return on(card, ({ card: c }) =>
    make(person({ ids: [personId("customer", c.customer_id)] }), {
      payment_method_id: c.id,
      payment_method: "card",
      card_brand: c.card_brand?.toLowerCase(),
      card_last4: c.last_4,
      card_exp_month: c.exp_month,
      card_exp_year: c.exp_year,
      reason,
    }),
  );
}
