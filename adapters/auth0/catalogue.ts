/**
 * What the catalogue says about Auth0.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://auth0.com/docs/customize/events",
  // @see https://auth0.com/docs/customize/events/event-testing-observability-and-failure-recovery
  timeoutSeconds: null,
  retries:
    "event streams: 3 times within 7 seconds, never after a 4xx; failed events can be redelivered through the Management API",
  disables: "after 500 failures in a row, or 5,000 in total",
  setup: [
    "In the Auth0 Dashboard, go to Event Streams > Create Event Stream and choose Webhook. Paste this source's URL.",
    "Choose Bearer token as the authorization, enter a random token, and store the same token as the source's secret.",
    "Subscribe to user.created, user.updated, user.deleted, organization.member.added and organization.member.deleted, then enable the stream.",
    "If your plan has no event streams, go to Monitoring > Streams and create a Custom Webhook with any Content Format. Set Authorization Token to the word Bearer, a space and the secret. Filter it to Signup, Login and User events.",
    "Connect one kind of stream to a source, not both: both send sign-ups.",
    'If app_metadata holds your own user id, set user_id_from = ["app_metadata.…", "user_id"]. Only event streams send app_metadata.',
  ],
} satisfies CatalogueEntry;
