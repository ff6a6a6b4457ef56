/**
 * DocuSign: who was asked to sign, looked, signed or declined.
 *
 * A message says whose turn it was by the recipient's number, and has the recipients only where the configuration includes them.
 *
 * @see https://developers.docusign.com/platform/webhooks/connect/json-sim-event-model
 */
import * as z from "zod";
import { defineAdapter, id, ignore, ignoring, isoTime, maybe, text } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { onEnvelope, onRecipient } from "./docusign/envelopes.ts";

export default defineAdapter({
  id: "docusign",
  name: "DocuSign",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Connect key (Settings > Connect > Connect Keys)",
    demo: "tributary_demo_docusign_0123456789",
  },
  // One header for each key of the account.
  verify: hmac({
    hash: "SHA-256",
    header: [1, 2, 3, 4, 5].map((key) => `x-docusign-signature-${key}`),
    encoding: "base64",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  webhook: z.object({
    body: z.object({
      event: text,
      generatedDateTime: isoTime,
      data: z.looseObject({ envelopeId: id, recipientId: maybe.id }),
    }),
  }),
  // Retries count themselves in the body.
  events: ({ body: { event: type, generatedDateTime: occurredAt, data } }) => [
    { id: `${type}:${data.recipientId ?? "all"}:${data.envelopeId}`, type, occurredAt, test: false, data },
  ],
  handlers: {
    "recipient-sent": onRecipient("Document Sent"),
    "recipient-delivered": onRecipient("Document Viewed"),
    "recipient-completed": onRecipient("Document Signed"),
    "recipient-declined": onRecipient("Document Declined"),
    "envelope-completed": onEnvelope("Document Completed"),
    "envelope-voided": onEnvelope("Document Voided"),
    ...ignoring("covered by the event of each recipient", "envelope-sent envelope-delivered envelope-declined"),
  },
  otherwise: ignore("not about a person's part in a document"),
});
