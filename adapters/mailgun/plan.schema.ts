/**
 * Mailgun and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["engagement"],
  lacks: because(
    "sends e-mail only",
    "SMS Sent",
    "SMS Delivered",
    "SMS Failed",
    "SMS Received",
    "SMS Link Clicked",
    "WhatsApp Message Sent",
    "WhatsApp Message Delivered",
    "WhatsApp Message Read",
    "WhatsApp Message Failed",
    "WhatsApp Message Received",
    "WhatsApp Message Link Clicked",
  ),
});
