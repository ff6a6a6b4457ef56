/**
 * GoCardless: direct debit. Events hold ids alone: no amount, and no address but by a look-up of the customer.
 *
 * @see https://developer.gocardless.com/api-reference/#core-endpoints-events
 */
import * as z from "zod";
import { defineAdapter, id, ignore, isoTime, text } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { lookup } from "./gocardless/customers.ts";
import { actions, event } from "./gocardless/events.ts";

export default defineAdapter({
  id: "gocardless",
  name: "GoCardless",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Secret of the webhook endpoint",
    demo: "tributary_demo_gocardless_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "webhook-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  states: ["subscription"],
  batch: "events[]",
  webhook: z.object({
    body: z.object({
      events: z.array(event.extend({ id, created_at: isoTime, resource_type: text, action: text })),
    }),
  }),
  events: ({ body }) =>
    body.events.map((one) => ({
      id: one.id,
      type: `${one.resource_type}.${one.action}`,
      occurredAt: one.created_at,
      test: false,
      data: one,
    })),
  handlers: actions,
  otherwise: ignore("a step on the way, or about the company's own account"),
  lookup,
});
