/**
 * Paddle's subscriptions.
 */
import * as z from "zod";
import type { Draft, MapContext, MapResult } from "../../src/contract/adapter.ts";
import { text as anyText, decisive, each, list, maybe, on, optional } from "../../src/contract/adapter.ts";
import {
  attributionIn,
  fold,
  mrrOfItems,
  period,
  type SubscriptionEvent,
  type SubscriptionProperties,
  subscriptionCancelled,
  subscription as subscriptionProperties,
  subscriptionStarted,
  subscriptionState,
  trialConverted,
} from "../../src/vocabulary/adapter.ts";
import { customOf, owned, ownerOf } from "./customers.ts";
import { item, planItem, productsOf } from "./items.ts";

const { text, integer, isoTime: time } = maybe;

const trial = z.object(each(time, "starts_at", "ends_at"));

const subscribed = item.extend({ trial_dates: optional(trial), recurring: maybe.boolean });

/** A subscription. `decided` marks the reading of an update that stands for the decision to end it. */
export const subscription = owned.extend({
  status: decisive(anyText),
  currency_code: maybe.currency,
  items: list(subscribed),
  billing_cycle: optional(z.object({ interval: text, frequency: integer })),
  current_billing_period: optional(z.object({ starts_at: time, ends_at: time })),
  discount: optional(z.object({ id: maybe.id })),
  ...each(time, "next_billed_at", "started_at", "paused_at", "canceled_at"),
  scheduled_change: decisive(z.object({ action: decisive(anyText), effective_at: time, resume_at: time })),
  decided: maybe.boolean,
});

/** An activated subscription: after a trial, if an item had one. */
const activated = subscription.extend({
  items: z.array(subscribed.extend({ trial_dates: decisive(trial) })),
});

type Subscription = z.output<typeof subscription>;

/** A new subscription, or one that comes from elsewhere: the state alone, for its start has an event of its own. */
export const onState = onSubscription();

/** Any step with an event of its own. */
export function onSubscription(...events: readonly SubscriptionEvent[]) {
  return on(subscription, (s, context) => told(s, context, ...events));
}

/** A first paid period, after a trial or without one. */
export const onActivated = on(activated, (s, context) =>
  told(s, context, s.items.some((one) => one.trial_dates) ? trialConverted : startedAs),
);

/** An update: the state, and once for each date the decision to end it. What else changed it does not say. */
export const onUpdated = on(subscription, (s, context): MapResult => {
  if (s.decided !== true) return told(s, context);
  return told(s, context, cancelledLater).filter(({ kind }) => kind === "track");
});

/** Its start; a status that the plan does not have counts as active. */
export const startedAs: SubscriptionEvent = (who, facts, more) =>
  subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }, more);

const cancelledLater: SubscriptionEvent = (who, facts, more) => subscriptionCancelled(who, { ...facts, immediate: false }, more);

function told(s: Subscription, { event }: MapContext<unknown>, ...events: readonly SubscriptionEvent[]): readonly Draft[] {
  const [who, facts] = [ownerOf(s, { subscription: s.id }), factsOf(s)];
  const properties = { ...facts, ...productsOf(s.items, s.currency_code), ...attributionIn(s.custom_data) };
  return [
    ...(facts.status ? [subscriptionState(who, event.occurredAt, { ...facts, payment_failing: s.status === "past_due" })] : []),
    ...events.map((make) => make(who, properties, customOf(s))),
  ];
}

function factsOf(s: Subscription): SubscriptionProperties {
  const change = s.scheduled_change;
  const recurring = s.items.filter((one) => one.recurring !== false);
  const items = recurring.map((one) => ({
    ...planItem(one, s.currency_code),
    ...period(s.billing_cycle?.interval, s.billing_cycle?.frequency),
  }));
  const trialDates = s.items.find((one) => one.trial_dates)?.trial_dates;
  return subscriptionProperties({
    subscription_id: s.id,
    status: statusOf(s),
    status_raw: s.status,
    ...items[0],
    mrr: mrrOfItems(items),
    coupons: [s.discount?.id],
    trial_started_at: trialDates?.starts_at,
    trial_ends_at: trialDates?.ends_at,
    current_period_starts_at: s.current_billing_period?.starts_at,
    current_period_ends_at: s.current_billing_period?.ends_at,
    next_billing_at: s.next_billed_at,
    started_at: s.started_at,
    paused_at: s.paused_at,
    resumes_at: change?.action === "resume" ? change.effective_at : change?.resume_at,
    cancelled_at: s.canceled_at,
    ends_at: change?.action === "cancel" ? change.effective_at : s.canceled_at,
    ended_at: s.canceled_at,
  });
}

/** Paddle's `canceled` has ended; one whose end is scheduled still has its former status. */
function statusOf(s: Subscription) {
  const isEnding = s.scheduled_change?.action === "cancel" && s.status !== "canceled";
  return isEnding
    ? "cancelled"
    : fold(s.status, {
        trialing: "trialing",
        active: "active",
        past_due: "past_due",
        paused: "paused",
        canceled: "expired",
      });
}
