/**
 * Framer: forms of a site. The body has the answers alone, by the names of their inputs, all of them typed by a visitor.
 *
 * @see https://www.framer.com/help/articles/framer-form-webhook-setup
 */
import * as z from "zod";
import { defineAdapter, on } from "../src/contract/adapter.ts";
import { hmac, prefixed } from "../src/contract/verify.ts";
import { namedAnswers, submitted } from "../src/vocabulary/adapter.ts";

const submission = z.object({ id: z.string(), answers: z.record(z.string(), z.unknown()) });

export default defineAdapter({
  id: "framer",
  name: "Framer",
  secret: {
    format: /^[\x21-\x7e]{32,}$/,
    hint: "Secret of the form's webhook: at least 32 characters, chosen by you",
    demo: "tributary_demo_framer_0123456789abcdef",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "framer-signature",
    encoding: "hex",
    covers: "body",
    layout: prefixed("sha256="),
    id: { header: "framer-webhook-submission-id" },
    message: ({ body, id }) => [body, id],
  }),
  webhook: z.object({ body: z.record(z.string(), z.unknown()) }),
  // Retries have the id of the submission too.
  events: ({ body }, { nonce, bodyHash, receivedAt }) => [
    {
      id: nonce ?? bodyHash,
      type: "form_submission",
      occurredAt: receivedAt,
      test: false,
      data: { id: nonce ?? bodyHash, answers: body },
    },
  ],
  handlers: {
    form_submission: on(submission, ({ id, answers }) => submitted({ submission_id: id, answers: namedAnswers(answers) })),
  },
});
