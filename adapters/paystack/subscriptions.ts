/**
 * Paystack's subscriptions.
 */
import * as z from "zod";
import type { Draft } from "../../src/contract/adapter.ts";
import {
  currency,
  decisive,
  each,
  fromMinor,
  id,
  integer,
  maybe,
  on,
  optional,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import {
  fold,
  period,
  subscription,
  subscriptionCancelled,
  subscriptionExpired,
  subscriptionStarted,
  subscriptionState,
} from "../../src/vocabulary/adapter.ts";
import { customer, known, personOf } from "./customers.ts";

const schema = z.looseObject({
  subscription_code: id,
  status: decisive(text),
  amount: optional(integer),
  next_payment_date: maybe.isoTime,
  ...each(maybe.isoTime, "createdAt", "created_at"),
  plan: optional(z.looseObject({ ...each(maybe.text, "name", "interval"), plan_code: maybe.id, currency: optional(currency) })),
  customer,
});

/** `non-renewing` runs until it is disabled; `attention` owes a payment; `complete` has had all of its payments. */
const STATUSES = {
  active: "active",
  "non-renewing": "cancelled",
  attention: "past_due",
  complete: "expired",
  completed: "expired",
  cancelled: "expired",
} as const;

const handler = (make: (who: ReturnType<typeof personOf>, facts: ReturnType<typeof factsOf>, at: string) => readonly Draft[]) =>
  on(schema, (s, { event: { occurredAt } }) => {
    const who = personOf(s.customer, s, reference("subscription", s.subscription_code));
    const facts = factsOf(s);
    return [known(s.customer, who), subscriptionState(who, occurredAt, facts), ...make(who, facts, occurredAt)];
  });

function factsOf(s: z.output<typeof schema>) {
  const isOver = fold(s.status, STATUSES) === "expired";
  return subscription({
    subscription_id: s.subscription_code,
    status: fold(s.status, STATUSES),
    status_raw: s.status,
    plan_id: s.plan?.plan_code,
    plan_name: s.plan?.name,
    price: s.amount && s.plan?.currency ? fromMinor(s.amount, s.plan.currency) : null,
    ...period(s.plan?.interval),
    next_billing_at: isOver ? null : s.next_payment_date,
    started_at: s.createdAt ?? s.created_at,
  });
}

/** It began; the first payment is told by charge.success. */
export const onCreated = handler((who, facts) => [subscriptionStarted(who, { ...facts, status: facts.status ?? "active" })]);

/** It will not be renewed. */
export const onNotRenewed = handler((who, { next_billing_at: ends_at, ...facts }, cancelled_at) => [
  subscriptionCancelled(who, { ...facts, cancelled_at, ends_at }),
]);

/** It ended: at the end of a period, or after its last payment. */
export const onDisabled = handler((who, facts, ended_at) => [subscriptionExpired(who, { ...facts, ended_at })]);
