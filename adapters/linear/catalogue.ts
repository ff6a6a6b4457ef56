/**
 * What the catalogue says about Linear.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://linear.app/developers/webhooks",
  timeoutSeconds: 5,
  retries: "3 times: after a minute, an hour and six hours",
  disables: "may disable a webhook that keeps failing; it must then be enabled again",
  setup: [
    "In Linear, go to Settings > API > Webhooks > New webhook as an admin and paste this source's URL.",
    "Select Issues and Comments, of all public teams or of the one whose issues customers write.",
    "Open the webhook, copy its signing secret and store it as the source's secret.",
    "Customers are the people outside the workspace whose issues and comments come through Slack, a help desk or a form (Linear Asks). Issues that colleagues write become events of theirs, if they are known.",
    "Events create no people: a customer's address comes with the issue, but another source must have named it before, unless people is set to create.",
  ],
} satisfies CatalogueEntry;
