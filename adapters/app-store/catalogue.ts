/**
 * What the catalogue says about the Apple App Store.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.apple.com/documentation/appstoreservernotifications",
  timeoutSeconds: null,
  retries: "5 times: 1, 12, 24, 48 and 72 hours after the attempt before; in production only",
  disables: "never; after the last retry, the notification can be had from Apple's notification history for 180 days",
  setup: [
    "Store the app's bundle ID (com.example.app) as the source's secret. For several apps use a source for each.",
    "In App Store Connect, open the app, go to App Information > App Store Server Notifications, and set this source's URL as the Production Server URL with version 2. The sandbox may use it too: its notifications are ignored in production.",
    'Let the app set appAccountToken with each purchase. If that UUID is your own user id, set user_id_from = ["appAccountToken"]; without it, purchases stay with an anonymous id.',
    "Apple sends no address: let another source or your backend tell it for the same user id.",
    "A renewal does not say that a trial came before it: it is Subscription Renewed. An upgrade's payment is told in full; what Apple pays back of the old period is not told.",
    "Apple counts a move to another product of the same level as an upgrade or, with another duration, as a downgrade.",
    "Money is what customers paid, with taxes and Apple's commission; Apple asks not to use it for accounting.",
  ],
} satisfies CatalogueEntry;
