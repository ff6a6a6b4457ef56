/**
 * SendGrid and the tracking plan.
 */
import { adapterPlan, SENDS_EMAIL_ONLY } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({ families: ["engagement"], lacks: SENDS_EMAIL_ONLY });
