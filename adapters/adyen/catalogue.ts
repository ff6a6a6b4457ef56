/**
 * What the catalogue says about Adyen.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.adyen.com/development-resources/webhooks/",
  timeoutSeconds: 10,
  retries: "3 times within a minute, then after 2, 5, 10, 15 and 30 minutes, 1, 2, 4 and 8 hours, and every 8 hours for 30 days",
  disables: "never; Adyen queues webhooks while the endpoint fails",
  setup: [
    "In the Customer Area, go to Developers > Webhooks, add a Standard webhook with this source's URL and the method JSON, generate its HMAC key, and store the key as the source's secret.",
    "Under Additional settings, include shopper information (shopperReference, shopperEmail) and, if you use it, metadata.",
    "shopperReference is your own user id: it becomes the user id in Customer.io. If it is not, set user_id_from = [].",
    'If you capture payments by hand, set capture = "manual".',
    "Adyen signs references, amount and outcome alone: who paid is as sure as the secrecy of this source's URL. Add basic authentication only in front of the Worker: the source checks the signature.",
    "A payment does not say what it is for: every one is Order Completed, also of subscriptions.",
    "The fields beside the signature could not be checked against a delivery of Adyen: look at the first events in the console.",
  ],
} satisfies CatalogueEntry;
