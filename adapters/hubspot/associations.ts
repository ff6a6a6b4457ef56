/**
 * HubSpot's associations: which contact a deal or a ticket belongs to. Their own webhooks name no contact.
 */
import * as z from "zod";
import { decisive, id, identify, ignore, on, person, personId, reference, text } from "../../src/contract/adapter.ts";

const association = z.object({
  associationType: text,
  fromObjectId: id,
  toObjectId: id,
  associationRemoved: decisive(z.boolean()),
});

/** A new association of a contact. */
export const onAssociation = on(association, ({ associationType, fromObjectId, toObjectId, associationRemoved }) => {
  const [, from, to] = /^(CONTACT|DEAL|TICKET)_TO_(CONTACT|DEAL|TICKET)$/.exec(associationType) ?? [];
  const kind = from === "CONTACT" ? to : from;
  const isOfContact = (from === "CONTACT") !== (to === "CONTACT");
  if (kind === undefined || !isOfContact || associationRemoved)
    return ignore("not an association of a contact with a deal or a ticket");
  const [contact, other] = from === "CONTACT" ? [fromObjectId, toObjectId] : [toObjectId, fromObjectId];
  return identify(person({ ids: [personId("contact", contact), reference(kind.toLowerCase(), other)] }), {});
});
