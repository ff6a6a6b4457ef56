/**
 * A subscription of PayPal's, as events hold it and in the words of the tracking plan.
 */
import * as z from "zod";
import { each, id, list, maybe, optional } from "../../src/contract/adapter.ts";
import {
  fold,
  period,
  type SubscriptionProperties,
  type SubscriptionStatus,
  subscription as subscriptionProperties,
} from "../../src/vocabulary/adapter.ts";
import { payer } from "./orders.ts";
import { amount, moneyOf } from "./payments.ts";

const { text, isoTime: time, integer } = maybe;

/** Only where the plan was changed for this subscription, or the event shows it. */
const plan = optional(
  z.object({
    ...each(text, "product_id", "name"),
    billing_cycles: optional(
      list(
        z.object({
          tenure_type: text,
          frequency: optional(z.object({ interval_unit: text, interval_count: integer })),
          pricing_scheme: optional(z.object({ fixed_price: amount })),
        }),
      ),
    ),
  }),
);

/** A subscription. */
export const subscription = z.object({
  id,
  ...each(text, "plan_id", "status", "custom_id", "status_change_note"),
  ...each(time, "start_time", "status_update_time"),
  quantity: maybe.number,
  subscriber: payer,
  plan,
  billing_info: optional(
    z.object({
      next_billing_time: time,
      failed_payments_count: integer,
      cycle_executions: optional(list(z.object({ tenure_type: text, ...each(integer, "cycles_completed", "cycles_remaining") }))),
      last_failed_payment: optional(z.object({ amount, reason_code: text, next_payment_retry_time: time })),
    }),
  ),
});

/** A subscription. */
export type Subscription = z.output<typeof subscription>;

/** A plan's cycles are a trial until the first regular one. */
export function isInTrial(s: Subscription): boolean {
  const cycles = s.billing_info?.cycle_executions ?? [];
  const isRegular = cycles.some((one) => one.tenure_type === "REGULAR" && (one.cycles_completed ?? 0) > 0);
  return cycles.some((one) => one.tenure_type === "TRIAL") && !isRegular;
}

/** Whether the last payment failed. */
export function isFailing(s: Subscription): boolean {
  return (s.billing_info?.failed_payments_count ?? 0) > 0;
}

function statusOf(s: Subscription): SubscriptionStatus | undefined {
  const status = fold(s.status, { active: "active", suspended: "paused", cancelled: "expired", expired: "expired" });
  if (status !== "active") return status;
  if (isFailing(s)) return "past_due";
  return isInTrial(s) ? "trialing" : "active";
}

/** A subscription in the words of the tracking plan. */
export function factsOf(s: Subscription): SubscriptionProperties {
  const status = statusOf(s);
  const regular = s.plan?.billing_cycles?.find((cycle) => cycle.tenure_type === "REGULAR");
  const next = s.billing_info?.next_billing_time;
  const isLastTrial = s.billing_info?.cycle_executions?.some((one) => one.tenure_type === "TRIAL" && one.cycles_remaining === 0);
  const ended = status === "expired" ? s.status_update_time : null;
  return subscriptionProperties({
    subscription_id: s.id,
    status,
    status_raw: s.status,
    plan_id: s.plan_id,
    plan_name: s.plan?.name,
    product_id: s.plan?.product_id,
    quantity: s.quantity,
    price: moneyOf(regular?.pricing_scheme?.fixed_price),
    ...period(regular?.frequency?.interval_unit, regular?.frequency?.interval_count),
    trial_ends_at: isInTrial(s) && isLastTrial ? next : null,
    started_at: s.start_time,
    current_period_ends_at: next,
    next_billing_at: next,
    cancelled_at: s.status === "CANCELLED" ? ended : null,
    ends_at: ended,
    ended_at: ended,
    cancellation_comment: s.status === "CANCELLED" ? s.status_change_note : null,
  });
}
