/**
 * Linear and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["projects"],
  lacks: because(
    "has no code",
    "Pull Request Opened",
    "Pull Request Merged",
    "Pull Request Closed",
    "Pull Request Reviewed",
    "Code Pushed",
    "Collaborator Added",
    "Collaborator Removed",
  ),
});
