/**
 * HubSpot: contacts, their properties, consents and deletion; deals.
 *
 * An event names an object by its id and at most one property. Who a contact is becomes known by changes of `email` and by the look-up;
 * whose a deal is, by its association with a contact.
 *
 * @see https://developers.hubspot.com/docs/api/webhooks
 */
import * as z from "zod";
import { defineAdapter, type MapContext, type MapResult, on } from "../src/contract/define.ts";
import { consent, deleted, identify, ignore, ignoring, type Traits, track, type Value } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, reference } from "../src/contract/facts.ts";
import { id, isoTime, text, unixMilliseconds } from "../src/contract/fields.ts";
import { digest } from "../src/contract/verify/digest.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { bare } from "../src/contract/verify/layouts.ts";
import type { Verifier } from "../src/contract/verify/verifier.ts";

/** Newer subscriptions say `object.creation` and which object. @see https://developers.hubspot.com/docs/guides/api/crm/understanding-the-crm */
const OBJECTS: ReadonlyMap<string, string> = new Map([
  ["0-1", "contact"],
  ["0-2", "company"],
  ["0-3", "deal"],
  ["0-5", "ticket"],
]);

/** Properties of a contact that have a name of their own here. */
const TRAITS: ReadonlyMap<string, string> = new Map([
  ["firstname", "first_name"],
  ["lastname", "last_name"],
  ["createdate", "created_at"],
  ["hs_language", "locale"],
  ["hs_timezone", "timezone"],
]);

/** What a look-up asks for. */
const LOOKED_UP = ["email", "firstname", "lastname", "phone", "createdate", "lifecyclestage", "hs_lead_status"];

/** HubSpot's own names: small letters, digits and underscores. */
const propertyName = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);

const time = z.union([isoTime, unixMilliseconds]);

const object = z.object({ objectId: id });

const change = object.extend({ propertyName: text, propertyValue: z.union([text, z.number().transform(String)]).nullish() });

const deletion = object.extend({ subscriptionType: z.enum(["contact.deletion", "object.deletion"]) });

const erasure = object.extend({ subscriptionType: z.enum(["contact.privacyDeletion", "object.privacyDeletion"]) });

const association = z.object({
  associationType: text,
  fromObjectId: id,
  toObjectId: id,
  associationRemoved: z.boolean().nullish(),
});

const options = z.strictObject({
  /** The account whose events these are: an app's secret signs for every account that installs it. */
  portal_id: id.optional(),
  /** The older ones know no time, so an old request could be sent again; for webhooks that are signed in no other way. */
  signature: z.enum(["v3", "v2", "v1"]).default("v3"),
});

const older = { header: "x-hubspot-signature", encoding: "hex", covers: "body", layout: bare() } as const;

/** @see https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests */
const VERIFIERS: Readonly<Record<z.output<typeof options>["signature"], Verifier>> = {
  // Some characters of the URL are signed decoded; that of a source has none of them.
  v3: hmac({
    hash: "SHA-256",
    header: "x-hubspot-signature-v3",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    timestamp: { header: "x-hubspot-request-timestamp" },
    unit: "milliseconds",
    tolerance: 300,
    message: ({ method, url, body, timestamp }) => [method, url, body, timestamp],
  }),
  v2: digest({ ...older, message: ({ secret, method, url, body }) => [secret, method, url, body] }),
  v1: digest({ ...older, message: ({ secret, body }) => [secret, body] }),
};

