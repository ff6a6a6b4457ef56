/**
 * Typeform: answers to forms.
 *
 * Everything is typed by a visitor or read from the form's URL, hidden fields too: addresses are claimed, and nothing is a user id.
 *
 * @see https://www.typeform.com/developers/webhooks/example-payload/
 */
import * as z from "zod";
import { defineAdapter, id, maybe, text } from "../src/contract/adapter.ts";
import { hmac, prefixed } from "../src/contract/verify.ts";
import { onPartial, onResponse } from "./typeform/responses.ts";

export default defineAdapter({
  id: "typeform",
  name: "Typeform",
  givesUp: { hours: 24 },
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Secret of the form's webhook: at least 16 random characters, chosen by you",
    demo: "tributary_demo_typeform_0123456789",
  },
  // @see https://www.typeform.com/developers/webhooks/secure-your-webhooks/
  verify: hmac({
    hash: "SHA-256",
    header: "typeform-signature",
    encoding: "base64",
    covers: "body",
    layout: prefixed("sha256="),
    message: ({ body }) => [body],
  }),
  webhook: z.object({
    body: z.object({
      event_id: id,
      event_type: text,
      form_response: z.looseObject({ token: maybe.id, submitted_at: maybe.isoTime }),
    }),
  }),
  // The token identifies the submission, also when it is resent by hand.
  events: ({ body: { event_id, event_type: type, form_response: data } }, { receivedAt }) => [
    { id: `${type}:${data.token ?? event_id}`, type, occurredAt: data.submitted_at ?? receivedAt, test: false, data },
  ],
  handlers: {
    form_response: onResponse,
    form_response_partial: onPartial,
  },
});
