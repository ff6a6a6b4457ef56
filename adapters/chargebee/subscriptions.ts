/**
 * Chargebee's subscriptions, of both product catalogues.
 */
import * as z from "zod";
import type { Draft, MapResult, Properties } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  decisive,
  each,
  ignore,
  list,
  maybe,
  money,
  on,
  optional,
  pick,
  products,
  track,
} from "../../src/contract/adapter.ts";
import { content, owned, ownerOf } from "./customers.ts";

const { text, integer, unixSeconds: time } = maybe;

/** The plan is one of the items; in the older product catalogue it is on the subscription. */
const subscription = owned.extend({
  ...each(text, "status", "billing_period_unit", "cancel_reason", "cancel_reason_code"),
  ...each(integer, "billing_period", "plan_quantity", "plan_unit_price"),
  ...each(time, "trial_end", "current_term_start", "current_term_end", "next_billing_at"),
  ...each(time, "pause_date", "resume_date", "cancelled_at"),
  currency_code: maybe.currency,
  plan_id: maybe.id,
  subscription_items: optional(
    list(z.object({ item_price_id: maybe.id, item_type: text, quantity: integer, unit_price: integer })),
  ),
});

/** An event about a subscription. */
export const aboutSubscription = content.extend({ subscription });

/** The start of a subscription: its status says which kind. */
export const aboutBeginning = content.extend({ subscription: subscription.extend({ status: decisive(anyText) }) });

type AboutSubscription = z.output<typeof aboutSubscription>;

/** A subscription event. */
export function onSubscription(event: string) {
  return on(aboutSubscription, (c) => subscriptionEvent(event, c));
}

/** A created subscription, which starts now or later. */
export function created(c: AboutSubscription): MapResult {
  return c.subscription.status === "future" ? ignore("starts later, covered by subscription_started") : started(c);
}

/** A started subscription, with or without a trial. */
export function started(c: AboutSubscription): Draft {
  return subscriptionEvent(c.subscription.status === "in_trial" ? "Trial Started" : "Subscription Started", c);
}

function subscriptionEvent(event: string, c: AboutSubscription): Draft {
  const { subscription: s } = c;
  return track(ownerOf(c), event, {
    subscription_id: s.id,
    plan: s.plan_id ?? s.subscription_items?.find((item) => item.item_type === "plan")?.item_price_id,
    interval: s.billing_period_unit,
    interval_count: s.billing_period,
    currency: s.currency_code,
    ...productsOf(s),
    ...pick(s, "status", "trial_end", "cancelled_at"),
    current_period_start: s.current_term_start,
    current_period_end: s.current_term_end,
    next_billed_at: s.next_billing_at,
    paused_at: s.pause_date,
    resumes_at: s.resume_date,
    cancellation_reason: s.cancel_reason_code ?? s.cancel_reason,
  });
}

function productsOf(s: z.output<typeof subscription>): Properties {
  const items = s.subscription_items ?? [{ item_price_id: s.plan_id, quantity: s.plan_quantity, unit_price: s.plan_unit_price }];
  return products(
    items.map(({ item_price_id, unit_price, quantity }) => ({
      product_id: item_price_id,
      price: money("price", unit_price, s.currency_code).price,
      quantity,
    })),
  );
}
