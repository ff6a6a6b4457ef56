/**
 * What the catalogue says about Front.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://dev.frontapp.com/docs/application-webhooks",
  timeoutSeconds: 10,
  retries: "3 times after a timeout, a 408, a 429 or a 500; webhooks of rules never",
  disables: "after the last retry",
  setup: [
    "In Front, go to Settings > Developers, create an app and copy its signing key; store it as the source's secret.",
    "Add the feature Application webhooks with this source's URL, which must already answer: Front checks it when you save. Select inbound received, outbound sent, conversation archived and conversation reopened.",
    "Store an API token with read access to contacts and conversations as the source's API key: events may leave out who is at the other end.",
    "To use the action of a rule instead, set sent_by to rule and store the API secret of the rule webhooks. They sign no time, and are not retried.",
  ],
} satisfies CatalogueEntry;
