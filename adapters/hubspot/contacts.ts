/**
 * HubSpot's contacts: their events and their look-up.
 */
import * as z from "zod";
import type { Draft, MapContext, MapResult, Maybe, PersonFacts, Traits, Value } from "../../src/contract/adapter.ts";
import {
  claimed,
  consent,
  decisive,
  id,
  identify,
  ignore,
  isoTime,
  list,
  maybe,
  on,
  person,
  personId,
  text,
  unixMilliseconds,
} from "../../src/contract/adapter.ts";
import { attributionFrom, contactCreated, emailBouncedState, firstTouch, ownEvents } from "../../src/vocabulary/adapter.ts";
import type { HUBSPOT } from "./plan.schema.ts";

const own = ownEvents<typeof HUBSPOT>();

/** Contact properties with a trait name of their own. */
const TRAITS: ReadonlyMap<string, string> = new Map([
  ["firstname", "first_name"],
  ["lastname", "last_name"],
  ["createdate", "created_at"],
  ["hs_language", "locale"],
  ["hs_timezone", "timezone"],
]);

/** Contact properties that a look-up requests. */
export const LOOKED_UP = [
  "email",
  "firstname",
  "lastname",
  "phone",
  "createdate",
  "lifecyclestage",
  "hs_lead_status",
  "hs_analytics_source",
  "hs_analytics_first_url",
  "hs_analytics_first_referrer",
];

const time = z.union([isoTime, unixMilliseconds]);

/** HubSpot's property names: lower-case letters, digits and underscores. */
const propertyName = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);

const answer = z.object({ id, properties: z.record(propertyName, maybe.text) });

/** An event that names a contact or deal. */
export const object = z.object({ objectId: id });

/** A changed property and its value. */
export const change = object.extend({
  propertyName: text,
  propertyValue: decisive(z.union([text, z.number().transform(String)])),
});

/** Contacts that became one: mostly a new contact; the former ones are deleted, and later events name the one that is left. */
const merge = object.extend({ primaryObjectId: id, mergedObjectIds: list(id), newObjectId: maybe.id });

/** A contact moved to the recycle bin. */
export const deletion = object.extend({ subscriptionType: z.enum(["contact.deletion", "object.deletion"]) });

/** A contact deleted for privacy. */
export const erasure = object.extend({ subscriptionType: z.enum(["contact.privacyDeletion", "object.privacyDeletion"]) });

/** The person of a contact. */
export function contactOf(contact: string, properties: Readonly<Record<string, Maybe<string>>> = {}): PersonFacts {
  const { email, phone } = properties;
  return person({ record: properties, email: claimed(email), phone, ids: [personId("contact", contact)] });
}

/** A new contact; `changeSource` is what made it: CRM_UI, IMPORT, FORM … */
export const onCreated = on(object.extend({ changeSource: maybe.text }), (c) =>
  contactCreated(contactOf(c.objectId), { created_by: c.changeSource }),
);

/** A contact that was taken out of the recycle bin. */
export const onRestored = on(object, (c) => own("Contact Restored")(contactOf(c.objectId), {}));

/** Contacts that are one person's. */
export const onMerged = on(merge, (m) => {
  const former = [m.primaryObjectId, ...m.mergedObjectIds].map((contact) => personId("contact", contact));
  return identify(person({ ids: [personId("contact", m.newObjectId ?? m.primaryObjectId)], merged: former }), {});
});

/** A changed property as a trait, a consent or an event. */
export function contactChanged(c: z.output<typeof change>, { event }: MapContext<unknown>): MapResult {
  const name = propertyName.safeParse(c.propertyName).data;
  if (name === undefined) return ignore("the property name cannot be a trait name");
  // An empty text is a property that was cleared.
  const value = c.propertyValue === "" ? null : c.propertyValue;
  const facts = contactOf(c.objectId, { [name]: value });
  const known = identify(facts, traitOf(name, value));
  switch (name) {
    case "email":
      return value ? identify(facts, {}) : ignore("the property was cleared");
    case "phone":
      return identify(facts, {});
    case "lifecyclestage":
      return [known, own("Lifecycle Stage Changed")(facts, { stage: value })];
    case "hs_lead_status":
      return [known, own("Lead Status Changed")(facts, { status: value })];
    case "hs_email_optout":
      return value === "true"
        ? consent(facts, { channel: "email", state: "unsubscribed", at: event.occurredAt })
        : ignore("revoking an opt-out is not an opt-in");
    case "hs_email_bad_address":
      return value === "true" ? [known, ...hardBounce(facts, event.occurredAt)] : known;
    case "hs_email_hard_bounce_reason_enum":
      return value === "UNKNOWN_USER" ? [known, ...hardBounce(facts, event.occurredAt)] : known;
    case "hs_analytics_first_url":
      return { ...known, first: firstTouch(attributionFrom(value)) };
    default:
      return known;
  }
}

function hardBounce(facts: PersonFacts, at: string): readonly Draft[] {
  return [consent(facts, { channel: "email", state: "unsubscribed", at, because: "hard_bounce" }), emailBouncedState(facts, at)];
}

/** The contact in the answer of a look-up; `null` if there is none. */
export function contactIn(body: unknown): readonly Draft[] | null {
  const found = answer.safeParse(body).data;
  if (!found) return null;
  const traits = Object.entries(found.properties).map(([name, value]) => traitOf(name, value));
  const { hs_analytics_first_url: url, hs_analytics_first_referrer: referrer } = found.properties;
  const known = identify(contactOf(found.id, found.properties), Object.assign({}, ...traits));
  return [{ ...known, first: firstTouch(attributionFrom(url, referrer)) }];
}

/** A property as a trait. `createdate` is the contact's, so it yields to other sources. */
function traitOf(name: string, value: Value): Traits {
  const trait = TRAITS.get(name) ?? name;
  if (["email", "phone", "id"].includes(trait)) return {};
  return { [trait]: trait.endsWith("_at") && value !== null ? time.safeParse(value).data : value };
}
