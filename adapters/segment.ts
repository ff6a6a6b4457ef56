/**
 * Segment: its calls, relayed. Events, properties and traits keep the names that they have in the workspace; only the traits that Customer.io has a
 * name for get it (`firstName`). Of a batch Segment signs the first event alone, so batches are refused.
 *
 * @see https://segment.com/docs/connections/spec/
 */
import * as z from "zod";
import { defineAdapter, ignore } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { call, callEvent, callHandlers } from "../src/vocabulary/relayed-calls.ts";

export default defineAdapter({
  id: "segment",
  name: "Segment",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Shared secret of the Webhooks destination: at least 16 random characters, chosen by you",
    demo: "tributary_demo_segment_secret",
  },
  // @see https://www.twilio.com/docs/segment/connections/destinations/catalog/actions-webhook
  verify: hmac({
    hash: "SHA-1",
    header: "x-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  userIdFrom: ["userId"],
  webhook: z.object({ body: call }),
  events: ({ body }, arrival) => [callEvent(body, arrival)],
  handlers: callHandlers,
  otherwise: ignore("not a call in Segment's specification"),
});
