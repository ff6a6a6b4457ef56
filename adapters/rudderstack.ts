/**
 * RudderStack: its calls, relayed. Events, properties and traits keep the names that they have in the workspace; only the traits that Customer.io
 * has a name for get it (`firstName`).
 *
 * @see https://www.rudderstack.com/docs/event-spec/standard-events/
 */
import * as z from "zod";
import { defineAdapter, ignore } from "../src/contract/adapter.ts";
import { token } from "../src/contract/verify.ts";
import { call, callEvent, callHandlers } from "../src/vocabulary/relayed-calls.ts";

export default defineAdapter({
  id: "rudderstack",
  name: "RudderStack",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Value of the Authorization header of the Webhook destination: at least 16 random characters, chosen by you",
    demo: "tributary_demo_rudderstack_secret",
  },
  verify: token({ header: "authorization" }),
  userIdFrom: ["userId"],
  webhook: z.object({ body: call }),
  // The traits of a person stand in the context; only a group's stand beside it.
  events: ({ body }, arrival) => {
    const traits = { ...body.context?.traits, ...body.traits };
    return [callEvent(body.type === "identify" ? { ...body, traits } : body, arrival)];
  },
  handlers: callHandlers,
  otherwise: ignore("not a call in RudderStack's specification"),
});
