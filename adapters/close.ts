/**
 * Close: contacts of leads, and opportunities.
 *
 * A lead is a company; its people are contacts, with events of their own. An opportunity may name a contact.
 *
 * @see https://developer.close.com/topics/webhooks/
 * @see https://developer.close.com/resources/event-log/list-of-event-types/
 */
import * as z from "zod";
import { defineAdapter, each, id, ignore, maybe, text, utcTime } from "../src/contract/adapter.ts";
import { bare, hex, hmac } from "../src/contract/verify.ts";
import { onChangedContact, onCreatedContact, onDeletedContact } from "./close/contacts.ts";
import { onChangedOpportunity, onCreatedOpportunity } from "./close/opportunities.ts";

export default defineAdapter({
  id: "close",
  name: "Close",
  givesUp: { hours: 72 },
  secret: {
    format: /^[0-9a-f]{64}$/,
    hint: "signature_key of the webhook subscription: 64 hexadecimal digits, told only when it is created",
    demo: "7472696275746172795f64656d6f5f636c6f73655f3031323334353637383961",
  },
  // @see https://developer.close.com/topics/webhooks/#webhook-signatures
  verify: hmac({
    hash: "SHA-256",
    header: "close-sig-hash",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    timestamp: { header: "close-sig-timestamp" },
    message: ({ timestamp, body }) => [timestamp, body],
    key: hex(),
    // Whether a retry is signed again is not documented; each event has an id of its own.
    tolerance: 73 * 60 * 60,
  }),
  options: z.strictObject({
    organization_id: id.optional().describe("id of the organization whose webhooks are accepted (orga_…); all by default"),
  }),
  tenant: { option: "organization_id", required: false },
  webhook: z.object({
    body: z.object({
      event: z.looseObject({
        id,
        ...each(text, "object_type", "action"),
        organization_id: maybe.id,
        date_created: utcTime,
      }),
    }),
  }),
  events: ({ body: { event } }) => [
    {
      id: event.id,
      type: `${event.object_type}.${event.action}`,
      occurredAt: event.date_created,
      test: false,
      data: event,
      ...(event.organization_id ? { tenant: event.organization_id } : {}),
    },
  ],
  handlers: {
    "contact.created": onCreatedContact,
    "contact.updated": onChangedContact,
    "contact.deleted": onDeletedContact,
    "opportunity.created": onCreatedOpportunity,
    "opportunity.updated": onChangedOpportunity,
    "opportunity.deleted": ignore("not done by a person"),
  },
  // Leads, activities, tasks, memberships.
  otherwise: ignore("not about a contact or an opportunity"),
});
