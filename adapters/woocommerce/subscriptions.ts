/**
 * Subscriptions, where the shop has the extension WooCommerce Subscriptions. Each of their payments is an order.
 *
 * @see https://woocommerce.github.io/subscriptions-rest-api-docs/
 */
import * as z from "zod";
import type { Maybe } from "../../src/contract/adapter.ts";
import { blank, currency, decimal, each, id, list, maybe, optional, text } from "../../src/contract/adapter.ts";
import type { SubscriptionStatus } from "../../src/vocabulary/adapter.ts";
import { address, gmt } from "./customers.ts";
import { words } from "./entities.ts";
import { lines } from "./lines.ts";
import { meta } from "./meta.ts";
import type { Fact, Facts } from "./orders.ts";

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
  ...each(maybe.decimal, "total_tax", "shipping_total"),
  ...each(date, "start_date_gmt", "trial_end_date_gmt", "next_payment_date_gmt", "last_payment_date_gmt"),
  ...each(date, "cancelled_date_gmt", "end_date_gmt"),
  date_modified_gmt: gmt,
  coupon_lines: optional(list(z.object({ code: words }))),
  line_items: lines,
  meta_data: meta,
});

/** A subscription. */
export type Subscription = z.output<typeof subscription>;

/** A fact of a subscription; `state` is how it stands. */
export const entry = z.object({
  subscription,
  fact: z.enum(["state", "trial", "started", "converted", "paused", "cancelled", "expired"]),
});

type Happening = z.output<typeof entry>["fact"];

/** The facts in a subscription's state, and the state itself. */
export function subscriptionFacts(body: unknown): Facts {
  const s = subscription.safeParse(body).data;
  return s ? { modifiedAt: s.date_modified_gmt, facts: factsIn(s, body) } : null;
}

function factsIn(s: Subscription, body: unknown): readonly Fact[] {
  const toFact = (fact: Happening, factId: string, at: Maybe<string>): Fact => ({
    id: `subscription-${factId}:${s.id}`,
    at,
    data: { fact, subscription: body },
  });
  const status = statusOf(s);
  if (!status) return [];
  // Kept from the cancellation until it is revoked, so both states give the same fact.
  const cancelled = toFact("cancelled", `cancelled:${s.cancelled_date_gmt}`, s.cancelled_date_gmt);
  const ended = toFact("expired", "ended", s.end_date_gmt);
  const trialEnd = s.trial_end_date_gmt;
  const state = toFact("state", `state:${s.date_modified_gmt ?? ""}:${s.status}`, null);
  switch (s.status) {
    case "active": {
      const started = toFact("started", "started", s.start_date_gmt);
      const trial = trialEnd ? [toFact("trial", "trial-started", s.start_date_gmt)] : [];
      const isPaid = trialEnd && status === "active" && s.last_payment_date_gmt && s.last_payment_date_gmt >= trialEnd;
      return [state, ...trial, started, ...(isPaid ? [toFact("converted", "converted", s.last_payment_date_gmt)] : [])];
    }
    case "on-hold":
      return [state, toFact("paused", `paused:${s.next_payment_date_gmt}`, null)];
    case "pending-cancel":
      return [state, cancelled];
    case "cancelled":
      return [state, cancelled, ended];
    default:
      return [state, ended];
  }
}

/** Nothing for one that never began, and for `on-hold` at a renewal, which sets it until the payment is in. */
export function statusOf(s: Subscription): SubscriptionStatus | null {
  const now = s.date_modified_gmt ?? "";
  switch (s.status) {
    case "active":
      return s.trial_end_date_gmt && s.trial_end_date_gmt > now ? "trialing" : "active";
    case "on-hold":
      return s.next_payment_date_gmt && s.next_payment_date_gmt > now ? "paused" : null;
    case "pending-cancel":
      return "cancelled";
    case "cancelled":
    case "expired":
      return "expired";
    default:
      return null;
  }
}
