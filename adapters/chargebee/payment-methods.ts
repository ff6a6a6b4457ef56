/**
 * Payment methods of Chargebee's customers: payment sources, and cards in older events.
 */
import * as z from "zod";
import { each, id, type Maybe, maybe, on, optional, type Properties, track } from "../../src/contract/adapter.ts";
import { content, ownerOf } from "./customers.ts";

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

/** An added, removed or changed payment method. */
export function onSource(event: string) {
  return on(aboutSource, ({ payment_source: source, ...c }) =>
    track(ownerOf(c, source.customer_id), event, {
      payment_method_id: source.id,
      type: source.type,
      ...cardProperties(source.card),
    }),
  );
}

/** A card that is expiring or has expired. */
export function onCard(event: string) {
  return on(aboutCard, ({ card: expiring, ...c }) =>
    track(ownerOf(c, expiring.customer_id), event, {
      payment_method_id: expiring.payment_source_id,
      type: "card",
      ...cardProperties(expiring),
    }),
  );
}

function cardProperties(c: Maybe<z.output<typeof card>>): Properties {
  return { brand: c?.brand ?? c?.card_type, last4: c?.last4, exp_month: c?.expiry_month, exp_year: c?.expiry_year };
}
