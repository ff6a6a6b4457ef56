/**
 * Shopify's subscription contracts, billing cycles and billing attempts.
 */
import * as z from "zod";
import type { Maybe } from "../../src/contract/adapter.ts";
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
  reference,
  text,
} from "../../src/contract/adapter.ts";
import {
  fold,
  ownEvents,
  paymentActionRequired,
  paymentFailed,
  period,
  type SubscriptionEvent,
  subscription,
  subscriptionCancelled,
  subscriptionFact,
  subscriptionRenewed,
  subscriptionStarted,
  subscriptionState,
} from "../../src/vocabulary/adapter.ts";
import type { SHOPIFY } from "./plan.schema.ts";

const own = ownEvents<typeof SHOPIFY>();

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
  error_message: maybe.text,
});

/** A contract's event and state, if it has the status of the topic. */
export function onContract(status: string, ...events: readonly SubscriptionEvent[]) {
  return on(contract, (c, { event }) => {
    if (c.status !== status) return ignore(`the subscription is not ${status}`);
    const ids = [personId("customer", c.customer_id), reference("subscription", c.id), reference("order", c.origin_order_id)];
    const who = person({ record: { id: c.customer_id }, ids });
    const facts = factsOf(c);
    return [subscriptionState(who, event.occurredAt, facts), ...events.map((make) => make(who, facts))];
  });
}

/** A new contract. */
export const started: SubscriptionEvent = (who, facts, more) =>
  subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }, more);

/** A contract was ended before its time. */
export const cancelled: SubscriptionEvent = (who, facts, more) => subscriptionCancelled(who, { ...facts, immediate: true }, more);

/** A skipped or unskipped cycle. Its contract identifies the customer. */
export function onCycle(skipped: boolean, event: "Subscription Cycle Skipped" | "Subscription Cycle Unskipped") {
  return on(cycle, (c) =>
    c.skipped === skipped
      ? own(event)(subscriberOf(c), {
          subscription_id: c.subscription_contract_id,
          cycle: c.cycle_index,
          cycle_starts_at: c.cycle_start_at,
          cycle_ends_at: c.cycle_end_at,
          next_billing_at: c.billing_attempt_expected_date,
        })
      : ignore(skipped ? "the cycle is not skipped" : "the cycle is skipped"),
  );
}

/** A paid cycle: its order has the money. */
export const onSuccess = on(attempt, (a, { event }) => {
  if (a.error_code || !a.order_id) return ignore("the payment did not succeed");
  const id = a.subscription_contract_id;
  return [
    subscriptionFact(subscriberOf(a), event.occurredAt, id, { payment_failing: false }),
    subscriptionRenewed(subscriberOf(a), { subscription_id: id }),
  ];
});

/** A failed billing attempt. */
export const onFailure = on(attempt.extend({ idempotency_key: maybe.text }), (a, { event }) => {
  if (!a.error_code) return ignore("the payment did not fail");
  const id = a.subscription_contract_id;
  return [
    subscriptionFact(subscriberOf(a), event.occurredAt, id, { payment_failing: true }),
    paymentFailed(subscriberOf(a), { subscription_id: id, decline_reason: a.error_code, error_message: a.error_message }),
  ];
});

/** A billing attempt that waits for 3-D Secure: it has neither failed nor made an order. */
export const onChallenge = on(attempt, (a) =>
  a.error_code || a.order_id
    ? ignore("the payment does not need confirmation")
    : paymentActionRequired(subscriberOf(a), { subscription_id: a.subscription_contract_id }),
);

/**
 * A contract in the words of the plan; its price is not in the webhook. A cancelled contract is over, and a failed one ended because it was
 * not paid. @see https://shopify.dev/docs/api/admin-graphql/latest/enums/SubscriptionContractSubscriptionStatus
 */
function factsOf(c: z.output<typeof contract>) {
  return subscription({
    subscription_id: c.id,
    status: fold(c.status, { active: "active", paused: "paused", cancelled: "expired", expired: "expired", failed: "expired" }),
    status_raw: c.status,
    ...period(c.billing_policy.interval, c.billing_policy.interval_count),
    cancellation_reason: c.status === "failed" ? "payment_failed" : null,
  });
}

function subscriberOf(o: { readonly subscription_contract_id: string; readonly order_id?: Maybe<string> }) {
  return person({ ids: [reference("subscription", o.subscription_contract_id), reference("order", o.order_id)] });
}
