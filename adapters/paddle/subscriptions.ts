/**
 * Paddle's subscriptions, and the items that they and transactions are made of.
 */
import * as z from "zod";
import { on } from "../../src/contract/define.ts";
import { type Draft, type Properties, pick, products, track } from "../../src/contract/drafts.ts";
import type { Maybe } from "../../src/contract/facts.ts";
import { each, maybe } from "../../src/contract/fields.ts";
import { money } from "../../src/contract/money.ts";
import { owned, ownerOf } from "./customers.ts";

const { text, integer, isoTime: time } = maybe;

/** A price that was chosen, and how many of it. */
export const item = z.object({
  price: z
    .object({
      ...each(maybe.id, "id", "product_id"),
      ...each(text, "name", "description"),
      unit_price: z.object({ amount: integer, currency_code: maybe.currency }).nullish(),
    })
    .nullish(),
  product: z.object({ name: text }).nullish(),
  quantity: integer,
  trial_dates: z.object({ ends_at: time }).nullish(),
});

type Item = z.output<typeof item>;

/** A subscription. */
export const subscription = owned.extend({
  ...each(text, "status", "collection_mode"),
  items: z.array(item),
  billing_cycle: z.object({ interval: text, frequency: integer }).nullish(),
  current_billing_period: z.object({ starts_at: time, ends_at: time }).nullish(),
  ...each(time, "next_billed_at", "started_at", "paused_at", "canceled_at"),
  scheduled_change: z.object({ action: text, effective_at: time, resume_at: time }).nullish(),
});

/** A step of a subscription's life. */
export function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

/** A step of a subscription's life, where which one it is has to be read off the subscription. */
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
