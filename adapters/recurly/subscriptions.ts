/**
 * Recurly's subscriptions.
 */
import * as z from "zod";
import type { MapContext, MapResult } from "../../src/contract/adapter.ts";
import { decisive, each, isoTime, maybe, money, on, optional, pick, track } from "../../src/contract/adapter.ts";
import { identified, notification, ownerOf, subscriptionOf } from "./notifications.ts";

const { integer, isoTime: time } = maybe;

const subscription = z.object({
  uuid: maybe.id,
  plan: optional(z.object(each(maybe.text, "plan_code", "name"))),
  state: maybe.text,
  ...each(integer, "quantity", "total_amount_in_cents"),
  currency: maybe.currency,
  ...each(time, "activated_at", "canceled_at", "expires_at", "current_period_started_at", "current_period_ends_at"),
  ...each(time, "trial_started_at", "trial_ends_at", "paused_at", "resume_at"),
});

/** A notification about a subscription. */
export const aboutSubscription = notification.extend({ subscription: optional(subscription) });

/** A notification about a new subscription: the end of the trial says whether it starts with one. */
export const aboutNewSubscription = notification.extend({
  subscription: decisive(subscription.extend({ trial_ends_at: decisive(isoTime) })),
});

type AboutSubscription = z.output<typeof aboutSubscription>;

/** A subscription event. */
export function onSubscription(event: string) {
  return on(aboutSubscription, (n) => subscriptionEvent(event, n));
}

/** A new subscription: it starts with a trial if the trial's end is in the future. */
export function started(n: AboutSubscription, { event }: MapContext<unknown>): MapResult {
  const trialEnd = n.subscription?.trial_ends_at;
  return subscriptionEvent(trialEnd && trialEnd > event.occurredAt ? "Trial Started" : "Subscription Started", n);
}

function subscriptionEvent(event: string, n: AboutSubscription): MapResult {
  const { subscription: s } = n;
  return [
    ...identified(n),
    track(ownerOf(n), event, {
      subscription_id: subscriptionOf(n),
      status: s?.state,
      plan: s?.plan?.plan_code,
      plan_name: s?.plan?.name,
      ...money("price", s?.total_amount_in_cents, s?.currency),
      ...pick(s, "quantity", "canceled_at", "expires_at", "paused_at"),
      started_at: s?.activated_at,
      trial_start: s?.trial_started_at,
      trial_end: s?.trial_ends_at,
      current_period_start: s?.current_period_started_at,
      current_period_end: s?.current_period_ends_at,
      resumes_at: s?.resume_at,
    }),
  ];
}
