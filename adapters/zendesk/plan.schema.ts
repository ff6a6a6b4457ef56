/**
 * Zendesk and the tracking plan.
 */
import {
  adapterPlan,
  because,
  choice,
  event,
  family,
  TICKET_STATUSES,
  text,
  texts,
} from "../../src/vocabulary/adapter-plan.schema.ts";

/** Events that Zendesk alone has. */
export const ZENDESK = family("Zendesk", "Events that Zendesk alone has.", {
  "Ticket Trigger Fired": event({
    when: "A trigger or an automation called the webhook, with a text of its admin's that is no event of the plan.",
    required: { ticket_id: text("the ticket"), trigger: text("the admin's text") },
    optional: {
      subject: text("subject"),
      status: choice(TICKET_STATUSES, "status"),
      status_raw: text("Zendesk's own word for the status"),
      priority: text("priority"),
      channel: text("channel on which the ticket came"),
      tags: texts("tags"),
    },
    example: { ticket_id: "1", trigger: "Waiting for three days", status: "pending" },
  }),
});

export default adapterPlan({
  families: ["account", "support"],
  lacks: {
    ...because(
      "a help desk, without accounts",
      "User Signed Up",
      "User Signed In",
      "Email Verified",
      "Email Changed",
      "Password Changed",
      "Account Deleted",
      "Invitation Sent",
      "Invitation Accepted",
      "Invitation Revoked",
      "Waitlist Joined",
      "Waitlist Approved",
      "Waitlist Denied",
    ),
    ...because("organizations are groups that staff keep", "Organization Created", "Organization Joined", "Organization Left"),
    ...because(
      "messaging has no such webhooks",
      "Live Chat Conversation Started",
      "Live Chat Conversation Ended",
      "Live Chat Message Sent",
      "Live Chat Message Received",
    ),
  },
  own: ZENDESK,
});
