/**
 * Calendly and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["forms-and-meetings"],
  lacks: {
    "Meeting Attended": "tells only who did not come",
    ...because("has no webinars", "Webinar Registered", "Webinar Attended"),
  },
});
