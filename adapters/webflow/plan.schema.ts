/**
 * Webflow and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["commerce", "forms-and-meetings"],
  lacks: {
    ...because("no such webhook", "Cart Created", "Cart Updated", "Checkout Started", "Checkout Updated", "Checkout Expired"),
    ...because("an order is fulfilled as a whole", "Order Partially Fulfilled", "Order Delivered"),
    "Order Cancelled": "an order is refunded instead",
    "Gift Received": "has no gifts",
    ...because("has forms alone", "Meeting Booked", "Meeting Rescheduled", "Meeting Cancelled", "Meeting Attended"),
    ...because("has forms alone", "Meeting Missed", "Meeting No Show Withdrawn", "Webinar Registered", "Webinar Attended"),
  },
});
