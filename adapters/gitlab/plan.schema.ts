/**
 * GitLab and the tracking plan.
 */
import { adapterPlan } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({ families: ["projects"] });
