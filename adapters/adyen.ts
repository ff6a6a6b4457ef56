/**
 * Adyen: payments, refunds and disputes, by the standard webhook. Amounts are whole minor units.
 *
 * The signature covers the references, the amount and the outcome, and nothing else: not who paid.
 *
 * @see https://docs.adyen.com/development-resources/webhooks/
 */
import * as z from "zod";
import { decisive, defineAdapter, id, ignore, ignoring, maybe, text } from "../src/contract/adapter.ts";
import { bare, hex, hmac } from "../src/contract/verify.ts";
import { onAuthorised, onCaptured, onDispute, onRefund, onRefundFailed } from "./adyen/payments.ts";

const ITEM = "notificationItems.0.NotificationRequestItem";

/** What is signed beside the reference, in this order. */
const SIGNED = [
  "originalReference",
  "merchantAccountCode",
  "merchantReference",
  "amount.value",
  "amount.currency",
  "eventCode",
  "success",
];

const item = z.looseObject({
  pspReference: id,
  eventCode: text,
  success: decisive(text),
  eventDate: maybe.isoTime,
  merchantAccountCode: decisive(id),
});

export default defineAdapter({
  id: "adyen",
  name: "Adyen",
  secret: {
    format: /^[0-9A-Fa-f]{64}$/,
    hint: "HMAC key of the webhook: 64 hexadecimal digits",
    demo: "7472696275746172795f64656d6f5f616479656e5f3031323334353637383961",
  },
  verify: hmac({
    hash: "SHA-256",
    field: `${ITEM}.additionalData.hmacSignature`,
    encoding: "base64",
    covers: "nothing",
    layout: bare(),
    message: ({ field }) => [field(`${ITEM}.pspReference`), ...SIGNED.flatMap((name) => [":", field(`${ITEM}.${name}`) ?? ""])],
    key: hex(),
  }),
  options: z.strictObject({
    capture: z
      .enum(["automatic", "manual"])
      .default("automatic")
      .describe("`automatic`: an authorised payment is money that came in; `manual`: money comes in with its capture"),
    merchant_account: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe("merchant account whose webhooks are accepted; all that use this HMAC key by default"),
  }),
  tenant: { option: "merchant_account", required: false },
  userIdFrom: ["shopperReference"],
  // @see https://docs.adyen.com/development-resources/webhooks/configure-and-manage
  acknowledge: () => ({ notificationResponse: "[accepted]" }),
  webhook: z.object({
    body: z.object({
      live: decisive(text),
      notificationItems: z.array(z.object({ NotificationRequestItem: item })).min(1),
    }),
  }),
  events: ({ body: { live, notificationItems } }, { receivedAt }) =>
    notificationItems.map(({ NotificationRequestItem: data }, place) => ({
      id: `${data.pspReference}:${data.eventCode}:${data.success}${place === 0 ? "" : `:${place}`}`,
      type: data.eventCode,
      occurredAt: data.eventDate ?? receivedAt,
      test: live !== "true",
      data,
      ...(data.merchantAccountCode ? { tenant: data.merchantAccountCode } : {}),
      // Adyen sends one item in JSON, and each has a signature of its own.
      ...(place === 0 ? {} : { ignore: "not the first item: its signature was not checked" }),
    })),
  handlers: {
    AUTHORISATION: onAuthorised,
    CAPTURE: onCaptured,
    REFUND: onRefund,
    NOTIFICATION_OF_CHARGEBACK: onDispute("opened"),
    CHARGEBACK: onDispute("lost"),
    CHARGEBACK_REVERSED: onDispute("won"),
    ...ignoring(
      "no money moved",
      "CANCELLATION TECHNICAL_CANCEL RECURRING_CONTRACT REPORT_AVAILABLE OFFER_CLOSED AUTHENTICATION",
    ),
    ...ignoring("told by NOTIFICATION_OF_CHARGEBACK", "REQUEST_FOR_INFORMATION"),
    REFUND_FAILED: onRefundFailed,
    CAPTURE_FAILED: ignore("told as a capture before; Adyen tries again"),
    CANCEL_OR_REFUND: onRefund,
  },
  otherwise: ignore("no handler for this code"),
});
