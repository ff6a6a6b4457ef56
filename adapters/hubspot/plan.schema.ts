/**
 * HubSpot and the tracking plan.
 */
import { adapterPlan, because, event, family, text } from "../../src/vocabulary/adapter-plan.schema.ts";

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
});

export default adapterPlan({
  families: ["account", "sales", "support"],
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
    ...because("a closed deal is a stage like any other, whose name is the company's", "Deal Won", "Deal Lost"),
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
