/**
 * LinkedIn lead gen forms. A notification names a lead only by id; its answers are looked up if an access token is configured.
 *
 * @see https://learn.microsoft.com/en-us/linkedin/marketing/lead-sync/leadsync
 */
import * as z from "zod";
import type { IdFact, RemoteRequest } from "../src/contract/adapter.ts";
import { answerJson, decisive, defineAdapter, handshake, id, ignore, maybe, text } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { foundIn, leadIn, onLead } from "./linkedin-leads/leads.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** LinkedIn keeps a version of its API for at least a year. */
const VERSION = "202610";

const FIELDS = "id,submittedAt,testLead,leadType,leadMetadataInfo,formResponse,form:(name,id,hiddenFields,content)";

function requestFor({ kind, id: lead }: IdFact, query: string, apiKey: string): RemoteRequest | null {
  if (kind !== "lead" || !/^[\w-]+$/.test(lead)) return null;
  return {
    host: "api.linkedin.com",
    path: `/rest/leadFormResponses/${lead}${query}`,
    headers: { authorization: `Bearer ${apiKey}`, "linkedin-version": VERSION, "x-restli-protocol-version": "2.0.0" },
  };
}

export default defineAdapter({
  id: "linkedin-leads",
  name: "LinkedIn lead gen forms",
  secret: {
    format: /^[\x21-\x7e]{16,100}$/,
    hint: "Client secret of the LinkedIn app (Auth > Application credentials)",
    demo: "tributary_demo_linkedin_0123456789",
  },
  // @see https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation
  verify: hmac({
    hash: "SHA-256",
    header: "x-li-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => ["hmacsha256=", body],
  }),
  // Every two hours. Whatever is signed for a webhook begins with a name that no UUID holds.
  handshakes: [
    handshake({
      proof: "unsigned",
      method: "GET",
      request: z.object({ query: z.object({ challengeCode: z.string().regex(UUID) }) }),
      answer: async ({ query: { challengeCode } }, { hmac: sign }) =>
        answerJson({ challengeCode, challengeResponse: await sign("SHA-256", challengeCode, "hex") }),
    }),
  ],
  webhook: z.object({
    body: z.looseObject({
      type: text,
      leadGenFormResponse: decisive(id),
      leadAction: decisive(text),
      occurredAt: maybe.unixMilliseconds,
      notificationId: maybe.id,
    }),
  }),
  events: ({ body }, { bodyHash, receivedAt }) => {
    const isLead = body.type === "LEAD_ACTION" && body.leadGenFormResponse;
    return [
      {
        id: isLead ? `${body.leadGenFormResponse}:${body.leadAction}` : (body.notificationId ?? bodyHash),
        type: isLead ? `lead.${body.leadAction}` : body.type,
        occurredAt: body.occurredAt ?? receivedAt,
        test: false,
        data: body,
      },
    ];
  },
  handlers: {
    "lead.CREATED": onLead,
    "lead.DELETED": ignore("LinkedIn deleted the lead; the person's data is for the company to delete"),
  },
  otherwise: ignore("not about a lead"),
  lookup: {
    hosts: ["api.linkedin.com"],
    request: (lead, apiKey) => requestFor(lead, `?fields=${FIELDS}`, apiKey),
    plainer: (lead, apiKey) => requestFor(lead, "", apiKey),
    read: leadIn,
    found: foundIn,
  },
});
