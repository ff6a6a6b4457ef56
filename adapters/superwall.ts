/**
 * Superwall: subscriptions and purchases of app stores. Amounts are in the currency of the purchase; a refund is a negative one.
 *
 * @see https://superwall.com/docs/integrations/webhooks
 */
import * as z from "zod";
import { decisive, defineAdapter, id, identify, ignore, ignoring, maybe, on, text } from "../src/contract/adapter.ts";
import { standardWebhooks } from "../src/contract/verify.ts";
import { type StoreStep, storeDrafts } from "../src/vocabulary/adapter.ts";
import { event, isRefund, purchaseOf } from "./superwall/events.ts";

const step = (name: StoreStep, converted: StoreStep = name) =>
  on(event, (e, { event: { occurredAt } }) => {
    const purchase = purchaseOf(e, occurredAt);
    if (isRefund(e)) return storeDrafts(e.expirationAt ? "refunded" : "bought_refunded", purchase);
    if (name === "cancelled" && e.cancelReason === "BILLING_ERROR") return ignore("told by billing_issue");
    const known = identify(purchase.who, { country_code: e.countryCode ?? undefined });
    return [known, ...storeDrafts(e.isTrialConversion ? converted : name, purchase)];
  });

export default defineAdapter({
  id: "superwall",
  name: "Superwall",
  givesUp: { hours: 5 * 24 },
  secret: {
    format: /^whsec_[A-Za-z0-9+/]{22,}={0,2}$/,
    hint: "Signing secret of the webhook (whsec_…)",
    demo: "whsec_dHJpYnV0YXJ5X2RlbW9fc3VwZXJ3YWxsXzAwMDA=",
  },
  verify: standardWebhooks({ prefix: "svix-" }),
  userIdFrom: ["userId"],
  states: ["subscription"],
  webhook: z.object({
    body: z.object({
      type: text,
      timestamp: maybe.unixMilliseconds,
      data: z.looseObject({ id, ts: maybe.unixMilliseconds, environment: decisive(text) }),
    }),
  }),
  events: ({ body: { type, timestamp, data } }, { receivedAt }) => [
    {
      id: data.id,
      type,
      occurredAt: data.ts ?? timestamp ?? receivedAt,
      test: type === "test" || data.environment === "SANDBOX",
      data,
    },
  ],
  handlers: {
    initial_purchase: step("started"),
    renewal: step("renewed", "converted"),
    cancellation: step("cancelled"),
    uncancellation: step("reactivated"),
    expiration: step("expired"),
    billing_issue: step("failed"),
    product_change: step("changed"),
    subscription_paused: step("paused"),
    non_renewing_purchase: step("bought"),
    ...ignoring("prolonged without a payment", "subscription_extended"),
    ...ignoring("a connection test", "test"),
  },
});
