/**
 * Payment methods of Chargebee's customers: payment sources, and cards in older events.
 */
import * as z from "zod";
import { each, id, type Maybe, maybe, on, optional } from "../../src/contract/adapter.ts";
import type { paymentMethodAdded } from "../../src/vocabulary/adapter.ts";
import { content, customOf, ownerOf } from "./customers.ts";

/** The brand is `brand` in a payment source and `card_type` on a card. */
const card = z.object({
  ...each(maybe.id, "payment_source_id", "customer_id"),
  ...each(maybe.text, "brand", "card_type", "last4"),
  ...each(maybe.integer, "expiry_month", "expiry_year"),
});

const aboutSource = content.extend({
  payment_source: z.object({ id, customer_id: maybe.id, type: maybe.text, card: optional(card) }),
});

const aboutCard = content.extend({ card });

/**
 * An added, removed or changed payment method.
 * @param reason why it can no longer be used
 */
export function onSource(make: typeof paymentMethodAdded, reason?: "expired") {
  return on(aboutSource, ({ payment_source: source, ...c }) =>
    make(
      ownerOf(c, source.customer_id),
      { payment_method_id: source.id, payment_method: source.type, ...cardOf(source.card), reason },
      customOf(c),
    ),
  );
}

/** A card that is expiring or has expired. */
export function onCard(make: typeof paymentMethodAdded, reason?: "expired") {
  return on(aboutCard, ({ card: expiring, ...c }) =>
    make(
      ownerOf(c, expiring.customer_id),
      { payment_method_id: expiring.payment_source_id, payment_method: "card", ...cardOf(expiring), reason },
      customOf(c),
    ),
  );
}

function cardOf(c: Maybe<z.output<typeof card>>) {
  return {
    card_brand: (c?.brand ?? c?.card_type)?.toLowerCase(),
    card_last4: c?.last4,
    card_exp_month: c?.expiry_month,
    card_exp_year: c?.expiry_year,
  };
}
