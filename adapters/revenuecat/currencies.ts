/**
 * Virtual currency of RevenueCat's apps.
 */
import * as z from "zod";
import { each, list, maybe, on, optional } from "../../src/contract/adapter.ts";
import { ownEvents } from "../../src/vocabulary/adapter.ts";
import { customer, customOf, identified, personOf } from "./customers.ts";
import type { REVENUECAT } from "./plan.schema.ts";

const own = ownEvents<typeof REVENUECAT>();

const MOST_ADJUSTMENTS = 20;

const adjustments = customer.extend({
  ...each(maybe.text, "product_id", "product_display_name", "source", "store"),
  ...each(maybe.id, "transaction_id", "virtual_currency_transaction_id"),
  adjustments: list(z.object({ amount: maybe.number, currency: optional(z.object(each(maybe.text, "code", "name"))) })),
});

/** Added or spent virtual currency. */
export const onAdjustments = on(adjustments, (a) => [
  ...identified(a),
  own("Virtual Currency Adjusted")(
    personOf(a),
    {
      adjustment_id: a.virtual_currency_transaction_id,
      payment_id: a.transaction_id,
      product_id: a.product_id,
      product_name: a.product_display_name,
      affiliation: a.store,
      reason: a.source,
      adjustments: a.adjustments
        .slice(0, MOST_ADJUSTMENTS)
        .map(({ amount, currency }) => ({ amount, code: currency?.code, name: currency?.name })),
    },
    customOf(a),
  ),
]);
