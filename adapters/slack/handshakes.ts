/**
 * Requests of Slack that are no events: it checks the URL and its certificate.
 */
import * as z from "zod";
import { answerText, handshake, maybe } from "../../src/contract/adapter.ts";

/**
 * A check of the certificate, which may be unsigned. The schema is strict: a message that quotes these fields is JSON and has others.
 * @see https://docs.slack.dev/tools/bolt-python/reference/middleware/ssl_check/
 */
export const certificateCheck = handshake({
  proof: "unsigned",
  method: "POST",
  format: "form",
  request: z.object({ body: z.strictObject({ ssl_check: z.literal("1"), token: maybe.text }) }),
  answer: () => answerText(""),
});

/** The challenge that Slack sends when the URL is entered. @see https://docs.slack.dev/reference/events/url_verification */
export const urlVerification = handshake({
  proof: "signed",
  method: "POST",
  request: z.object({
    body: z.object({ type: z.literal("url_verification"), challenge: z.string().regex(/^[\w-]{1,255}$/) }),
  }),
  answer: ({ body }) => answerText(body.challenge),
});
