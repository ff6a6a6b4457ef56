/**
 * Saved payment methods of Paddle's customers.
 */
import { each, maybe, on } from "../../src/contract/adapter.ts";
import type { paymentMethodAdded } from "../../src/vocabulary/adapter.ts";
import { owned, ownerOf } from "./customers.ts";

const paymentMethod = owned.extend(each(maybe.text, "type", "deletion_reason"));

/** A saved or removed payment method. */
export function onPaymentMethod(make: typeof paymentMethodAdded) {
  return on(paymentMethod, (p) =>
    make(ownerOf(p), { payment_method_id: p.id, payment_method: p.type, reason: p.deletion_reason }),
  );
}
