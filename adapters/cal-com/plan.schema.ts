/**
 * Cal.com and the tracking plan.
 */
import {
  adapterPlan,
  because,
  event,
  FORM,
  family,
  MEETING,
  MEETING_ID,
  text,
} from "../../src/vocabulary/adapter-plan.schema.ts";

const meeting = { required: MEETING_ID, optional: MEETING, example: { meeting_id: "m_1", meeting_name: "Demo" } };

/** Events that Cal.com alone has. */
export const CAL_COM = family("Cal.com", "Events that Cal.com alone has.", {
  "Meeting Requested": event({
    ...meeting,
    when: "A person asked for a meeting that the host has to confirm; Meeting Booked or Meeting Cancelled follows.",
    prefixes: ["answer_"],
  }),
  "Meeting Location Changed": event({
    ...meeting,
    when: "The place or the page of a meeting changed.",
    optional: { ...MEETING, previous_location: text("`location` before") },
  }),
  "Meeting Host Changed": event({ ...meeting, when: "A meeting was given to another host." }),
  "Meeting Started": event({ ...meeting, when: "The time of a meeting began, whoever is there." }),
  "Meeting Ended": event({ ...meeting, when: "The time of a meeting ended, whoever was there." }),
  "Meeting Paid": event({
    ...meeting,
    when: "A booking was paid. The source of the payment tells the money that came in.",
  }),
  "Meeting Not Booked": event({
    when: "A person sent a routing form and booked nothing within 15 minutes.",
    optional: FORM,
    prefixes: ["answer_"],
    example: { form_id: "f_1", form_name: "Contact", form_kind: "routing" },
  }),
});

export default adapterPlan({
  families: ["forms-and-meetings"],
  lacks: {
    "Meeting Attended": "tells only who did not come",
    ...because("has no webinars", "Webinar Registered", "Webinar Attended"),
  },
  own: CAL_COM,
});
