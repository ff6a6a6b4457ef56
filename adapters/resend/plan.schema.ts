/**
 * Resend and the tracking plan.
 */
import { adapterPlan, SENDS_EMAIL_ONLY } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["engagement"],
  lacks: {
    ...SENDS_EMAIL_ONLY,
    "Email Unsubscribed": "an opt-out changes the contact, which does not say what it was before",
    "Email Subscribed": "an opt-in changes the contact, which does not say what it was before",
  },
});
