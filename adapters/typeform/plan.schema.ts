/**
 * Typeform and the tracking plan.
 */
import { adapterPlan, because, event, FORM, family } from "../../src/vocabulary/adapter-plan.schema.ts";

/** Events that Typeform alone has. */
export const TYPEFORM = family("Typeform", "Events that Typeform alone has.", {
  "Form Abandoned": event({
    when: "A person began to answer a form and left it.",
    optional: FORM,
    prefixes: ["answer_"],
    example: { form_id: "f_1", form_name: "Contact", form_kind: "form", answer_company_size: "10-50" },
  }),
});

export default adapterPlan({
  families: ["forms-and-meetings"],
  lacks: because(
    "has forms alone",
    "Meeting Booked",
    "Meeting Rescheduled",
    "Meeting Cancelled",
    "Meeting Attended",
    "Meeting Missed",
    "Meeting No Show Withdrawn",
    "Webinar Registered",
    "Webinar Attended",
  ),
  own: TYPEFORM,
});
