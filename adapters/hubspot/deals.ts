/**
 * HubSpot's deals, and the associations that say whose they are.
 */
import * as z from "zod";
import type { MapResult, PersonFacts } from "../../src/contract/adapter.ts";
import { decisive, id, identify, ignore, on, person, personId, reference, text, track } from "../../src/contract/adapter.ts";
import { change, object } from "./contacts.ts";

const association = z.object({
  associationType: text,
  fromObjectId: id,
  toObjectId: id,
  associationRemoved: decisive(z.boolean()),
});

/** A deal that was opened. */
export const onDealCreated = on(object, (d) => track(ownerOf(d.objectId), "Deal Created", { deal_id: d.objectId }));

/** A deal that went on to another stage. */
export const onDealChange = on(change, (d) =>
  d.propertyName === "dealstage"
    ? track(ownerOf(d.objectId), "Deal Stage Changed", { deal_id: d.objectId, stage: d.propertyValue })
    : ignore("only the stage of a deal is taken"),
);

/** A contact and a deal that belong together from now on. */
export const onAssociation = on(association, associated);

/** A deal is a contact's: an association says whose. */
function ownerOf(deal: string): PersonFacts {
  return person({ ids: [reference("deal", deal)] });
}

function associated({ associationType, fromObjectId, toObjectId, associationRemoved }: z.output<typeof association>): MapResult {
  const [contact, deal] =
    associationType === "CONTACT_TO_DEAL"
      ? [fromObjectId, toObjectId]
      : associationType === "DEAL_TO_CONTACT"
        ? [toObjectId, fromObjectId]
        : [null, null];
  if (contact === null || associationRemoved) return ignore("not an association of a contact with a deal");
  return identify(person({ ids: [personId("contact", contact), reference("deal", deal)] }), {});
}
