/**
 * What the catalogue says about Adapty.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://adapty.io/docs/set-up-webhook-integration",
  timeoutSeconds: 10,
  retries:
    "up to 9 times within 24 hours; any answer from 200 to 404 counts as handled, so an event that is refused (401) is lost",
  disables: "never; after the last retry, the event is dropped",
  setup: [
    "In Adapty, go to Integrations > Webhook, turn it on, and paste this source's URL as the production endpoint.",
    "Enter a random Authorization header value of at least 16 characters and store the same value as the source's secret before you save: Adapty checks the endpoint, and does not send again what was refused.",
    "Select all events and leave their names as they are. Turn on Send Attribution and Send User Attributes.",
    "The customer user id becomes the user id in Customer.io. User attributes are sent where custom_fields names them, as in user_attributes.plan.",
    "Enter the sandbox endpoint only for a source that is meant for tests: sandbox events are ignored in production.",
  ],
} satisfies CatalogueEntry;
