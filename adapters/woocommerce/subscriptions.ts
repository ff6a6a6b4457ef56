/**
 * Subscriptions, where the shop has the extension WooCommerce Subscriptions. Each of their payments is an order.
 *
 * @see https://woocommerce.github.io/subscriptions-rest-api-docs/
 */
import * as z from "zod";
import type { Maybe } from "../../src/contract/adapter.ts";
import { blank, currency, decimal, each, id, maybe, moneyProperties, on, text, track } from "../../src/contract/adapter.ts";
import { address, gmt } from "./customers.ts";
import { lines, moneyOf, productsOf } from "./lines.ts";
import { buyerOf, type Fact, type Facts } from "./orders.ts";

/** Empty if there is none. */
const date = z.union([gmt, blank]);

const subscription = z.object({
  id,
  billing_period: text,
  billing_interval: maybe.integer,
  status: text,
  currency,
  customer_id: maybe.id,
  billing: address,
  total: decimal,
  ...each(date, "start_date_gmt", "trial_end_date_gmt", "next_payment_date_gmt", "cancelled_date_gmt", "end_date_gmt"),
  date_modified_gmt: gmt,
  line_items: lines,
});

/** A fact of a subscription. */
const entry = z.object({
  subscription,
  event: z.enum(["Subscription Started", "Subscription Cancelled", "Subscription Expired"]),
});

/** The facts in a subscription's state. `on-hold` is none: each renewal sets it until the payment is in. */
export function subscriptionFacts(body: unknown): Facts {
  const s = subscription.safeParse(body).data;
  return s ? { modifiedAt: s.date_modified_gmt, facts: factsIn(s, body) } : null;
}

function factsIn(s: z.output<typeof subscription>, body: unknown): readonly Fact[] {
  const toFact = (event: z.output<typeof entry>["event"], factId: string, at: Maybe<string>): Fact => ({
    id: `subscription-${factId}:${s.id}`,
    at,
    data: { event, subscription: body },
  });
  // Kept from the cancellation until it is revoked, so both states give the same fact.
  const cancelled = toFact("Subscription Cancelled", `cancelled:${s.cancelled_date_gmt}`, s.cancelled_date_gmt);
  const ended = toFact("Subscription Expired", "ended", s.end_date_gmt);
  switch (s.status) {
    case "active":
      return [toFact("Subscription Started", "started", s.start_date_gmt)];
    case "pending-cancel":
      return [cancelled];
    case "cancelled":
      return [cancelled, ended];
    case "expired":
      return [ended];
    default:
      return [];
  }
}

/** A fact with its subscription. */
export const onSubscriptionFact = on(entry, ({ event, subscription: s }) =>
  track(buyerOf(s, "subscription"), event, {
    subscription_id: s.id,
    status: s.status,
    ...moneyProperties("price", moneyOf(s.total, s)),
    interval: s.billing_period,
    interval_count: s.billing_interval,
    started_at: s.start_date_gmt,
    trial_end: s.trial_end_date_gmt,
    next_payment_at: s.next_payment_date_gmt,
    cancelled_at: s.cancelled_date_gmt,
    ends_at: s.end_date_gmt,
    ...productsOf(s.line_items),
  }),
);
