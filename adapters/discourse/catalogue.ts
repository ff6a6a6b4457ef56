/**
 * What the catalogue says about Discourse.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://meta.discourse.org/t/configure-webhooks-that-trigger-on-discourse-events-to-integrate-with-external-services/49045",
  timeoutSeconds: 20,
  retries: "4 times, after 1, 5, 25 and 125 minutes, if retry_web_hook_events is on",
  disables: "after a 404 or 410",
  setup: [
    "In Discourse, go to Admin > API > Webhooks > New webhook and paste this source's URL with the content type application/json.",
    "Enter a secret of at least 16 random characters and store it as the source's secret.",
    "Select the user events (created, updated, confirmed e-mail) and the post events (created), and keep TLS certificate checks on.",
    "With DiscourseConnect, a member's external id is your own user id. Without it addresses are claimed, as in a form.",
    "The header that names an event is not signed: a body tells what it shows, and deletions are not told.",
  ],
} satisfies CatalogueEntry;
