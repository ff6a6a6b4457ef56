/**
 * Google Ads lead forms and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["forms-and-meetings"],
  lacks: {
    ...because("has forms alone", "Meeting Booked", "Meeting Rescheduled", "Meeting Cancelled", "Meeting Attended"),
    ...because("has forms alone", "Meeting Missed", "Meeting No Show Withdrawn", "Webinar Registered", "Webinar Attended"),
  },
});
