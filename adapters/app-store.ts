/**
 * Apple App Store: subscriptions and purchases, by the server notifications of version 2. Amounts are what the customer paid, in thousandths.
 *
 * @see https://developer.apple.com/documentation/appstoreservernotifications/notificationtype
 */
import * as z from "zod";
import {
  decisive,
  defineAdapter,
  id,
  identify,
  ignore,
  ignoring,
  type MapHandler,
  on,
  text,
  tokenText,
  unixMilliseconds,
} from "../src/contract/adapter.ts";
import { chainedToken } from "../src/contract/verify-public-key.ts";
import { type StoreStep, storeDrafts } from "../src/vocabulary/adapter.ts";
import { APPLE_ROOT_G3, MARKS, ownerOf } from "./app-store/chain.ts";
import { notice, offered, priceIncrease, prolonged, purchaseOf } from "./app-store/purchases.ts";
import { refundReversed, restored } from "./app-store/refunds.ts";

const demo = "com.example.tributary_demo";

/** What happened, by the notification's subtype; the empty one is that of notifications without. */
const step = (steps: { readonly [subtype: string]: StoreStep | typeof offered }, otherwise: string): MapHandler<unknown> =>
  on(notice, (n, { event: { occurredAt } }) => {
    const name = Object.hasOwn(steps, n.subtype ?? "") ? steps[n.subtype ?? ""] : undefined;
    if (name === undefined) return ignore(otherwise);
    const purchase = purchaseOf(n, occurredAt);
    const known = identify(purchase.who, { storefront: n.data.transaction.storefront });
    return [known, ...(typeof name === "function" ? name(purchase) : storeDrafts(name, purchase))];
  });

const UNKNOWN = "a subtype that is not documented";

export default defineAdapter({
  id: "app-store",
  name: "Apple App Store",
  secret: {
    format: /^[A-Za-z0-9._-]{3,155}$/,
    hint: "Bundle ID of the app (com.example.app), which every notification names under Apple's signature; not a secret",
    demo,
  },
  verify: chainedToken({
    field: "signedPayload",
    inner: ["signedTransactionInfo", "signedRenewalInfo"],
    chain: { root: APPLE_ROOT_G3, marks: MARKS },
    owner: ownerOf,
    demo,
  }),
  states: ["subscription"],
  webhook: z.object({
    body: z.object({
      signedPayload: tokenText.pipe(
        z.looseObject({
          notificationType: text,
          notificationUUID: id,
          signedDate: unixMilliseconds,
          data: decisive(z.looseObject({ environment: decisive(text) })),
        }),
      ),
    }),
  }),
  events: ({ body: { signedPayload: n } }) => [
    {
      id: n.notificationUUID,
      type: n.notificationType,
      occurredAt: n.signedDate,
      test: n.notificationType === "TEST" || n.data?.environment === "Sandbox",
      data: n,
    },
  ],
  handlers: {
    SUBSCRIBED: step({ INITIAL_BUY: "started", RESUBSCRIBE: "restarted" }, UNKNOWN),
    DID_RENEW: step({ "": "renewed", BILLING_RECOVERY: "recovered" }, UNKNOWN),
    DID_CHANGE_RENEWAL_STATUS: step({ AUTO_RENEW_DISABLED: "cancelled", AUTO_RENEW_ENABLED: "reactivated" }, UNKNOWN),
    DID_CHANGE_RENEWAL_PREF: step({ UPGRADE: "upgraded", DOWNGRADE: "changed" }, "a planned change was withdrawn"),
    OFFER_REDEEMED: step({ UPGRADE: "upgraded", DOWNGRADE: "changed", "": offered }, "told by SUBSCRIBED"),
    DID_FAIL_TO_RENEW: step({ "": "failed", GRACE_PERIOD: "failed" }, UNKNOWN),
    EXPIRED: step(
      {
        "": "expired",
        VOLUNTARY: "expired",
        BILLING_RETRY: "expired",
        PRICE_INCREASE: "expired",
        PRODUCT_NOT_FOR_SALE: "expired",
      },
      UNKNOWN,
    ),
    REVOKE: step({ "": "expired" }, UNKNOWN),
    REFUND: on(notice, (n, { event }) => storeDrafts(restored(n), purchaseOf(n, event.occurredAt))),
    REFUND_REVERSED: refundReversed,
    ONE_TIME_CHARGE: step({ "": "bought" }, UNKNOWN),
    PRICE_INCREASE: priceIncrease,
    RENEWAL_EXTENDED: prolonged,
    ...ignoring("follows DID_FAIL_TO_RENEW: the payment is still tried", "GRACE_PERIOD_EXPIRED"),
    ...ignoring("no money moved", "REFUND_DECLINED CONSUMPTION_REQUEST"),
    ...ignoring("a connection test", "TEST"),
  },
  otherwise: ignore("not about a purchase in the app"),
});
