/**
 * Klaviyo and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["engagement"],
  lacks: {
    ...because("no such topic", "Email Deferred", "SMS Delivered"),
    ...because(
      "no topics about WhatsApp are documented",
      "WhatsApp Message Sent",
      "WhatsApp Message Delivered",
      "WhatsApp Message Read",
      "WhatsApp Message Failed",
      "WhatsApp Message Received",
      "WhatsApp Message Link Clicked",
    ),
  },
});
