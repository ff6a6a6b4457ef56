/**
 * RudderStack and the tracking plan: events have the workspace's own names.
 */
import { adapterPlan } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({ families: [], relays: true });
