/**
 * Front and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["support"],
  lacks: {
    "Ticket Updated": "all other changes are made by staff",
    "Ticket Rated": "ratings have no such webhook",
    ...because(
      "chats are conversations like all others",
      "Live Chat Conversation Started",
      "Live Chat Conversation Ended",
      "Live Chat Message Sent",
      "Live Chat Message Received",
    ),
  },
});
