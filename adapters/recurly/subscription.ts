/**
 * A subscription of Recurly's, as the older notifications hold it.
 */
import * as z from "zod";
import type { Maybe, Money } from "../../src/contract/adapter.ts";
import { decisive, each, fromMinor, inMinor, isoTime, maybe, optional } from "../../src/contract/adapter.ts";
import {
  fold,
  mrrOf,
  periodBetween,
  type SubscriptionProperties,
  subscription as subscriptionProperties,
} from "../../src/vocabulary/adapter.ts";
import { fields } from "./accounts.ts";

const { integer, isoTime: time } = maybe;

/** A subscription. The end of the trial decides how it starts and how it ended. */
export const subscription = z.object({
  uuid: maybe.id,
  plan: optional(z.object(each(maybe.text, "plan_code", "name"))),
  state: maybe.text,
  ...each(integer, "quantity", "total_amount_in_cents"),
  currency: maybe.currency,
  subscription_add_ons: optional(z.array(z.looseObject({}))),
  ...each(time, "activated_at", "canceled_at", "expires_at", "current_period_started_at", "current_period_ends_at"),
  ...each(time, "trial_started_at", "paused_at", "resume_at"),
  trial_ends_at: decisive(isoTime),
  custom_fields: fields,
});

/** A subscription. */
export type Subscription = z.output<typeof subscription>;

/**
 * A subscription in the words of the tracking plan.
 * @param at the time of the notification: Recurly has no status for a trial
 */
export function factsOf(id: string, s: Subscription, at: string): SubscriptionProperties {
  const isTrial = Boolean(s.trial_ends_at) && (s.trial_ends_at ?? "") > at;
  const state = fold(s.state, { active: "active", canceled: "cancelled", expired: "expired", paused: "paused" });
  const status = state === "active" && isTrial ? "trialing" : state;
  const total = totalOf(s);
  // Recurly tells no billing period; that of a trial is the trial.
  const isTrialPeriod = isTrial || (s.current_period_ends_at ?? "") <= (s.trial_ends_at ?? "");
  const cycle = isTrialPeriod ? {} : periodBetween(s.current_period_started_at, s.current_period_ends_at);
  return subscriptionProperties({
    subscription_id: id,
    status,
    status_raw: s.state,
    plan_id: s.plan?.plan_code,
    plan_name: s.plan?.name,
    price: priceOf(s, total),
    quantity: s.quantity,
    ...cycle,
    mrr: mrrOf({ price: total, ...cycle }),
    trial_started_at: s.trial_started_at,
    trial_ends_at: s.trial_ends_at,
    current_period_starts_at: s.current_period_started_at,
    current_period_ends_at: s.current_period_ends_at,
    started_at: s.activated_at,
    paused_at: s.paused_at,
    resumes_at: s.resume_at,
    cancelled_at: s.canceled_at,
    ends_at: s.expires_at,
    ended_at: status === "expired" ? s.expires_at : null,
  });
}

function totalOf(s: Subscription): Money | null {
  return typeof s.total_amount_in_cents === "number" && s.currency ? fromMinor(s.total_amount_in_cents, s.currency) : null;
}

/** Of one unit: Recurly tells the sum with add-ons, so it can be said only where there are none. */
function priceOf(s: Subscription, total: Maybe<Money>): Money | null {
  const units = s.quantity ?? 1;
  if (!total || units === 0 || s.subscription_add_ons?.length !== 0 || total.minor % units !== 0) return null;
  return inMinor(total.minor / units, total);
}
