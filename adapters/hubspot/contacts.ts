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
  maybe,
  on,
  person,
  personId,
  text,
  track,
  unixMilliseconds,
} from "../../src/contract/adapter.ts";

/** Contact properties with a trait name of their own. */
const TRAITS: ReadonlyMap<string, string> = new Map([
  ["firstname", "first_name"],
  ["lastname", "last_name"],
  ["createdate", "created_at"],
  ["hs_language", "locale"],
  ["hs_timezone", "timezone"],
]);

/** Contact properties that a look-up requests. */
export const LOOKED_UP = ["email", "firstname", "lastname", "phone", "createdate", "lifecyclestage", "hs_lead_status"];

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

/** A contact moved to the recycle bin. */
export const deletion = object.extend({ subscriptionType: z.enum(["contact.deletion", "object.deletion"]) });

/** A contact deleted for privacy. */
export const erasure = object.extend({ subscriptionType: z.enum(["contact.privacyDeletion", "object.privacyDeletion"]) });

/** The person of a contact. */
export function contactOf(contact: string, properties: Readonly<Record<string, Maybe<string>>> = {}): PersonFacts {
  const { email, phone } = properties;
  return person({ record: properties, email: claimed(email), phone, ids: [personId("contact", contact)] });
}

/** An event that holds only the contact's id. */
export function onContact(event: string) {
  return on(object, (c) => track(contactOf(c.objectId), event));
}

/** A changed property as a trait, a consent or an event. */
export function contactChanged(c: z.output<typeof change>, { event }: MapContext<unknown>): MapResult {
  const name = propertyName.safeParse(c.propertyName).data;
  if (name === undefined) return ignore("the property name cannot be a trait name");
  const value = c.propertyValue;
  const facts = contactOf(c.objectId, { [name]: value });
  const known = identify(facts, traitOf(name, value));
  switch (name) {
    case "email":
    case "phone":
      return value ? identify(facts, {}) : ignore("the property was cleared");
    case "lifecyclestage":
      return [known, track(facts, "Lifecycle Stage Changed", { stage: value })];
    case "hs_lead_status":
      return [known, track(facts, "Lead Status Changed", { status: value })];
    case "hs_email_optout":
      return value === "true"
        ? consent(facts, { channel: "email", state: "unsubscribed", at: event.occurredAt })
        : ignore("revoking an opt-out is not an opt-in");
    default:
      return known;
  }
}

/** The contact in the answer of a look-up; `null` if there is none. */
export function contactIn(body: unknown): readonly Draft[] | null {
  const found = answer.safeParse(body).data;
  if (!found) return null;
  const traits = Object.entries(found.properties).map(([name, value]) => traitOf(name, value));
  return [identify(contactOf(found.id, found.properties), Object.assign({}, ...traits))];
}

/** A property as a trait. `createdate` is the contact's, so it yields to other sources. */
function traitOf(name: string, value: Value): Traits {
  const trait = TRAITS.get(name) ?? name;
  if (["email", "phone", "id"].includes(trait)) return {};
  return { [trait]: trait.endsWith("_at") ? time.safeParse(value).data : value };
}
