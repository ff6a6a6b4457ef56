/**
 * Meta lead ads: forms that people fill in on Facebook and Instagram.
 *
 * A webhook names a lead only by id; its answers and its campaign are looked up if a page access token is configured.
 *
 * @see https://developers.facebook.com/docs/graph-api/webhooks/getting-started/webhooks-for-leadgen
 */
import * as z from "zod";
import type { IdFact, RemoteRequest } from "../src/contract/adapter.ts";
import {
  decisive,
  defineAdapter,
  hubChallenge,
  id,
  ignore,
  ignoring,
  optional,
  text,
  unixSeconds,
} from "../src/contract/adapter.ts";
import { hmac, prefixed } from "../src/contract/verify.ts";
import { answersIn, leadIn, onLead } from "./meta-leads/leads.ts";

const options = z.strictObject({
  verify_token: z
    .string()
    .regex(/^[\w-]{8,100}$/)
    .optional()
    .describe("Verify Token as entered at Meta, 8 to 100 letters and digits; it is sent in a URL, so never use the app secret"),
  pages: z
    .array(z.string().regex(/^\d{5,30}$/))
    .default([])
    .describe("ids of the pages whose leads are accepted; empty for all pages that the app is subscribed to"),
});

/** Fields of a lead. @see https://developers.facebook.com/docs/marketing-api/guides/lead-ads/retrieving */
const ANSWERS = "id,field_data";
const CAMPAIGN = "campaign_id,campaign_name,adset_id,adset_name,ad_id,ad_name,platform";

const change = z.object({ field: text, value: z.unknown() });

const created = optional(z.object({ leadgen_id: id, created_time: unixSeconds }));

export default defineAdapter({
  id: "meta-leads",
  name: "Meta lead ads",
  secret: {
    format: /^[0-9a-f]{32}$/,
    hint: "App secret (App settings > Basic)",
    demo: "7472696275746172795f64656d6f0002",
  },
  // @see https://developers.facebook.com/docs/graph-api/webhooks/getting-started#event-notifications
  verify: hmac({
    hash: "SHA-256",
    header: "x-hub-signature-256",
    encoding: "hex",
    covers: "body",
    layout: prefixed("sha256="),
    message: ({ body }) => [body],
  }),
  handshakes: ({ verify_token }) => [hubChallenge(verify_token)],
  options,
  batch: "entry[].changes[]",
  webhook: z.object({
    body: z.object({
      object: text,
      entry: z.array(z.object({ id, time: unixSeconds, changes: decisive(z.array(change)) })),
    }),
  }),
  events: ({ body }, { bodyHash, place }, { pages }) =>
    body.entry.flatMap((entry) =>
      (entry.changes ?? []).map(({ field, value }) => {
        const known = created.parse(value);
        const event = {
          id: field === "leadgen" && known ? `lead:${known.leadgen_id}` : `${field}:${bodyHash}:${place}`,
          type: field,
          occurredAt: known?.created_time ?? entry.time,
          // The Test button of the App Dashboard sends page 0.
          test: entry.id === "0",
          data: value,
          tenant: entry.id,
        };
        if (body.object !== "page") return { ...event, ignore: "not about a page" };
        return pages.length > 0 && !pages.includes(entry.id) ? { ...event, ignore: "from another page" } : event;
      }),
    ),
  handlers: {
    leadgen: onLead,
    ...ignoring("about the page, not a lead", "feed ratings"),
    messages: ignore("a conversation, not a lead"),
  },
  lookup: {
    hosts: ["graph.facebook.com"],
    request: (lead, apiKey) => requestFor(lead, `${ANSWERS},${CAMPAIGN}`, apiKey),
    // Fields of the advertisement need the permission ads_management.
    plainer: (lead, apiKey) => requestFor(lead, ANSWERS, apiKey),
    read: leadIn,
    found: answersIn,
  },
});

function requestFor({ kind, id: leadId }: IdFact, fields: string, apiKey: string): RemoteRequest | null {
  if (kind !== "lead" || !/^\d+$/.test(leadId)) return null;
  return { host: "graph.facebook.com", path: `/${leadId}?fields=${fields}`, headers: { authorization: `Bearer ${apiKey}` } };
}
