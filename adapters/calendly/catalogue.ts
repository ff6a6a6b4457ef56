/**
 * What the catalogue says about Calendly.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.calendly.com/docs/webhooks/overview",
  // @see https://developer.calendly.com/docs/webhooks/overview
  // @see https://community.calendly.com/developer-faq-62/why-am-i-not-receiving-webhook-data-how-does-a-webhook-become-disabled-548
  timeoutSeconds: 15,
  retries: "for up to 24 hours, with growing intervals",
  disables: "after 24 hours of failures; it must then be created again; a 410 deletes it immediately",
  setup: [
    "Webhooks need a paid plan and are created through the API. Create a personal access token under Integrations & apps > API and webhooks.",
    "POST to https://api.calendly.com/webhook_subscriptions with url (this source's URL), organization, scope organization, a random signing_key, and the events invitee.created, invitee.canceled, invitee_no_show.created, invitee_no_show.deleted and routing_form_submission.created.",
    "Store the signing key as the source's secret.",
    "Always subscribe to both invitee.created and invitee.canceled: it takes both to tell a rescheduled meeting from a cancelled one.",
  ],
} satisfies CatalogueEntry;
