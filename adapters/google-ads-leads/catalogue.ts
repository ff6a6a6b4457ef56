/**
 * What the catalogue says about Google Ads lead forms.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.google.com/google-ads/webhook/docs/overview",
  timeoutSeconds: null,
  retries: "on 5xx; neither their number nor their intervals are documented",
  disables: "not documented; leads can be downloaded from Google Ads for 60 days",
  setup: [
    "Choose a random key of at least 16 characters and store it as the source's secret.",
    "In Google Ads, open the lead form asset, go to Export leads from Google Ads > Other data integration options > Webhook integration, and enter this source's URL and the key.",
    "Choose Send test data: the test lead appears as ignored, unless the source takes test events.",
    "Google signs nothing: the key in the body is all that says who sent it. A lead has no time of its own and gets that of its arrival.",
    "The documentation of Google's fields could not be checked word by word; names not known here are sent as answers.",
  ],
} satisfies CatalogueEntry;
