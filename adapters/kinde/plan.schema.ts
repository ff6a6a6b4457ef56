/**
 * Kinde and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["account"],
  lacks: {
    ...because("user.updated does not say what changed", "Email Verified", "Email Changed", "Password Changed"),
    "Contact Deleted": "no such webhook",
    "Organization Created": "the event names no person",
    ...because("a user's organizations are told with the user, not when one changes", "Organization Joined", "Organization Left"),
    ...because("no webhooks for invitations", "Invitation Sent", "Invitation Accepted", "Invitation Revoked"),
    ...because("no webhooks for what became of a request for access", "Waitlist Approved", "Waitlist Denied"),
  },
});
