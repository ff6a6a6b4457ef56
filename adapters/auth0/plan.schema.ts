/**
 * Auth0 and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["account"],
  lacks: {
    ...because("has users alone", "Contact Created", "Contact Deleted"),
    "Organization Created": "the event names no person",
    ...because("only accepted invitations are logged", "Invitation Sent", "Invitation Revoked"),
    ...because("has no waitlist", "Waitlist Joined", "Waitlist Approved", "Waitlist Denied"),
  },
});
