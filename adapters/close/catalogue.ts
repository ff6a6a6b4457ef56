/**
 * What the catalogue says about Close.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.close.com/topics/webhooks/",
  timeoutSeconds: null,
  retries: "for 72 hours, with intervals that grow to 20 minutes",
  disables: "after 72 hours of failures, or with 100,000 webhooks waiting, the subscription is paused",
  setup: [
    "Create an API key under Settings > API keys, and POST to https://api.close.com/api/v1/webhook/ with url (this source's URL) and events: object_type contact with the actions created, updated and deleted, and opportunity with created and updated.",
    "Store the signature_key of the answer as the source's secret: it is not told again.",
    "Events about an opportunity reach a person only where it names a contact.",
    'To send custom fields, set custom_fields = ["custom.*"].',
    "Close writes times without a zone; they are read as UTC.",
  ],
} satisfies CatalogueEntry;
