/**
 * Stripe's quotes.
 */
import { id, maybe, on } from "../../src/contract/adapter.ts";
import { ownEvents } from "../../src/vocabulary/adapter.ts";
import { customOf, owned, ownerOf } from "./owners.ts";
import type { STRIPE } from "./plan.schema.ts";
import { money } from "./prices.ts";

const own = ownEvents<typeof STRIPE>();

const quote = owned.extend({
  id,
  number: maybe.text,
  amount_total: maybe.integer,
  currency: maybe.currency,
  expires_at: maybe.unixSeconds,
});

/** A quote event. */
export function onQuote(event: "Quote Finalized" | "Quote Accepted" | "Quote Cancelled") {
  return on(quote, (q) =>
    own(event)(
      ownerOf(q),
      {
        quote_id: q.id,
        quote_number: q.number,
        subscription_id: q.subscription,
        invoice_id: q.invoice,
        ...money("amount", q.amount_total, q.currency),
        expires_at: q.expires_at,
      },
      customOf(q),
    ),
  );
}
