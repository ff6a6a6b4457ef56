/**
 * The tracking plan: cohorts of people that another tool computes.
 */
import { event, family } from "./definition.schema.ts";
import { text, time } from "./shapes.schema.ts";

const cohort = {
  cohort_id: text("the vendor's id of the cohort"),
  cohort_name: text("name of the cohort"),
  computed_at: time("time of the computation"),
};

const example = { cohort_id: "c_1", cohort_name: "Power users" };

/** Audiences. */
export const AUDIENCES = family("Audiences", "Cohorts of people that an analytics tool computes.", {
  "Cohort Entered": event({ when: "A person became a member of a cohort.", optional: cohort, example }),
  "Cohort Exited": event({ when: "A person is no longer a member of a cohort.", optional: cohort, example }),
});
