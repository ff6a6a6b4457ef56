/**
 * What the catalogue says about PagerDuty.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.pagerduty.com/docs/webhooks/v3-overview/",
  timeoutSeconds: 5,
  retries: "up to 10 times within two days",
  disables: "depends on the number of failures; for a while",
  setup: [
    "In PagerDuty, go to Integrations > Generic Webhooks (v3) > New Webhook and paste this source's URL.",
    "Select incident.triggered, acknowledged, reassigned, escalated and resolved. Copy the signing secret, which is shown once, and store it as the source's secret.",
    "Store a read-only REST API key as the source's API key: an incident names users by their ids alone.",
    "The people are those on call, not your customers; they are told only if another source has named their addresses, unless people is set to create. Webhooks of versions 1 and 2 are not signed, and are refused.",
  ],
} satisfies CatalogueEntry;
