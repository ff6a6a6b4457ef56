/**
 * HubSpot: contacts, their properties, consents and deletion; deals.
 *
 * An event names an object by its id and at most one property. Who a contact is becomes known by changes of `email` and by the look-up;
 * whose a deal is, by its association with a contact.
 *
 * @see https://developers.hubspot.com/docs/api/webhooks
 */
import * as z from "zod";
import type { Maybe } from "../src/contract/adapter.ts";
import {
  decisive,
  defineAdapter,
  deleted,
  each,
  id,
  ignore,
  ignoring,
  maybe,
  on,
  text,
  unixMilliseconds,
} from "../src/contract/adapter.ts";
import { onAssociation } from "./hubspot/associations.ts";
import {
  change,
  contactChanged,
  contactIn,
  contactOf,
  deletion,
  erasure,
  LOOKED_UP,
  onCreated,
  onMerged,
  onRestored,
} from "./hubspot/contacts.ts";
import { onDealChange, onDealCreated } from "./hubspot/deals.ts";
import { signatureVersion, verifierOf } from "./hubspot/signatures.ts";
import { onTicketChange, onTicketCreated } from "./hubspot/tickets.ts";

/** Newer subscriptions say `object.creation` and which object. @see https://developers.hubspot.com/docs/guides/api/crm/understanding-the-crm */
const OBJECTS: ReadonlyMap<string, string> = new Map([
  ["0-1", "contact"],
  ["0-2", "company"],
  ["0-3", "deal"],
  ["0-5", "ticket"],
]);

const options = z.strictObject({
  portal_id: id
    .optional()
    .describe("account (Hub ID) whose events are accepted; an app has one secret for all accounts that install it"),
  signature: signatureVersion,
});

export default defineAdapter({
  id: "hubspot",
  name: "HubSpot",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Client secret of the app (Auth tab); not an access token",
    demo: "tributary_demo_hubspot_client_secret",
  },
  verify: ({ signature }) => verifierOf(signature),
  options,
  tenant: { option: "portal_id", required: true },
  batch: "[]",
  states: ["email"],
  webhook: z.object({
    body: z.array(
      z.looseObject({
        ...each(id, "eventId", "portalId"),
        ...each(maybe.id, "subscriptionId", "objectId", "fromObjectId", "toObjectId"),
        objectTypeId: decisive(text),
        propertyName: maybe.text,
        subscriptionType: text,
        occurredAt: unixMilliseconds,
      }),
    ),
  }),
  events: ({ body }) =>
    body.map((event) => {
      const type = typeOf(event);
      // An eventId alone is not unique. @see https://developers.hubspot.com/docs/api/webhooks
      const { objectId, fromObjectId, toObjectId, propertyName: property } = event;
      const parts = [event.portalId, event.subscriptionId, type, objectId ?? fromObjectId, property ?? toObjectId];
      return {
        id: [...parts.map((part) => part ?? ""), event.occurredAt, event.eventId].join(":"),
        type,
        occurredAt: event.occurredAt,
        test: false,
        data: event,
        tenant: event.portalId,
      };
    }),
  handlers: {
    "contact.creation": onCreated,
    "contact.propertyChange": on(change, contactChanged),
    "contact.restore": onRestored,
    "contact.deletion": on(deletion, (c) => deleted(contactOf(c.objectId), "Contact Deleted")),
    "contact.privacyDeletion": on(erasure, (c) => deleted(contactOf(c.objectId), "Contact Deleted", { erase: true })),
    "contact.merge": onMerged,
    "contact.associationChange": onAssociation,

    "deal.creation": onDealCreated,
    "deal.propertyChange": onDealChange,
    ...ignoring("not done by a person", "deal.deletion deal.merge deal.restore"),
    "deal.associationChange": onAssociation,

    "ticket.creation": onTicketCreated,
    "ticket.propertyChange": onTicketChange,
    ...ignoring("not done by a person", "ticket.deletion ticket.merge ticket.restore"),
    "ticket.associationChange": onAssociation,
    ...ignoring(
      "names a conversation by its id alone",
      "conversation.creation conversation.deletion conversation.privacyDeletion conversation.propertyChange conversation.newMessage",
    ),

    ...ignoring(
      "about a company, not a person",
      `company.creation company.propertyChange company.deletion company.merge company.restore company.associationChange`,
    ),
  },
  otherwise: ignore("not about a contact, a deal or a ticket"),
  lookup: {
    hosts: ["api.hubapi.com"],
    request: ({ kind, id: contact }, apiKey) =>
      kind === "contact" && /^\d+$/.test(contact)
        ? {
            host: "api.hubapi.com",
            path: `/crm/v3/objects/contacts/${contact}?properties=${LOOKED_UP.join(",")}`,
            headers: { authorization: `Bearer ${apiKey}` },
          }
        : null,
    read: contactIn,
  },
});

function typeOf(event: { readonly subscriptionType: string; readonly objectTypeId?: Maybe<string> }): string {
  const name = OBJECTS.get(event.objectTypeId ?? "");
  return name === undefined ? event.subscriptionType : event.subscriptionType.replace(/^object\./, `${name}.`);
}
