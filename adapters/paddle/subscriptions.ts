/**
 * Paddle's subscriptions, and the items that they and transactions are made of.
 */
import * as z from "zod";
import type { Draft, Maybe, Properties } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  decisive,
  each,
  list,
  maybe,
  money,
  on,
  optional,
  pick,
  products,
  track,
} from "../../src/contract/adapter.ts";
import { owned, ownerOf } from "./customers.ts";

const { text, integer, isoTime: time } = maybe;

/** A price and its quantity. */
export const item = z.object({
  price: optional(
    z.object({
      ...each(maybe.id, "id", "product_id"),
      ...each(text, "name", "description"),
      unit_price: optional(z.object({ amount: integer, currency_code: maybe.currency })),
    }),
  ),
  product: optional(z.object({ name: text })),
  quantity: integer,
  trial_dates: optional(z.object({ ends_at: time })),
});

type Item = z.output<typeof item>;

/** A subscription. */
export const subscription = owned.extend({
  ...each(text, "status", "collection_mode"),
  items: list(item),
  billing_cycle: optional(z.object({ interval: text, frequency: integer })),
  current_billing_period: optional(z.object({ starts_at: time, ends_at: time })),
  ...each(time, "next_billed_at", "started_at", "paused_at", "canceled_at"),
  scheduled_change: optional(z.object({ action: text, effective_at: time, resume_at: time })),
});

/** An activated subscription: after a trial, if an item had one. */
export const activated = subscription.extend({
  items: z.array(item.extend({ trial_dates: decisive(z.object({ ends_at: time })) })),
});

/** A changed subscription: its end may be scheduled. */
export const updated = subscription.extend({
  scheduled_change: decisive(z.object({ action: decisive(anyText), effective_at: time, resume_at: time })),
});

/** A subscription event. */
export function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

/** A subscription event whose name depends on the subscription. */
export function subscriptionEvent(event: string, s: z.output<typeof subscription>): Draft {
  const { scheduled_change: change } = s;
  return track(ownerOf(s, { subscription: s.id }), event, {
    subscription_id: s.id,
    ...pick(s, "status", "collection_mode"),
    plan: nameOf(s.items[0]),
    interval: s.billing_cycle?.interval,
    interval_count: s.billing_cycle?.frequency,
    ...productsOf(s.items),
    trial_end: s.items[0]?.trial_dates?.ends_at,
    current_period_start: s.current_billing_period?.starts_at,
    current_period_end: s.current_billing_period?.ends_at,
    ...pick(s, "next_billed_at", "started_at", "paused_at", "canceled_at"),
    resumes_at: change?.action === "resume" ? change.effective_at : change?.resume_at,
    cancel_at: change?.action === "cancel" ? change.effective_at : null,
  });
}

/** The products of an event. */
export function productsOf(items: readonly Item[]): Properties {
  return products(
    items.map((one) => ({
      ...pick(one.price, "product_id"),
      price_id: one.price?.id,
      name: one.product?.name ?? nameOf(one),
      variant: one.product?.name ? nameOf(one) : null,
      price: money("price", one.price?.unit_price?.amount, one.price?.unit_price?.currency_code).price,
      quantity: one.quantity,
    })),
  );
}

function nameOf(one: Maybe<Item>): Maybe<string> {
  return one?.price?.name ?? one?.price?.description;
}
