/**
 * ActiveCampaign and the tracking plan.
 */
import { adapterPlan, because, SENDS_EMAIL_ONLY } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["engagement"],
  lacks: {
    ...SENDS_EMAIL_ONLY,
    ...because("its text messages are not taken", "SMS Sent", "SMS Delivered", "SMS Failed", "SMS Received", "SMS Link Clicked"),
    ...because("no such webhook", "Email Delivered", "Email Marked as Spam", "Email Dropped", "Email Deferred"),
  },
});
