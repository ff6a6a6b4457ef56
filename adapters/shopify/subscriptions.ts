/**
 * Shopify's subscription contracts, billing cycles and billing attempts.
 */
import * as z from "zod";
import {
  decisive,
  each,
  flag,
  id,
  ignore,
  integer,
  maybe,
  on,
  person,
  personId,
  pick,
  reference,
  text,
  track,
} from "../../src/contract/adapter.ts";

const contract = z.object({
  id,
  customer_id: id,
  origin_order_id: maybe.id,
  status: text,
  billing_policy: z.object({ interval: maybe.text, interval_count: maybe.integer }),
});

const cycle = z.object({
  subscription_contract_id: id,
  cycle_index: integer,
  ...each(maybe.isoTime, "cycle_start_at", "cycle_end_at", "billing_attempt_expected_date"),
  skipped: flag,
});

const attempt = z.object({
  subscription_contract_id: id,
  idempotency_key: text,
  order_id: decisive(id),
  error_code: decisive(text),
});

/** A contract event, if the contract has the matching status. */
export function onContract(status: string, event: string) {
  return on(contract, (c) => {
    if (c.status !== status) return ignore(`the subscription is not ${status}`);
    const ids = [personId("customer", c.customer_id), reference("subscription", c.id), reference("order", c.origin_order_id)];
    return track(person({ record: { id: c.customer_id }, ids }), event, {
      subscription_id: c.id,
      order_id: c.origin_order_id,
      ...pick(c.billing_policy, "interval", "interval_count"),
    });
  });
}

/** A skipped or unskipped cycle. Its contract identifies the customer. */
export function onCycle(skipped: boolean, event: string) {
  return on(cycle, (c) =>
    c.skipped === skipped
      ? track(subscriberOf(c), event, {
          subscription_id: c.subscription_contract_id,
          cycle: c.cycle_index,
          cycle_start: c.cycle_start_at,
          cycle_end: c.cycle_end_at,
          billing_at: c.billing_attempt_expected_date,
        })
      : ignore(skipped ? "the cycle is not skipped" : "the cycle is skipped"),
  );
}

/** A failed billing attempt. */
export const onFailure = on(attempt.extend({ idempotency_key: maybe.text }), (a) =>
  a.error_code
    ? track(subscriberOf(a), "Payment Failed", { subscription_id: a.subscription_contract_id, reason: a.error_code })
    : ignore("the payment did not fail"),
);

/** A billing attempt that waits for 3-D Secure: it has neither failed nor made an order. */
export const onChallenge = on(attempt, (a) =>
  a.error_code || a.order_id
    ? ignore("the payment does not need confirmation")
    : track(subscriberOf(a), "Payment Action Required", { subscription_id: a.subscription_contract_id }),
);

function subscriberOf(o: { readonly subscription_contract_id: string }) {
  return person({ ids: [reference("subscription", o.subscription_contract_id)] });
}
