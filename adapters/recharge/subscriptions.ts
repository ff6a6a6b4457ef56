/**
 * Recharge's subscriptions: one product each. A cancelled one has ended: what was paid is delivered, and nothing more is charged.
 */
import * as z from "zod";
import type { Draft } from "../../src/contract/adapter.ts";
import { currency, decimal, decisive, each, fromDecimal, id, maybe, on, optional, text } from "../../src/contract/adapter.ts";
import {
  attributionIn,
  customFields,
  fold,
  period,
  type SubscriptionStatus,
  subscription,
  subscriptionCancelled,
  subscriptionExpired,
  subscriptionStarted,
  subscriptionState,
  withCustom,
} from "../../src/vocabulary/adapter.ts";
import { buyer } from "./customers.ts";

const external = optional(z.object({ ecommerce: maybe.id }));

const schema = z.object({
  id,
  customer_id: decisive(id),
  email: maybe.text,
  status: decisive(text),
  ...each(external, "external_product_id", "external_variant_id"),
  ...each(maybe.text, "product_title", "order_interval_unit", "cancellation_reason", "cancellation_reason_comments"),
  quantity: maybe.integer,
  charge_interval_frequency: maybe.integer,
  price: optional(decimal),
  presentment_currency: optional(currency),
  ...each(maybe.isoTime, "next_charge_scheduled_at", "created_at", "cancelled_at"),
  properties: optional(z.array(z.looseObject({ name: text, value: z.unknown() }))),
});

type Subscription = z.output<typeof schema>;

const STATUSES = { active: "active", cancelled: "expired", expired: "expired" } as const;

function factsOf(s: Subscription, known?: SubscriptionStatus) {
  const status = known ?? fold(s.status, STATUSES);
  const reason = s.cancellation_reason?.toLowerCase() ?? "";
  const isOver = status === "expired";
  return subscription({
    subscription_id: s.id,
    status,
    status_raw: s.status,
    plan_id: s.external_variant_id?.ecommerce,
    plan_name: s.product_title,
    product_id: s.external_product_id?.ecommerce,
    price: s.price && s.presentment_currency ? fromDecimal(s.price, s.presentment_currency) : null,
    quantity: s.quantity,
    ...period(s.order_interval_unit, s.charge_interval_frequency),
    next_billing_at: isOver ? null : s.next_charge_scheduled_at,
    current_period_ends_at: isOver ? null : s.next_charge_scheduled_at,
    started_at: s.created_at,
    cancelled_at: s.cancelled_at,
    ended_at: isOver ? s.cancelled_at : null,
    cancellation_reason:
      reason === "" ? null : /max.*(retr|attempt)|payment|declined/.test(reason) ? "payment_failed" : "customer",
    cancellation_reason_raw: s.cancellation_reason,
    cancellation_comment: s.cancellation_reason_comments,
  });
}

type Facts = ReturnType<typeof factsOf>;

const whoOf = (s: Subscription) => buyer(s.customer_id, s.email);

const handler = (make: (s: Subscription, facts: Facts) => readonly Draft[], status?: SubscriptionStatus) =>
  on(schema, (s, { event }) => {
    const facts = factsOf(s, status);
    const drafts = [subscriptionState(whoOf(s), event.occurredAt, facts), ...make(s, facts)];
    return withCustom(drafts, customFields("properties", s.properties));
  });

/** A new subscription. */
export const onStarted = handler((s, facts) => [
  subscriptionStarted(whoOf(s), { ...facts, status: facts.status ?? "active", ...attributionIn(s.properties) }),
]);

/** What changed is not told. */
export const onState = handler(() => []);

/** It was cancelled, and has ended: by the customer, or because the last attempt to charge failed. */
export const onCancelled = handler((s, facts) => {
  const ended = subscriptionExpired(whoOf(s), facts);
  if (facts.cancellation_reason === "payment_failed") return [ended];
  return [subscriptionCancelled(whoOf(s), { ...facts, immediate: true }), ended];
}, "expired");
