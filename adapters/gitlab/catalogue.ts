/**
 * What the catalogue says about GitLab.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  timeoutSeconds: 10,
  retries: "never; a request can be resent under the webhook's recent events",
  disables:
    "for a minute, then longer up to 24 hours, after four failures in a row; for good after 40 (older versions: at once after four answers of 4xx)",
  setup: [
    "In the project or group, go to Settings > Webhooks > Add new webhook and paste this source's URL.",
    "Generate a signing token (whsec_…) and store it as the source's secret. Where GitLab has none yet (before version 19), enter a random secret token instead, store that, and set authentication to token: nothing is signed then.",
    "Select Comments, Issues events, Merge request events and, in a group, Member events. Leave Confidential issues and Confidential comments off.",
    "GitLab does not say who is a member of the project: its members' own issues and merge requests become events of theirs, if they are known.",
    "Events create no people: an address comes only with a public profile, else another source must have named a person's GitLab account before.",
  ],
} satisfies CatalogueEntry;
