/**
 * HubSpot's contacts: what an event says of one, and what the look-up does.
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

/** Properties of a contact that have a name of their own here. */
const TRAITS: ReadonlyMap<string, string> = new Map([
  ["firstname", "first_name"],
  ["lastname", "last_name"],
  ["createdate", "created_at"],
  ["hs_language", "locale"],
  ["hs_timezone", "timezone"],
]);

/** What a look-up asks for: properties of a contact. */
export const LOOKED_UP = ["email", "firstname", "lastname", "phone", "createdate", "lifecyclestage", "hs_lead_status"];

const time = z.union([isoTime, unixMilliseconds]);

/** HubSpot's own names: small letters, digits and underscores. */
const propertyName = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);

const answer = z.object({ id, properties: z.record(propertyName, maybe.text) });

/** A contact or deal to which something happened. */
export const object = z.object({ objectId: id });

/** One property of an object, and what it is now. */
export const change = object.extend({
  propertyName: text,
  propertyValue: decisive(z.union([text, z.number().transform(String)])),
});

/** A contact that was moved to the recycle bin. */
export const deletion = object.extend({ subscriptionType: z.enum(["contact.deletion", "object.deletion"]) });

/** A contact who must be forgotten, as a law demands. */
export const erasure = object.extend({ subscriptionType: z.enum(["contact.privacyDeletion", "object.privacyDeletion"]) });

/** Who a contact is, as far as is known. */
export function contactOf(contact: string, properties: Readonly<Record<string, Maybe<string>>> = {}): PersonFacts {
  const { email, phone } = properties;
  return person({ record: properties, email: claimed(email), phone, ids: [personId("contact", contact)] });
}

/** An event of which nothing is known but the contact. */
export function onContact(event: string) {
  return on(object, (c) => track(contactOf(c.objectId), event));
}

/** What a changed property says of a contact. */
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

/** What the answer to a look-up says of a contact; `null` where it is no contact. */
export function contactIn(body: unknown): readonly Draft[] | null {
  const found = answer.safeParse(body).data;
  if (!found) return null;
  const traits = Object.entries(found.properties).map(([name, value]) => traitOf(name, value));
  return [identify(contactOf(found.id, found.properties), Object.assign({}, ...traits))];
}

/** A property as a trait: `createdate` is the contact's, not the person's, so it gives way to what other sources say. */
function traitOf(name: string, value: Value): Traits {
  const trait = TRAITS.get(name) ?? name;
  if (["email", "phone", "id"].includes(trait)) return {};
  return { [trait]: trait.endsWith("_at") ? time.safeParse(value).data : value };
}
