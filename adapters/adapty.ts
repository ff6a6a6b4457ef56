/**
 * Adapty: subscriptions and purchases of app stores. Amounts are in the currency of the purchase.
 *
 * @see https://adapty.io/docs/webhook-event-types-and-fields
 */
import * as z from "zod";
import { answerJson, decisive, defineAdapter, handshake, identify, ignoring, maybe, on, text } from "../src/contract/adapter.ts";
import { token } from "../src/contract/verify.ts";
import { type StoreStep, storeDrafts } from "../src/vocabulary/adapter.ts";
import { event, purchaseOf } from "./adapty/events.ts";

const step = (name: StoreStep, isTrial = false) =>
  on(event, (e, { event: { occurredAt } }) => {
    const purchase = purchaseOf(e, occurredAt, isTrial);
    return [{ ...identify(purchase.who, {}), custom: purchase.custom ?? [] }, ...storeDrafts(name, purchase)];
  });

export default defineAdapter({
  id: "adapty",
  name: "Adapty",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Authorization header value of the webhook: at least 16 random characters, chosen by you",
    demo: "tributary_demo_adapty_0123456789",
  },
  verify: token({ header: "authorization" }),
  // When the webhook is saved. @see https://adapty.io/docs/set-up-webhook-integration
  handshakes: [
    handshake({
      proof: "unsigned",
      method: "POST",
      request: z.object({ body: z.strictObject({ adapty_check: z.string().regex(/^[\w-]{1,255}$/) }) }),
      answer: ({ body }) => answerJson({ adapty_check_response: body.adapty_check }),
    }),
  ],
  userIdFrom: ["customer_user_id"],
  states: ["subscription"],
  webhook: z.object({
    body: z.looseObject({
      event_type: text,
      event_datetime: maybe.isoTime,
      event_properties: z.looseObject({ profile_event_id: maybe.id, environment: decisive(text) }),
    }),
  }),
  events: ({ body }, { bodyHash, receivedAt }) => [
    {
      id: body.event_properties.profile_event_id ?? `${body.event_type}:${bodyHash}`,
      type: body.event_type,
      occurredAt: body.event_datetime ?? receivedAt,
      test: body.event_properties.environment?.toLowerCase() === "sandbox",
      data: body,
    },
  ],
  handlers: {
    trial_started: step("started", true),
    trial_converted: step("converted"),
    trial_renewal_cancelled: step("cancelled", true),
    trial_renewal_reactivated: step("reactivated", true),
    trial_expired: step("expired", true),
    subscription_started: step("started"),
    subscription_renewed: step("renewed"),
    subscription_renewal_cancelled: step("cancelled"),
    subscription_renewal_reactivated: step("reactivated"),
    subscription_expired: step("expired"),
    subscription_paused: step("paused"),
    subscription_refunded: step("refunded"),
    billing_issue_detected: step("failed"),
    non_subscription_purchase: step("bought"),
    non_subscription_purchase_refunded: step("bought_refunded"),
    ...ignoring("told by billing_issue_detected", "entered_grace_period"),
    ...ignoring("prolonged without a payment", "subscription_deferred"),
    ...ignoring("follows from a purchase, renewal or end", "access_level_updated"),
  },
});
