/**
 * HubSpot's deals.
 */
import type { PersonFacts } from "../../src/contract/adapter.ts";
import { ignore, on, person, reference } from "../../src/contract/adapter.ts";
import { dealCreated, dealStageChanged } from "../../src/vocabulary/adapter.ts";
import { change, object } from "./contacts.ts";

/** A created deal. */
export const onDealCreated = on(object, (d) => dealCreated(ownerOf(d.objectId), { deal_id: d.objectId }));

/** A deal in another stage. */
export const onDealChange = on(change, (d) =>
  d.propertyName === "dealstage"
    ? dealStageChanged(ownerOf(d.objectId), { deal_id: d.objectId, stage: d.propertyValue })
    : ignore("only the stage of a deal is taken"),
);

/** A deal belongs to the contact that it is associated with. */
function ownerOf(deal: string): PersonFacts {
  return person({ ids: [reference("deal", deal)] });
}
