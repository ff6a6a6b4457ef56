/**
 * Clerk Billing: subscriptions and payments of people and organizations.
 */
import * as z from "zod";
import type { Draft, MapResult, PersonFacts } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  currency,
  decisive,
  each,
  id,
  ignore,
  integer,
  maybe,
  money,
  on,
  optional,
  person,
  personId,
  pick,
  reference,
  track,
} from "../../src/contract/adapter.ts";

const { text, unixMilliseconds: time } = maybe;

const amount = optional(z.object({ amount: integer, currency }));

/** A person, or an organization with its payer's address. @see https://github.com/clerk/javascript/pull/7024 */
const payer = optional(z.object(each(text, "user_id", "email", "organization_id")));

const subscriptionItem = z.object({
  id,
  ...each(text, "status", "plan_period"),
  ...each(time, "period_start", "period_end", "canceled_at"),
  is_free_trial: decisive(z.boolean()),
  plan: decisive(z.object({ id, name: text, is_default: decisive(z.boolean()) })),
  amount,
  payer,
});

/** A payment attempt; `status` is its outcome. */
export const paymentAttempt = z.object({
  payment_id: id,
  status: decisive(anyText),
  charge_type: text,
  failed_reason: optional(z.object({ code: text, decline_code: text })),
  totals: optional(z.object({ grand_total: amount })),
  payer,
});

type SubscriptionItem = z.output<typeof subscriptionItem>;

function payerOf(p: z.output<typeof payer>, item?: string): PersonFacts {
  return person({ email: claimed(p?.email), ids: [personId("user", p?.user_id), reference("subscription_item", item)] });
}

/** A started plan. */
export const onActive = on(subscriptionItem, (s) => {
  if (s.plan?.is_default) return ignore("the free plan, the default for everyone");
  return itemEvent(s.is_free_trial ? "Trial Started" : "Subscription Started", s);
});

/** A subscription event. */
export function onItem(event: string) {
  return on(subscriptionItem, (s) => itemEvent(event, s));
}

function itemEvent(event: string, s: SubscriptionItem): Draft {
  return track(payerOf(s.payer, s.id), event, {
    subscription_item_id: s.id,
    organization_id: s.payer?.organization_id,
    plan_id: s.plan?.id,
    plan: s.plan?.name,
    interval: s.plan_period,
    current_period_start: s.period_start,
    current_period_end: s.period_end,
    ...pick(s, "status", "canceled_at"),
    ...money("price", s.amount?.amount, s.amount?.currency),
  });
}

/** The outcome of a payment. */
export function payment(p: z.output<typeof paymentAttempt>): MapResult {
  const properties = { ...pick(p, "payment_id", "charge_type"), organization_id: p.payer?.organization_id };
  const sum = p.totals?.grand_total;
  switch (p.status) {
    case "paid":
      if (sum?.amount === 0) return ignore("nothing was paid");
      return track(payerOf(p.payer), "Payment Succeeded", { ...properties, ...money("total", sum?.amount, sum?.currency) });
    case "failed":
      return track(payerOf(p.payer), "Payment Failed", {
        ...properties,
        ...money("amount", sum?.amount, sum?.currency),
        error_code: p.failed_reason?.code,
        decline_code: p.failed_reason?.decline_code,
      });
    default:
      return ignore("the payment is pending");
  }
}
