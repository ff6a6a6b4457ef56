/**
 * What the catalogue says about Intercom.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.intercom.com/docs/webhooks",
  // @see https://developers.intercom.com/docs/references/webhooks/webhook-models#handling-webhook-notifications
  timeoutSeconds: 5,
  retries: "once, after a minute; after a 429, for up to two hours",
  disables: "after 7 days of errors, or immediately after a 410; 1,000 errors in a row within 15 minutes pause it for 15 minutes",
  setup: [
    "In the Developer Hub, open your app (a private one for your own workspace) and go to Configure > Webhooks.",
    "Paste this source's URL and select the contact, conversation and ticket topics listed here.",
    "Grant the app permission to read users, conversations and tickets.",
    "Copy the client secret from Basic Information and store it as the source's secret.",
    'If other workspaces can install the app, set workspace = "…" to your workspace\'s id.',
  ],
} satisfies CatalogueEntry;
