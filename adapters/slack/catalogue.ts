/**
 * What the catalogue says about Slack.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.slack.dev/apis/events-api/",
  timeoutSeconds: 3,
  // @see https://docs.slack.dev/apis/events-api/#retries
  retries: "three times: immediately, after 1 minute and after 5 minutes",
  disables: "when more than 95% of deliveries fail within 60 minutes; the app's owner is notified by e-mail",
  setup: [
    "Open or create the app at api.slack.com/apis, copy the Signing Secret from Basic Information and store it as the source's secret.",
    "Deploy, then turn on Enable Events under Event Subscriptions and paste this source's URL. Slack verifies it immediately.",
    "Under 'Subscribe to bot events', add team_join, user_change, member_joined_channel, member_left_channel and app_home_opened, and save.",
    "To receive e-mail addresses, add the scopes users:read and users:read.email under OAuth & Permissions and reinstall the app.",
    'If several workspaces install the app, set team = "T…" to take events from one only: the same secret signs for all of them.',
  ],
} satisfies CatalogueEntry;
