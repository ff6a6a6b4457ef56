/**
 * What the catalogue says about Recurly.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.recurly.com/recurly-subscriptions/docs/webhooks",
  timeoutSeconds: 5,
  // @see https://docs.recurly.com/recurly-subscriptions/docs/automatic-retries
  retries: "10 times: the first after seconds, the last after hours; in the order of the notifications",
  disables: "never in production; a sandbox endpoint with many errors in a short time is paused",
  setup: [
    "In Recurly, go to Integrations > Webhooks, choose New endpoint, paste this source's URL and select the format JSON.",
    "Select up to 10 types: account created and updated; subscription created, canceled, reactivated, expired and renewed; payment succeeded, failed and refunded. For more types, create a second endpoint.",
    "Copy the endpoint's secret key and store it as the source's secret. With two endpoints, store both keys separated by a space.",
    'Configure a read-only API key of the site. Notifications identify only accounts, so the person of every other object is looked up. For a site in the EU, set api_host = "v3.eu.recurly.com".',
    'If your backend uses your user id as the account code, set user_id_from = ["code"].',
  ],
} satisfies CatalogueEntry;
