/**
 * BigCommerce and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["commerce"],
  lacks: {
    ...because("a cart is a checkout as soon as the buyer goes on", "Checkout Started", "Checkout Updated"),
    "Gift Received": "has no such gifts",
  },
});
