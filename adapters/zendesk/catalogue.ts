/**
 * What the catalogue says about Zendesk.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.zendesk.com/documentation/webhooks/",
  // @see https://developer.zendesk.com/documentation/webhooks/creating-and-monitoring-webhooks/
  timeoutSeconds: 12,
  retries:
    "3 times after a 409, or after a 429 or 503 with a Retry-After of less than 60 s; 5 times after a timeout; otherwise never",
  disables: "never; deliveries pause briefly after 70% or 1,000 failures within five minutes",
  setup: [
    "In the Admin Center, go to Apps and integrations > Webhooks and choose Create webhook.",
    "Select Zendesk events: user created, deleted, name, external id and identity changed; ticket created, status changed and comment added. Paste this source's URL and choose POST and JSON.",
    "Open the webhook, reveal its signing secret and store it as the source's secret.",
    "To send events from triggers and automations, which include the requester's address, create a second webhook with its own source. In the action 'Notify active webhook', use the body of the next step.",
    'Body: {"trigger": "Ticket Solved", "time": "{{ticket.updated_at_with_timestamp}}", "ticket": {"id": "{{ticket.id}}", "status": "{{ticket.status}}", "priority": "{{ticket.priority}}", "channel": "{{ticket.via}}", "tags": "{{ticket.tags}}", "rating": "{{satisfaction.current_rating}}"}, "requester": {"id": "{{ticket.requester.id}}", "email": "{{ticket.requester.email}}", "external_id": "{{ticket.requester.external_id}}"}}. The text in trigger is the event name: Ticket Created, Updated, Replied, Solved, Reopened or Rated. Any other text becomes the trigger of a Ticket Trigger Fired event.',
  ],
} satisfies CatalogueEntry;
