/**
 * The WhatsApp Business Platform and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["engagement"],
  lacks: {
    ...because("sends WhatsApp messages only", "Email Delivered", "Email Opened", "Email Link Clicked", "Email Bounced"),
    ...because("sends WhatsApp messages only", "Email Marked as Spam", "Email Unsubscribed", "Email Subscribed", "Email Dropped"),
    ...because("sends WhatsApp messages only", "Email Deferred", "SMS Sent", "SMS Delivered", "SMS Failed", "SMS Received"),
    "SMS Link Clicked": "sends WhatsApp messages only",
    "WhatsApp Message Link Clicked": "no such webhook",
  },
});
