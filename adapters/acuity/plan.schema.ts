/**
 * Acuity and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["forms-and-meetings"],
  lacks: {
    "Form Submitted": "intake forms belong to an appointment",
    ...because("no such webhook", "Meeting Attended", "Meeting Missed", "Meeting No Show Withdrawn"),
    ...because("has no webinars", "Webinar Registered", "Webinar Attended"),
  },
});
