/**
 * HubSpot and the tracking plan.
 */
import { adapterPlan, because, event, family, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const deal = { deal_id: text("id of the deal") };

/** Events that HubSpot alone has. */
export const HUBSPOT = family("HubSpot", "Events that HubSpot alone has.", {
  "Contact Restored": event({ when: "A contact was taken out of the recycle bin.", example: {} }),
  "Lifecycle Stage Changed": event({
    when: "A contact reached another stage of its life: lead, opportunity, customer …",
    optional: { stage: text("internal name of the stage; none where it was cleared") },
    example: { stage: "opportunity" },
  }),
  "Lead Status Changed": event({
    when: "The status of a lead changed.",
    optional: { status: text("internal name of the status; none where it was cleared") },
    example: { status: "CONNECTED" },
  }),
  "Deal Created": event({ when: "A deal was made.", required: deal, example: { deal_id: "1" } }),
  "Deal Stage Changed": event({
    when: "A deal reached another stage of its pipeline.",
    required: deal,
    optional: { stage: text("internal name or id of the stage") },
    example: { deal_id: "1", stage: "closedwon" },
  }),
});

export default adapterPlan({
  families: ["account", "support"],
  lacks: {
    ...because(
      "contacts have no accounts",
      "User Signed Up",
      "User Signed In",
      "Email Verified",
      "Password Changed",
      "Account Deleted",
      "Invitation Sent",
      "Invitation Accepted",
      "Invitation Revoked",
      "Waitlist Joined",
      "Waitlist Approved",
      "Waitlist Denied",
    ),
    "Email Changed": "a webhook does not tell a contact's first address from another one",
    ...because(
      "companies are records of the sales team, and contacts do not join them",
      "Organization Created",
      "Organization Joined",
      "Organization Left",
    ),
    "Ticket Replied": "answers are messages of a conversation, which a webhook names by its id alone",
    "Ticket Rated": "answers to surveys have no webhook that names a contact",
    ...because(
      "a webhook names a conversation by its id alone",
      "Live Chat Conversation Started",
      "Live Chat Conversation Ended",
      "Live Chat Message Sent",
      "Live Chat Message Received",
    ),
  },
  own: HUBSPOT,
});
