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
import { onResponse } from "./typeform/responses.ts";

export default defineAdapter({
  id: "typeform",
  name: "Typeform",
  docs: "https://www.typeform.com/developers/webhooks/",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "The secret that you give the form's webhook: at least 16 random characters",
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
    form_response: onResponse("Form Submitted"),
    form_response_partial: onResponse("Form Abandoned"),
  },
  // @see https://www.typeform.com/developers/webhooks/
  habits: {
    timeoutSeconds: 30,
    retries: "after 408, 423, 429 and 503 every 2 to 3 minutes for 10 hours; after other errors a few times over some hours",
    disables: "at once after a 404 or 410, and after many failures without a success within a day",
    setup: [
      "In the form open Connect > Webhooks and choose Add a webhook, with the URL of this source; each form has its own.",
      "Edit it, and enter a random secret: it is the source's secret, the same for each form of a source.",
      "Switch the webhook on; switch on partial responses to see who left a form half-way.",
      "Ask for an e-mail address, or pass one as the hidden field email: without one a response has no person.",
      "Give the questions readable references (first_name, company_size): an answer becomes the property answer_company_size.",
    ],
  },
});
