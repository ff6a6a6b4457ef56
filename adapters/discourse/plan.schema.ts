/**
 * Discourse and the tracking plan.
 */
import { adapterPlan } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["community"],
  lacks: { "Discussion Answered": "the webhook names who wrote the answer, not who asked" },
});
