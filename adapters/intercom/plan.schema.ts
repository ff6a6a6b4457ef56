/**
 * Intercom and the tracking plan.
 */
import { adapterPlan, because, event, family, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const tag = { tag_id: text("id of the tag"), tag: text("name of the tag") };

/** Events that Intercom alone has. */
export const INTERCOM = family("Intercom", "Events that Intercom alone has.", {
  "Contact Tag Added": event({ when: "A contact got a tag.", optional: tag, example: { tag_id: "1", tag: "vip" } }),
  "Contact Tag Removed": event({ when: "A contact lost a tag.", optional: tag, example: { tag_id: "1", tag: "vip" } }),
});

export default adapterPlan({
  families: ["account", "support"],
  lacks: {
    ...because(
      "contacts do not sign in to Intercom",
      "User Signed In",
      "Email Verified",
      "Password Changed",
      "Invitation Sent",
      "Invitation Accepted",
      "Invitation Revoked",
      "Waitlist Joined",
      "Waitlist Approved",
      "Waitlist Denied",
    ),
    "Email Changed": "contact.email.updated comes for the first address too",
    "Account Deleted": "a deleted contact is a deleted record of a person, not the account",
    ...because("events of companies name no person", "Organization Created", "Organization Joined", "Organization Left"),
  },
  own: INTERCOM,
});
