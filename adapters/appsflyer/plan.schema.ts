/**
 * AppsFlyer and the tracking plan: in-app events have the app's own names.
 */
import { adapterPlan } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({ families: [], relays: true });
