/**
 * Google Play: subscriptions and purchases, by the real-time developer notifications that Pub/Sub pushes.
 *
 * A notification says that a purchase changed, and which; neither who bought it nor for how much.
 *
 * @see https://developer.android.com/google/play/billing/rtdn-reference
 */
import * as z from "zod";
import {
  base64Json,
  decisive,
  defineAdapter,
  id,
  ignoring,
  integer,
  optional,
  unixMilliseconds,
} from "../src/contract/adapter.ts";
import { jwt } from "../src/contract/verify-public-key.ts";
import { named, onPurchase, onVoided } from "./google-play/purchases.ts";

const demo = "tributary_demo@example.iam.gserviceaccount.com";

const options = z.strictObject({
  audience: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      "Audience of the push subscription; by default the URL of this source, as with Google, and public_url is needed for it",
    ),
  package_name: z
    .string()
    .regex(/^[A-Za-z0-9_.]{3,155}$/)
    .optional()
    .describe("package name of the app whose notifications are accepted (com.example.app); all that the topic has by default"),
});

const some = optional(z.looseObject({ notificationType: optional(integer) }));

export default defineAdapter({
  id: "google-play",
  name: "Google Play",
  secret: {
    format: /^[a-z0-9_-]{3,63}@[a-z0-9.-]{3,150}\.com$/,
    hint: "E-mail address of the service account with which the push subscription authenticates; Google signs it; not a secret",
    demo,
  },
  // @see https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
  verify: ({ audience }) =>
    jwt({
      algorithm: "RS256",
      token: { header: "authorization", prefix: "Bearer " },
      covers: "nothing",
      keys: { url: () => "https://www.googleapis.com/oauth2/v3/certs", demo },
      claims: (parts) => ({
        iss: "https://accounts.google.com",
        aud: audience ?? parts.url,
        email: parts.secret,
        email_verified: true,
      }),
    }),
  options,
  demoOptions: { audience: "https://hooks.example.com" },
  tenant: { option: "package_name", required: false },
  states: ["subscription"],
  webhook: z.object({
    body: z.object({
      message: z.object({
        messageId: id,
        data: base64Json.pipe(
          z.looseObject({
            packageName: id,
            eventTimeMillis: unixMilliseconds,
            subscriptionNotification: some,
            oneTimeProductNotification: some,
            voidedPurchaseNotification: decisive(z.looseObject({})),
            testNotification: decisive(z.looseObject({})),
          }),
        ),
      }),
    }),
  }),
  events: ({ body: { message } }) => {
    const { subscriptionNotification: subscription, oneTimeProductNotification: product, ...n } = message.data;
    return [
      {
        id: message.messageId,
        type: n.testNotification ? "TEST" : n.voidedPurchaseNotification ? "VOIDED_PURCHASE" : named(subscription, product),
        occurredAt: n.eventTimeMillis,
        test: Boolean(n.testNotification),
        data: subscription ?? product ?? n.voidedPurchaseNotification,
        tenant: n.packageName,
      },
    ];
  },
  handlers: {
    SUBSCRIPTION_PURCHASED: onPurchase("started"),
    SUBSCRIPTION_RENEWED: onPurchase("renewed"),
    SUBSCRIPTION_RECOVERED: onPurchase("recovered"),
    SUBSCRIPTION_CANCELED: onPurchase("cancelled"),
    SUBSCRIPTION_RESTARTED: onPurchase("reactivated"),
    SUBSCRIPTION_IN_GRACE_PERIOD: onPurchase("failed"),
    SUBSCRIPTION_ON_HOLD: onPurchase("failed"),
    SUBSCRIPTION_PAUSED: onPurchase("paused"),
    SUBSCRIPTION_REVOKED: onPurchase("expired"),
    SUBSCRIPTION_EXPIRED: onPurchase("expired"),
    SUBSCRIPTION_ITEMS_CHANGED: onPurchase("upgraded"),
    ONE_TIME_PRODUCT_PURCHASED: onPurchase("bought"),
    VOIDED_PURCHASE: onVoided,
    ...ignoring("never paid", "SUBSCRIPTION_PENDING_PURCHASE_CANCELED ONE_TIME_PRODUCT_CANCELED"),
    ...ignoring("told by SUBSCRIPTION_CANCELED", "SUBSCRIPTION_CANCELLATION_SCHEDULED"),
    ...ignoring(
      "does not say what changed",
      `SUBSCRIPTION_PRICE_CHANGE_CONFIRMED SUBSCRIPTION_PRICE_CHANGE_UPDATED SUBSCRIPTION_PRICE_STEP_UP_CONSENT_UPDATED
      SUBSCRIPTION_DEFERRED SUBSCRIPTION_PAUSE_SCHEDULE_CHANGED`,
    ),
    ...ignoring("a connection test", "TEST"),
  },
});
