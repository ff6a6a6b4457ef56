/**
 * Zoom and the tracking plan.
 */
import {
  adapterPlan,
  because,
  event,
  family,
  MEETING,
  MEETING_ID,
  text,
  time,
} from "../../src/vocabulary/adapter-plan.schema.ts";

const session = { required: MEETING_ID, optional: MEETING, example: { meeting_id: "81234567890", meeting_name: "Demo" } };

const left = {
  ...session,
  optional: { ...MEETING, left_at: time("time at which the person left"), leave_reason: text("why, in the vendor's words") },
};

const ticket = {
  optional: {
    event_id: text("id of the event"),
    event_name: text("name of the event"),
    ticket_id: text("id of the ticket"),
    ticket_type_id: text("id of the type of ticket"),
    external_ticket_id: text("the company's own id of the ticket"),
  },
  example: { event_id: "e_1", ticket_id: "t_1" },
};

/** Events that Zoom alone has. */
export const ZOOM = family("Zoom", "Events that Zoom alone has.", {
  "Webinar Registration Approved": event({ ...session, when: "The host approved a registration for a webinar." }),
  "Webinar Registration Denied": event({ ...session, when: "The host refused a registration for a webinar." }),
  "Webinar Registration Cancelled": event({ ...session, when: "A registration for a webinar was cancelled." }),
  "Webinar Left": event({ ...left, when: "A person left a webinar, perhaps to come back." }),
  "Meeting Registration Approved": event({ ...session, when: "The host approved a registration for a meeting." }),
  "Meeting Left": event({ ...left, when: "A person left a meeting, perhaps to come back." }),
  "Recording Registered": event({
    ...session,
    when: "A person registered for the recording of a session.",
    optional: { ...MEETING, registration_status: text("`approved` or `pending`") },
    prefixes: ["answer_"],
  }),
  "Recording Registration Approved": event({ ...session, when: "The host approved a registration for a recording." }),
  "Recording Registration Denied": event({ ...session, when: "The host refused a registration for a recording." }),
  "Event Registered": event({ ...ticket, when: "A person got a ticket for a Zoom event." }),
  "Event Registration Cancelled": event({ ...ticket, when: "A ticket for a Zoom event was taken back." }),
});

export default adapterPlan({
  families: ["forms-and-meetings"],
  lacks: {
    "Form Submitted": "has no forms but those of registrations",
    ...because("tells only who came", "Meeting Missed", "Meeting No Show Withdrawn"),
  },
  own: ZOOM,
});
