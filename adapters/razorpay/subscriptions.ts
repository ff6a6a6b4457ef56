/**
 * Razorpay's subscriptions. They name a plan by its id; its name and price are not told.
 */
import * as z from "zod";
import type { Draft } from "../../src/contract/adapter.ts";
import { decisive, each, id, maybe, on, optional, person, personId, reference, text } from "../../src/contract/adapter.ts";
import {
  fold,
  periodBetween,
  type SubscriptionEvent,
  subscription,
  subscriptionCancelled,
  subscriptionChanged,
  subscriptionExpired,
  subscriptionPastDue,
  subscriptionPaused,
  subscriptionRecovered,
  subscriptionRenewed,
  subscriptionResumed,
  subscriptionStarted,
  subscriptionState,
} from "../../src/vocabulary/adapter.ts";
import { customOf, notes, payerOf, payment } from "./payment.ts";

const entity = z.looseObject({
  id,
  plan_id: maybe.id,
  customer_id: decisive(id),
  status: decisive(text),
  ...each(maybe.integer, "quantity", "paid_count"),
  ...each(maybe.unixSeconds, "current_start", "current_end", "ended_at", "charge_at", "start_at", "created_at"),
  notes,
});

const schema = z.object({
  subscription: z.object({ entity }),
  payment: optional(z.object({ entity: payment })),
});

const STATUSES = {
  authenticated: "active",
  active: "active",
  pending: "past_due",
  halted: "past_due",
  paused: "paused",
  resumed: "active",
  cancelled: "expired",
  completed: "expired",
  expired: "expired",
} as const;

function factsOf(s: z.output<typeof entity>) {
  const status = fold(s.status, STATUSES);
  return subscription({
    subscription_id: s.id,
    status,
    status_raw: s.status,
    plan_id: s.plan_id,
    quantity: s.quantity,
    ...periodBetween(s.current_start, s.current_end),
    current_period_starts_at: s.current_start,
    current_period_ends_at: status === "expired" ? null : s.current_end,
    next_billing_at: status === "expired" ? null : s.charge_at,
    started_at: s.start_at ?? s.created_at,
    ended_at: s.ended_at,
    mrr: null,
  });
}

type Facts = ReturnType<typeof factsOf>;

const handler = (make: (who: ReturnType<typeof person>, facts: Facts, paid: number) => readonly Draft[]) =>
  on(schema, ({ subscription: { entity: s }, payment: paid }, { event }) => {
    const payer = paid && payerOf(paid.entity);
    const own = person({ record: s, ids: [personId("customer", s.customer_id), reference("subscription", s.id)] });
    const who = payer ? { ...payer, ids: [...own.ids, ...payer.ids], record: s } : own;
    const facts = factsOf(s);
    const drafts = make(who, facts, s.paid_count ?? 0).map((draft) => ({ ...draft, ...customOf(s) }));
    return [subscriptionState(who, event.occurredAt, facts), ...drafts];
  });

const told = (make: SubscriptionEvent) => handler((who, facts) => [make(who, facts)]);

/** It became active: for the first time, or a payment that was owed arrived. */
export const onActivated = handler((who, facts, paid) => [
  paid > 1 ? subscriptionRecovered(who, facts) : subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }),
]);

/** It was charged: payment.captured has the money, and subscription.activated the start. */
export const onCharged = handler((who, facts, paid) => (paid > 1 ? [subscriptionRenewed(who, facts)] : []));

/** A charge failed, and is tried again. */
export const onPending = told(subscriptionPastDue);

/** All attempts failed: each is told by payment.failed. */
export const onHalted = handler(() => []);

/** Plan, quantity or dates changed; what was before is not told. */
export const onUpdated = handler((who, facts) => [subscriptionChanged(who, { ...facts, change: "other" })]);

/** It was paused. */
export const onPaused = told(subscriptionPaused);

/** A pause ended. */
export const onResumed = told(subscriptionResumed);

/** It was cancelled, and has ended: of one cancelled at the end of a period nothing is told before. */
export const onCancelled = handler((who, facts) => [
  subscriptionCancelled(who, { ...facts, immediate: true }),
  subscriptionExpired(who, facts),
]);

/** All of its periods were charged. */
export const onCompleted = told(subscriptionExpired);
