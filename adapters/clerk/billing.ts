/**
 * Clerk Billing: subscription items of people and organizations. One item is one subscription to one plan: a change of plan ends an item and starts
 * another.
 */
import * as z from "zod";
import type { MapContext, MapResult, PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  currency,
  decisive,
  each,
  fromMinor,
  id,
  ignore,
  integer,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  reference,
} from "../../src/contract/adapter.ts";
import {
  fold,
  period,
  type SubscriptionEvent,
  subscription,
  subscriptionCancelled,
  subscriptionExpired,
  subscriptionRecovered,
  subscriptionStarted,
  subscriptionState,
  trialExpired,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";

const { text, unixMilliseconds: time } = maybe;

/** Minor units. */
export const amount = optional(z.object({ amount: integer, currency }));

/** A person, or an organization with its payer's address. @see https://github.com/clerk/javascript/pull/7024 */
export const payer = optional(z.object(each(text, "user_id", "email", "organization_id", "organization_name")));

/** An item. The default plan is the free one that everyone has. */
export const subscriptionItem = z.object({
  id,
  ...each(text, "status", "plan_period"),
  ...each(time, "period_start", "period_end", "canceled_at", "past_due_at"),
  is_free_trial: decisive(z.boolean()),
  plan: decisive(z.object({ id, name: text, is_default: decisive(z.boolean()) })),
  amount,
  // What is left of the plan before, where this one took its place.
  credit: optional(z.object({ amount })),
  payer,
});

/** An item. */
export type SubscriptionItem = z.output<typeof subscriptionItem>;

const container = z.object({ payer, items: optional(z.array(subscriptionItem)) });

const FREE = ignore("the free plan, the default for everyone");

/** The person who pays. */
export function payerOf(p: z.output<typeof payer>, item?: string): PersonFacts {
  return person({ email: claimed(p?.email), ids: [personId("user", p?.user_id), reference("subscription_item", item)] });
}

/** The organization that pays, where one does. */
export function organizationIn(p: z.output<typeof payer>) {
  return pick(p, "organization_id", "organization_name");
}

/** An item that became active. One that was past due had started before. */
export const onActive = onItem((s) => {
  if (s.past_due_at) return [subscriptionRecovered];
  const started: SubscriptionEvent = (who, facts, more) =>
    subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }, more);
  return s.is_free_trial ? [trialStarted, started] : [started];
});

/** A cancelled item runs to the end of what is paid. */
export const onCancelled = onItem(() => [(who, facts, more) => subscriptionCancelled(who, { ...facts, immediate: false }, more)]);

/** An item that ended. One in a trial that another took the place of ends before its trial does. */
export const onEnded = onItem((s, at) => {
  const hasTrialRunOut = s.is_free_trial === true && typeof s.period_end === "string" && s.period_end <= at;
  return hasTrialRunOut ? [trialExpired, subscriptionExpired] : [subscriptionExpired];
});

/** A step of an item: its state and events; the state alone where `eventsOf` gives none. */
export function onItem(eventsOf: (s: SubscriptionItem, at: string) => readonly SubscriptionEvent[]) {
  return on(subscriptionItem, (s, { event: { occurredAt } }: MapContext<unknown>): MapResult => {
    if (s.plan?.is_default) return FREE;
    const who = payerOf(s.payer, s.id);
    const facts = { ...factsOf(s, occurredAt), ...organizationIn(s.payer) };
    if (!facts.status) return ignore("not started yet, or never");
    return [subscriptionState(who, occurredAt, facts), ...eventsOf(s, occurredAt).map((make) => make(who, facts))];
  });
}

/** All items of a payer. Ended ones have told so themselves, when they ended. */
export const onSubscription = on(container, ({ payer: p, items }, { event: { occurredAt } }: MapContext<unknown>) =>
  (items ?? []).flatMap((s) => {
    const facts = factsOf(s, occurredAt);
    if (s.plan?.is_default || !facts.status || facts.status === "expired") return [];
    return subscriptionState(payerOf(s.payer ?? p, s.id), occurredAt, facts);
  }),
);

/** An item as a subscription. */
export function factsOf(s: SubscriptionItem, at: string) {
  const status = statusOf(s);
  return subscription({
    subscription_id: s.id,
    status,
    status_raw: s.status,
    ...planOf(s),
    trial_started_at: s.is_free_trial ? s.period_start : null,
    trial_ends_at: s.is_free_trial ? s.period_end : null,
    current_period_starts_at: s.period_start,
    current_period_ends_at: s.period_end,
    cancelled_at: s.canceled_at,
    ends_at: status === "cancelled" ? s.period_end : null,
    ended_at: status === "expired" ? at : null,
  });
}

/** What an item bills. */
export function planOf(s: SubscriptionItem) {
  return {
    plan_id: s.plan?.id,
    plan_name: s.plan?.name,
    price: s.amount ? fromMinor(s.amount.amount, s.amount.currency) : null,
    ...period(s.plan_period),
  };
}

function statusOf(s: SubscriptionItem) {
  if (s.is_free_trial && s.status === "active") return "trialing";
  return fold(s.status, {
    active: "active",
    canceled: "cancelled",
    past_due: "past_due",
    ended: "expired",
    expired: "expired",
  });
}
