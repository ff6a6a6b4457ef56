/**
 * Braintree: subscriptions and their charges, settlements, disputes, revoked payment methods.
 *
 * Each notification is XML in base64 without an id: its id is made of kind, subject and time. Only the transactions of a subscription hold the
 * customer's record; disputes and settlements name a transaction, which the identity book resolves.
 *
 * @see https://developer.paypal.com/braintree/docs/guides/webhooks/overview
 */
import * as z from "zod";
import { answerText, base64Xml, defineAdapter, handshake, id, ignore, ignoring, isoTime, text } from "../src/contract/adapter.ts";
import { hashed, hmac, listed } from "../src/contract/verify.ts";
import { subscriptionExpired, subscriptionPastDue } from "../src/vocabulary/adapter.ts";
import { onDeclined, onDisputeClosed, onDisputeOpened, onRefundFailed, onSettled } from "./braintree/settlements.ts";
import { onActive, onCanceled, onCharged, onChargeFailed, onSubscription, onTrialEnded } from "./braintree/subscriptions.ts";
import { onRevoked, revokedMethod } from "./braintree/transactions.ts";

/**
 * What Braintree asks to have signed, with the key that signs webhooks, when one is made: never taken for the payload of a webhook.
 * @see https://github.com/braintree/braintree_node/blob/master/lib/braintree/webhook_notification_gateway.js
 */
const CHALLENGE = /^[0-9a-f]{20,32}$/;

const key = hashed("SHA-1");

/** The part of an event's id beside its kind and time. */
const named = z.record(z.string(), z.looseObject({ id })).transform((subject) => Object.values(subject)[0]?.id);

export default defineAdapter({
  id: "braintree",
  name: "Braintree",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Private key of an API key pair; the public key goes into the option public_key",
    demo: "tributary_demo_braintree_private",
  },
  verify: ({ public_key }) =>
    hmac({
      hash: "SHA-1",
      field: "bt_signature",
      encoding: "hex",
      covers: "body",
      layout: listed(`${public_key}|`, "&"),
      key,
      format: "form",
      message: ({ content }) => {
        const payload = content("bt_payload");
        return [payload !== null && CHALLENGE.test(payload) ? null : payload];
      },
    }),
  handshakes: ({ public_key }) => [
    handshake({
      proof: "unsigned",
      method: "GET",
      request: z.object({ query: z.object({ bt_challenge: z.string().regex(CHALLENGE) }) }),
      answer: async ({ query }, tools) =>
        answerText(`${public_key}|${await tools.hmac("SHA-1", query.bt_challenge, "hex", key)}`),
    }),
  ],
  options: z.strictObject({
    public_key: z
      .string()
      .regex(/^[a-z0-9_]{8,64}$/)
      .describe("public key of the API key pair; selects this source's signature when Braintree sends several"),
  }),
  demoOptions: { public_key: "demo_public_key" },
  format: "form",
  webhook: z.object({
    body: z.object({
      bt_payload: base64Xml
        .transform((xml): unknown => xml)
        .pipe(z.object({ notification: z.object({ kind: text, timestamp: isoTime, subject: z.unknown() }) })),
    }),
  }),
  states: ["subscription"],
  // Only one field of the form is signed, so a hash of the whole body cannot be the id.
  events: ({ body: { bt_payload } }) => {
    const { kind: type, timestamp, subject } = bt_payload.notification;
    const id = [type, named.safeParse(subject).data ?? revokedMethod.safeParse(subject).data?.[1].token, timestamp];
    return [{ id: id.join(":"), type, occurredAt: timestamp, test: false, data: subject }];
  },
  handlers: {
    subscription_went_active: onActive,
    subscription_charged_successfully: onCharged,
    subscription_charged_unsuccessfully: onChargeFailed,
    subscription_went_past_due: onSubscription(subscriptionPastDue),
    subscription_trial_ended: onTrialEnded,
    subscription_canceled: onCanceled,
    subscription_expired: onSubscription(subscriptionExpired),
    subscription_billing_skipped: ignore("nothing was due"),

    transaction_settled: onSettled,
    transaction_settlement_declined: onDeclined,
    // @see https://github.com/braintree/braintree_node/blob/master/lib/braintree/webhook_notification.js
    refund_failed: onRefundFailed,
    ...ignoring("an intermediate step of a payment", "transaction_retried transaction_reviewed"),
    ...ignoring("names no customer", "local_payment_completed local_payment_expired local_payment_funded local_payment_reversed"),
    transaction_disbursed: ignore("about the merchant, not a customer"),

    dispute_opened: onDisputeOpened,
    dispute_won: onDisputeClosed("won"),
    dispute_lost: onDisputeClosed("lost"),
    dispute_accepted: onDisputeClosed("lost"),
    dispute_auto_accepted: onDisputeClosed("lost"),
    dispute_expired: onDisputeClosed("lost"),
    ...ignoring("an intermediate step of a dispute", "dispute_disputed dispute_under_review"),

    payment_method_revoked_by_customer: onRevoked,
    payment_method_customer_data_updated: ignore("about an account at PayPal or Venmo, not the merchant's customer"),
    check: ignore("a connection test"),
  },
  otherwise: ignore("about the merchant, not a customer"),
});
