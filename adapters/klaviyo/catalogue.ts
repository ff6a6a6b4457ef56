/**
 * What the catalogue says about Klaviyo.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.klaviyo.com/en/docs/working_with_system_webhooks",
  timeoutSeconds: null,
  retries: "not documented",
  disables: "not documented",
  setup: [
    "System webhooks need Advanced KDP, or an app of a Klaviyo partner. What a flow's action Webhook sends is for the generic adapter.",
    "Choose a random secret of at least 16 characters and store it as the source's secret.",
    "In Klaviyo, go to Integrations > Webhooks, or POST to https://a.klaviyo.com/api/webhooks, with this source's URL, the secret, and the topics Opened Email, Clicked Email, Bounced Email, Dropped Email, Marked Email as Spam, Subscribed to and Unsubscribed from Email Marketing, and those of SMS that you use.",
    "An event names its profile by an id. Create a private API key with profiles:read and set it as the source's API key: without it, events wait until the profile's address is known.",
    'If your backend alone sets External ID to your own user id, set user_id_from = ["external_id"]; visitors can set it too, through the public API. To send custom properties of profiles, set custom_fields = ["properties.*"].',
  ],
} satisfies CatalogueEntry;
