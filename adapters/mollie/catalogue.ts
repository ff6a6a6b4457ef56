/**
 * What the catalogue says about Mollie.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.mollie.com/reference/webhooks-new",
  timeoutSeconds: 15,
  retries: "about 10 times within 26 hours",
  disables: "not documented",
  setup: [
    "In the Mollie Dashboard, go to Developers > Webhooks, create a webhook with this source's URL and the payload of the kind snapshot, and store its signing secret as the source's secret.",
    "Select payment-link.paid and the events of sales invoices.",
    "Set an API key: payment links name their customer by an id at most, who is looked up.",
    "The classic webhooks of payments (webhookUrl of a payment, id=tr_…) are not signed and hold an id alone: they are refused. Payments and subscriptions made by the API are therefore not told; let your backend send these.",
    'Put your own user id into metadata, and set user_id_from = ["metadata.user_id"].',
  ],
} satisfies CatalogueEntry;
