/**
 * What the facts in a WooCommerce subscription become.
 */
import { fromDecimal, type MapResult, on } from "../../src/contract/adapter.ts";
import {
  mrrOf,
  period,
  type SubscriptionProperties,
  subscriptionCancelled,
  subscriptionExpired,
  subscriptionPaused,
  subscription as subscriptionProperties,
  subscriptionStarted,
  subscriptionState,
  trialConverted,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";
import { moneyOf, productsOf, variantOf, without } from "./lines.ts";
import { attributionOf, customOf } from "./meta.ts";
import { buyerOf } from "./orders.ts";
import { entry, type Subscription, statusOf } from "./subscriptions.ts";

/** A fact with its subscription. */
export const onSubscriptionFact = on(entry, ({ fact, subscription: s }, { event }): MapResult => {
  const who = buyerOf(s, "subscription");
  const facts = factsOf(s);
  if (fact === "state") return subscriptionState(who, event.occurredAt, facts);
  const properties = { ...facts, ...productsOf(s.line_items), ...attributionOf(s.meta_data) };
  const more = customOf(s.meta_data);
  switch (fact) {
    case "trial":
      return trialStarted(who, { ...properties, status: "trialing" }, more);
    case "converted":
      return trialConverted(who, properties, more);
    case "paused":
      return subscriptionPaused(who, properties, more);
    case "expired":
      return subscriptionExpired(who, properties, more);
    case "started":
      return subscriptionStarted(who, { ...properties, status: s.trial_end_date_gmt ? "trialing" : "active" }, more);
    case "cancelled":
      return subscriptionCancelled(who, { ...properties, immediate: s.status === "cancelled" && isAtOnce(s) }, more);
  }
});

/** A shop keeps the time of a decision, and that of the end: at once they are seconds apart. */
function isAtOnce(s: Subscription): boolean {
  if (!s.cancelled_date_gmt || !s.end_date_gmt) return true;
  return Date.parse(s.end_date_gmt) - Date.parse(s.cancelled_date_gmt) < 60_000;
}

/** The plan is the first line; what is billed in a month is that of all lines, without tax and shipping. */
function factsOf(s: Subscription): SubscriptionProperties {
  const [item] = s.line_items;
  const every = period(s.billing_period, s.billing_interval);
  const net = without(moneyOf(s.total, s), moneyOf(s.total_tax, s), moneyOf(s.shipping_total, s));
  return subscriptionProperties({
    subscription_id: s.id,
    status: statusOf(s),
    status_raw: s.status,
    plan_id: variantOf(item) ?? item?.product_id,
    plan_name: item?.name,
    product_id: item?.product_id,
    price: typeof item?.price === "number" ? fromDecimal(String(item.price), s.currency) : null,
    quantity: item?.quantity,
    ...every,
    mrr: mrrOf({ price: net, quantity: 1, ...every }),
    coupons: s.coupon_lines?.map(({ code }) => code),
    trial_ends_at: s.trial_end_date_gmt,
    current_period_ends_at: s.next_payment_date_gmt ?? s.end_date_gmt,
    next_billing_at: s.next_payment_date_gmt,
    started_at: s.start_date_gmt,
    cancelled_at: s.cancelled_date_gmt,
    ends_at: s.end_date_gmt,
    ended_at: s.status === "cancelled" || s.status === "expired" ? s.end_date_gmt : null,
  });
}
