/**
 * Jotform: answers to forms, all of them typed by a visitor or read from the form's address. Jotform signs nothing: the URL is the secret.
 *
 * @see https://www.jotform.com/help/245-how-to-setup-a-webhook-with-jotform/
 */
import * as z from "zod";
import { defineAdapter, id, maybe } from "../src/contract/adapter.ts";
import { pathToken } from "../src/contract/verify.ts";
import { onSubmission } from "./jotform/submissions.ts";

export default defineAdapter({
  id: "jotform",
  name: "Jotform",
  secret: {
    format: /^[\w-]{16,255}$/,
    hint: "Last part of the URL given to Jotform: random letters and digits, chosen by you",
    demo: "tributary_demo_jotform_0000",
  },
  verify: pathToken(),
  format: "multipart",
  webhook: z.object({ body: z.looseObject({ formID: maybe.id, submissionID: id }) }),
  events: ({ body }, { receivedAt }) => [
    { id: body.submissionID, type: "submission", occurredAt: receivedAt, test: false, data: body },
  ],
  handlers: { submission: onSubmission },
});
