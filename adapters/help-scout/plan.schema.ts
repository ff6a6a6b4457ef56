/**
 * Help Scout and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["support"],
  lacks: {
    ...because("only an unsigned header tells it from other changes", "Ticket Updated", "Ticket Reopened"),
    "Live Chat Conversation Ended": "the finished chat comes as a new conversation",
    "Live Chat Message Received": "its body shows the visitor's messages as well",
  },
});