export default defineAdapter({
  id: "hubspot",
  name: "HubSpot",
  docs: "https://developers.hubspot.com/docs/api/webhooks",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Client secret of the app (Auth tab): not an access token",
    demo: "tributary_demo_hubspot_client_secret",
  },
  verify: ({ signature }) => VERIFIERS[signature],
  options,
  tenant: { option: "portal_id", required: true },
  webhook: z.object({
    body: z.array(
      z.looseObject({
        eventId: id,
        subscriptionId: id.nullish(),
        portalId: id,
        occurredAt: unixMilliseconds,
        subscriptionType: text,
        objectTypeId: text.nullish(),
        objectId: id.nullish(),
        fromObjectId: id.nullish(),
        toObjectId: id.nullish(),
        propertyName: text.nullish(),
      }),
    ),
  }),
  events: ({ body }) =>
    body.map((event) => {
      const type = typeOf(event);
      // An eventId alone is not unique. @see https://developers.hubspot.com/docs/api/webhooks
      const { objectId, fromObjectId, toObjectId, propertyName: property } = event;
      const parts = [event.portalId, event.subscriptionId, event.eventId, type, objectId ?? fromObjectId, property ?? toObjectId];
      return {
        id: [...parts.map((part) => part ?? ""), event.occurredAt].join(":"),
        type,
        occurredAt: event.occurredAt,
        test: false,
        data: event,
        tenant: event.portalId,
      };
    }),
  handlers: {
    "contact.creation": on(object, (c) => track(contactOf(c.objectId), "Contact Created")),
    "contact.propertyChange": on(change, contactChanged),
    "contact.restore": on(object, (c) => track(contactOf(c.objectId), "Contact Restored")),
    "contact.deletion": on(deletion, (c) => deleted(contactOf(c.objectId), "Customer Deleted")),
    "contact.privacyDeletion": on(erasure, (c) => deleted(contactOf(c.objectId), "Customer Deleted", { erase: true })),
    "contact.merge": ignore("people are never joined"),
    "contact.associationChange": on(association, associated),

    "deal.creation": on(object, (d) => track(ownerOf(d.objectId), "Deal Created", { deal_id: d.objectId })),
    "deal.propertyChange": on(change, (d) =>
      d.propertyName === "dealstage"
        ? track(ownerOf(d.objectId), "Deal Stage Changed", { deal_id: d.objectId, stage: d.propertyValue })
        : ignore("of a deal only its stage matters"),
    ),
    ...ignoring("nothing that a person did", "deal.deletion deal.merge deal.restore"),
    "deal.associationChange": on(association, associated),

    ...ignoring(
      "about a company, not a person",
      `company.creation company.propertyChange company.deletion company.merge company.restore company.associationChange`,
    ),
  },
  otherwise: ignore("not about a contact or a deal"),
  habits: {
    timeoutSeconds: 5,
    // @see https://developers.hubspot.com/docs/api/webhooks
    retries: "up to 10 times over 24 hours, also where the answer takes longer than 5 seconds",
    givesUp: "after the tenth time the events are lost",
    setup: [
      "Create an app with webhooks: a private app under Settings > Integrations, or one in your developer account.",
      "Under Webhooks set the Target URL to the URL of this source: exactly its public_url, without query.",
      "Subscribe to contacts: created, deleted, deleted for privacy, and property changes of email, firstname, lastname, phone, lifecyclestage, hs_lead_status, hs_email_optout; to deals: created, property change of dealstage; to association changes of contacts and deals.",
      "Copy the app's client secret from its Auth tab: it is the source's secret.",
      "Set portal_id to the id of your account (Hub ID): the app's secret signs for all accounts that install it.",
      "Where a property of contacts holds your own user id, subscribe to it and set user_id_from to its name.",
    ],
  },
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
    read: (body) => {
      const answer = z.object({ id, properties: z.record(propertyName, text.nullish()) }).safeParse(body).data;
      if (!answer) return null;
      const { email, phone, ...others } = answer.properties;
      const traits = Object.entries(others).map(([name, value]) => traitOf(name, value));
      return [identify(contactOf(answer.id, answer.properties), Object.assign({}, ...traits))];
    },
  },
});

function typeOf(event: { readonly subscriptionType: string; readonly objectTypeId?: Maybe<string> }): string {
  const name = OBJECTS.get(event.objectTypeId ?? "");
  return name === undefined ? event.subscriptionType : event.subscriptionType.replace(/^object\./, `${name}.`);
}

function contactOf(contact: string, properties: Readonly<Record<string, Maybe<string>>> = {}): PersonFacts {
  return person({
    record: properties,
    email: claimed(properties.email),
    phone: properties.phone,
    ids: [personId("contact", contact)],
  });
}

/** A deal is a contact's: an association says whose. */
function ownerOf(deal: string): PersonFacts {
  return person({ ids: [reference("deal", deal)] });
}

function contactChanged(c: z.output<typeof change>, { event }: MapContext<unknown>): MapResult {
  const name = propertyName.safeParse(c.propertyName).data;
  if (name === undefined) return ignore("its property has no name that a trait can have");
  const value = c.propertyValue;
  const facts = contactOf(c.objectId, { [name]: value });
  const known = identify(facts, traitOf(name, value));
  switch (name) {
    case "email":
    case "phone":
      return value ? identify(facts, {}) : ignore("the property was emptied");
    case "lifecyclestage":
      return [known, track(facts, "Lifecycle Stage Changed", { stage: value })];
    case "hs_lead_status":
      return [known, track(facts, "Lead Status Changed", { status: value })];
    case "hs_email_optout":
      return value === "true"
        ? consent(facts, { channel: "email", state: "unsubscribed", at: event.occurredAt })
        : ignore("taking an opt-out back is no opt-in");
    default:
      return known;
  }
}

/** A property as a trait: `createdate` is the contact's, not the person's, so it gives way to what other sources say. */
function traitOf(name: string, value: Value): Traits {
  const trait = TRAITS.get(name) ?? name;
  if (["email", "phone", "id"].includes(trait)) return {};
  return { [trait]: trait.endsWith("_at") ? time.safeParse(value).data : value };
}

function associated({ associationType, fromObjectId, toObjectId, associationRemoved }: z.output<typeof association>): MapResult {
  const [contact, deal] =
    associationType === "CONTACT_TO_DEAL"
      ? [fromObjectId, toObjectId]
      : associationType === "DEAL_TO_CONTACT"
        ? [toObjectId, fromObjectId]
        : [null, null];
  if (contact === null || associationRemoved) return ignore("links no contact with a deal");
  return identify(person({ ids: [personId("contact", contact), reference("deal", deal)] }), {});
}
