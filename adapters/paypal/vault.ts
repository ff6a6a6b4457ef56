/**
 * Payment methods that PayPal keeps for buyers.
 */
import * as z from "zod";
import { claimed, each, id, maybe, on, optional, person, personId, reference } from "../../src/contract/adapter.ts";
import type { paymentMethodAdded } from "../../src/vocabulary/adapter.ts";

const { text } = maybe;

/** @see https://developer.paypal.com/docs/checkout/save-payment-methods/during-purchase/js-sdk/paypal/ */
const token = z.object({
  id,
  metadata: optional(z.object({ order_id: maybe.id })),
  payment_source: optional(
    z.object({
      paypal: optional(z.object(each(text, "email_address", "payer_id"))),
      card: optional(z.object(each(text, "brand", "last_digits", "expiry"))),
      venmo: optional(z.object(each(text, "email_address"))),
    }),
  ),
});

type Token = z.output<typeof token>;

/** A saved method with its buyer, or one that is no longer kept, which the token alone leads to. */
export function onToken(make: typeof paymentMethodAdded) {
  return on(token, (t) => make(holderOf(t), aboutToken(t)));
}

function holderOf({ id: token_id, metadata, payment_source: source }: Token) {
  return person({
    email: claimed(source?.paypal?.email_address ?? source?.venmo?.email_address),
    ids: [personId("payer", source?.paypal?.payer_id), reference("token", token_id), reference("order", metadata?.order_id)],
  });
}

function aboutToken({ id: token_id, payment_source: source }: Token) {
  const [year, month] = (source?.card?.expiry ?? "").split("-").map(Number);
  return {
    payment_method_id: token_id,
    payment_method: (["card", "paypal", "venmo"] as const).find((kind) => source?.[kind]),
    card_brand: source?.card?.brand?.toLowerCase(),
    card_last4: source?.card?.last_digits,
    ...(year && month ? { card_exp_year: year, card_exp_month: month } : {}),
  };
}
