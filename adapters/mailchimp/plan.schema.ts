/**
 * Mailchimp and the tracking plan.
 */
import { adapterPlan, because, SENDS_EMAIL_ONLY } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["engagement"],
  lacks: {
    ...SENDS_EMAIL_ONLY,
    ...because(
      "webhooks are about the audience, not about single e-mails",
      "Email Delivered",
      "Email Opened",
      "Email Link Clicked",
      "Email Dropped",
      "Email Deferred",
    ),
  },
});
