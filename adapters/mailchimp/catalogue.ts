/**
 * What the catalogue says about Mailchimp.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/",
  timeoutSeconds: null,
  // @see https://mailchimp.com/developer/release-notes/returning-410-from-audience-webhook-will-disable-it/
  retries: "three times; the intervals are not documented",
  disables: "on a 410",
  setup: [
    "Choose a random secret of at least 32 letters and digits, store it as the source's secret and append it to this source's URL after a slash.",
    "In Mailchimp, go to Audience > Settings > Webhooks and choose Create New Webhook. Paste the URL. Mailchimp opens it once and needs no more than a 200.",
    "Select Subscribes, Unsubscribes, Profile updates, Email changed and Cleaned address, each for changes by a subscriber, an account admin and via the API. Leave out via the API if your own backend makes these changes.",
    "Repeat this for each audience, or set list_id to accept one alone. Unsubscribing from any of them counts as an opt-out of e-mail.",
    'To send merge fields, set custom_fields = ["merges.*"]. If one holds your own user id, set user_id_from to its tag.',
    "Mailchimp writes times without a zone; they are read as UTC.",
  ],
} satisfies CatalogueEntry;
