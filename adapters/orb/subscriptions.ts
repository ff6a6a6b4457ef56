/**
 * Orb's subscriptions. Prices are of many kinds and not read: what is billed in a month is not known.
 */
import * as z from "zod";
import type { Draft, PersonFacts } from "../../src/contract/adapter.ts";
import { decisive, each, id, maybe, on, optional, reference, text } from "../../src/contract/adapter.ts";
import {
  attributionIn,
  fold,
  subscriptionCancelled,
  subscriptionChanged,
  subscriptionExpired,
  subscription as subscriptionProperties,
  subscriptionReactivated,
  subscriptionStarted,
  subscriptionState,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";
import { customer, customOf, identified, metadata, personOf } from "./customers.ts";

const subscription = z.looseObject({
  id,
  status: decisive(text),
  ...each(maybe.isoTime, "start_date", "end_date", "current_billing_period_start_date", "current_billing_period_end_date"),
  trial_info: optional(z.looseObject({ end_date: maybe.isoTime })),
  plan: optional(z.looseObject({ ...each(maybe.id, "id", "external_plan_id"), name: maybe.text })),
  customer,
  metadata,
});

const schema = z.object({
  subscription,
  properties: optional(z.looseObject({ previous_plan_id: maybe.id })),
});

type Data = z.output<typeof schema>;

function factsOf(s: z.output<typeof subscription>, at: string) {
  const trial_ends_at = s.trial_info?.end_date;
  const isTrial = typeof trial_ends_at === "string" && trial_ends_at > at;
  const isEnding = typeof s.end_date === "string" && s.end_date > at;
  const running = isTrial ? "trialing" : isEnding ? "cancelled" : "active";
  const status = fold(s.status, { active: running, upcoming: running, ended: "expired" });
  const isOver = status === "expired";
  return subscriptionProperties({
    subscription_id: s.id,
    status,
    status_raw: s.status,
    plan_id: s.plan?.id ?? s.plan?.external_plan_id,
    plan_name: s.plan?.name,
    trial_ends_at,
    current_period_starts_at: s.current_billing_period_start_date,
    current_period_ends_at: isOver ? null : s.current_billing_period_end_date,
    started_at: s.start_date,
    ...(isOver ? { ended_at: s.end_date ?? at } : { ends_at: s.end_date }),
    mrr: null,
  });
}

type Facts = ReturnType<typeof factsOf> & ReturnType<typeof attributionIn>;

const handler = (make: (who: PersonFacts, facts: Facts, data: Data, at: string) => readonly Draft[]) =>
  on(schema, (data, { event: { occurredAt } }) => {
    const s = data.subscription;
    const who = personOf(s.customer, reference("subscription", s.id));
    const facts = factsOf(s, occurredAt);
    const told = { ...facts, ...attributionIn(s.metadata) };
    const made = make(who, told, data, occurredAt).map((draft) => ({ ...draft, ...customOf(s) }));
    return [...identified(s.customer), subscriptionState(who, occurredAt, facts), ...made];
  });

/** It began, with or without a trial. */
export const onStarted = handler((who, facts) => [
  ...(facts.status === "trialing" ? [trialStarted(who, facts)] : []),
  subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }),
]);

/** It has another plan. */
export const onChanged = handler((who, facts, { properties }) => [
  subscriptionChanged(who, { ...facts, change: "other", previous_plan_id: properties?.previous_plan_id }),
]);

/** Its end was decided. */
export const onCancelled = handler((who, facts, _data, cancelled_at) => [
  subscriptionCancelled(who, { ...facts, status: "cancelled", cancelled_at }),
]);

/** The cancellation was withdrawn. */
export const onReactivated = handler((who, facts) => [subscriptionReactivated(who, facts)]);

/** It ended. */
export const onEnded = handler((who, facts, _data, at) => [
  subscriptionExpired(who, { ...facts, status: "expired", ended_at: facts.ended_at ?? at }),
]);
