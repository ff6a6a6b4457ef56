/**
 * HubSpot's tickets: a webhook names one property of one ticket.
 */
import type { PersonFacts } from "../../src/contract/adapter.ts";
import { ignore, on, person, reference } from "../../src/contract/adapter.ts";
import { ticketCreated, ticketReopened, ticketSolved, ticketUpdated } from "../../src/vocabulary/adapter.ts";
import { change, object } from "./contacts.ts";

/** A created ticket. */
export const onTicketCreated = on(object, (t) => ticketCreated(requesterOf(t.objectId), { ticket_id: t.objectId }));

/** A ticket in another stage of its pipeline, of another priority, or closed; HubSpot clears the time of the closing when it is opened again. */
export const onTicketChange = on(change, ({ objectId: ticket_id, propertyName, propertyValue: value }) => {
  const who = requesterOf(ticket_id);
  switch (propertyName) {
    case "hs_pipeline_stage":
      return ticketUpdated(who, { ticket_id, status_raw: value, changed: ["status"] });
    case "hs_ticket_priority":
      return ticketUpdated(who, { ticket_id, priority: value, changed: ["priority"] });
    case "closed_date":
      return value ? ticketSolved(who, { ticket_id, status: "solved" }) : ticketReopened(who, { ticket_id, status: "open" });
    default:
      return ignore("only stage, priority and closing of a ticket are taken");
  }
});

/** A ticket belongs to the contact that it is associated with. */
function requesterOf(ticket: string): PersonFacts {
  return person({ ids: [reference("ticket", ticket)] });
}
