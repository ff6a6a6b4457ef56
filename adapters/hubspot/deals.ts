/**
 * HubSpot's deals and their associations with contacts.
 */
import * as z from "zod";
import type { MapResult, PersonFacts } from "../../src/contract/adapter.ts";
import { decisive, id, identify, ignore, on, person, personId, reference, text } from "../../src/contract/adapter.ts";
import { dealCreated, dealStageChanged } from "../../src/vocabulary/adapter.ts";
import { change, object } from "./contacts.ts";

const association = z.object({
  associationType: text,
  fromObjectId: id,
  toObjectId: id,
  associationRemoved: decisive(z.boolean()),
});

/** A created deal. */
export const onDealCreated = on(object, (d) => dealCreated(ownerOf(d.objectId), { deal_id: d.objectId }));

/** A deal in another stage. */
export const onDealChange = on(change, (d) =>
  d.propertyName === "dealstage"
    ? dealStageChanged(ownerOf(d.objectId), { deal_id: d.objectId, stage: d.propertyValue })
    : ignore("only the stage of a deal is taken"),
);

/** A new association of a contact with a deal. */
export const onAssociation = on(association, associated);

/** A deal belongs to the contact that it is associated with. */
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
