/**
 * Eventbrite and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["forms-and-meetings"],
  lacks: {
    "Form Submitted": "questions belong to an order",
    ...because("no such webhook", "Meeting Rescheduled", "Meeting Missed", "Meeting No Show Withdrawn"),
    ...because("does not tell online events apart", "Webinar Registered", "Webinar Attended"),
  },
});
