/**
 * Payments without Checkout or an invoice.
 */
import * as z from "zod";
import { decisive, each, id, ignore, integer, maybe, on, optional } from "../../src/contract/adapter.ts";
import { attributionIn, orderCompleted, paymentFailed } from "../../src/vocabulary/adapter.ts";
import { customOf, guestOr, idsOf, otherId, owned, related } from "./owners.ts";
import { money } from "./prices.ts";

const { text, currency } = maybe;

/** A payment intent: it may have several charges. */
const paymentIntent = owned
  .extend({
    id,
    // If there is an invoice, it carries the total.
    invoice: decisive(otherId),
    amount: maybe.integer,
    amount_received: decisive(integer),
    currency,
    ...each(text, "description", "receipt_email"),
    latest_charge: related,
    last_payment_error: optional(z.object({ code: text, decline_code: text, message: text })),
  })
  .transform((p) => ({ ...p, payment_intent: p.id, charge: p.charge ?? p.latest_charge }));

/** A successful payment. */
export const onIntentSucceeded = on(paymentIntent, (p) => {
  if (p.invoice) return ignore("covered by invoice.paid");
  return orderCompleted(
    guestOr(p, p.receipt_email),
    {
      order_id: p.id,
      payment_id: p.id,
      ...money("total", p.amount_received ?? p.amount, p.currency),
      description: p.description,
      ...attributionIn(p.metadata),
    },
    customOf(p),
  );
});

/** A failed payment. */
export const onIntentFailed = on(paymentIntent, (p) => {
  if (p.invoice) return ignore("covered by invoice.payment_failed");
  return paymentFailed(
    guestOr(p, p.receipt_email),
    {
      ...idsOf(p),
      ...money("amount", p.amount, p.currency),
      decline_reason: p.last_payment_error?.decline_code ?? p.last_payment_error?.code,
      error_message: p.last_payment_error?.message,
      description: p.description,
      ...attributionIn(p.metadata),
    },
    customOf(p),
  );
});
