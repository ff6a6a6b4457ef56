/**
 * What the catalogue says about Stripe.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.stripe.com/webhooks",
  timeoutSeconds: null,
  retries: "live mode: for up to 3 days, with growing intervals; test mode: three times within a few hours",
  disables: "after several days without a 2xx; a warning is sent by e-mail first",
  setup: [
    "In Workbench, go to Webhooks and choose Create new destination.",
    "Choose events of your account and the snapshot payload style. For connected accounts (connect = true), create a second destination.",
    "Select the event types listed here, choose Webhook endpoint and paste this source's URL.",
    "Reveal the destination's signing secret (whsec_…) and store it as the source's secret. Separate several secrets by a space.",
    'If your backend writes your user id into metadata, set user_id_from = ["metadata.user_id"]. It is read from the object that the event is about and, for invoices, also from their subscription.',
    "A customer's address counts as verified if the customer's metadata hold your user id. Set email_trust to say otherwise.",
  ],
} satisfies CatalogueEntry;
