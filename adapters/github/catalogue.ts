/**
 * What the catalogue says about GitHub.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.github.com/en/webhooks",
  timeoutSeconds: 10,
  // @see https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries
  retries: "never; deliveries of the last three days can be redelivered under Recent Deliveries",
  disables: "never",
  setup: [
    "In the repository, organization or GitHub App, go to Settings > Webhooks > Add webhook. For sponsorships, go to Webhooks in the Sponsors dashboard.",
    "Paste this source's URL, set the content type to application/json, and enter a random secret of at least 16 characters. Store it as the source's secret.",
    "Choose 'Let me select individual events' and select Stars, Forks, Issues, Issue comments, Pull requests, Discussions and Discussion comments.",
    "If one GitHub App or secret serves several owners, set owner to yours.",
    "Events create no people: another source must have named a person's GitHub account before.",
  ],
} satisfies CatalogueEntry;
