/**
 * Stytch and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["account"],
  lacks: {
    "User Signed In": "sign-ins have no webhook",
    ...because("an update does not say what changed", "Email Verified", "Email Changed", "Password Changed"),
    ...because("an update does not say what changed", "Invitation Accepted", "Invitation Revoked"),
    ...because("has users alone", "Contact Created", "Contact Deleted"),
    "Organization Created": "the event names no person",
    "Organization Left": "a deleted member is a deleted account",
    ...because("has no waitlist", "Waitlist Joined", "Waitlist Approved", "Waitlist Denied"),
  },
});
