/**
 * PagerDuty and the tracking plan.
 */
import { adapterPlan, event, family, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const optional = {
  incident_id: text("id of the incident"),
  incident_title: text("title of the incident"),
  urgency: text("`high` or `low`"),
  priority: text("name of the priority"),
  service_name: text("name of the service"),
  url: text("page of the incident"),
};
const example = { incident_id: "PFQZ001", incident_title: "Engine down", urgency: "high" };

/** Events that PagerDuty alone has. */
export const PAGERDUTY = family("PagerDuty", "Incidents and the people on call.", {
  "Incident Assigned": event({ when: "An incident reached a person on call.", optional, example }),
  "Incident Acknowledged": event({ when: "A person took an incident.", optional, example }),
  "Incident Resolved": event({ when: "A person resolved an incident.", optional, example }),
});

export default adapterPlan({ families: [], own: PAGERDUTY });
