/**
 * What the catalogue says about Braintree.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.paypal.com/braintree/docs/guides/webhooks/overview",
  timeoutSeconds: 30,
  retries: "every hour for 24 hours; in the sandbox, for 3 hours",
  disables: "never; each notification is retried separately",
  setup: [
    "In the Braintree Control Panel, go to the gear icon > API > API Keys. Store the private key of a key pair as the source's secret, and set the option public_key to its public key.",
    "Deploy before the next step: Braintree verifies the URL as soon as you enter it.",
    "Under Webhooks, choose Create new Webhook and paste this source's URL.",
    "Select the Subscription and Dispute kinds. If you accept bank debits, also select Transaction settled and Transaction settlement declined. Use Check URL to send a test.",
    "The sandbox is a separate account, and its webhooks are not marked as tests: connect it to a staging account only.",
    'If your backend uses your user id as the customer id, set user_id_from = ["id"].',
  ],
} satisfies CatalogueEntry;
