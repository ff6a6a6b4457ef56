/**
 * Google Ads lead forms.
 *
 * @see https://developers.google.com/google-ads/webhook/docs/implementation
 */
import * as z from "zod";
import { decisive, defineAdapter, each, id, list, maybe, on, personId, text } from "../src/contract/adapter.ts";
import { token } from "../src/contract/verify.ts";
import { leadDrafts } from "../src/vocabulary/adapter.ts";

const lead = z.looseObject({
  lead_id: id,
  user_column_data: list(z.object({ column_id: decisive(text), ...each(maybe.text, "column_name", "string_value") })),
  ...each(maybe.id, "form_id", "campaign_id", "adgroup_id", "creative_id"),
  gcl_id: maybe.text,
});

const onLead = on(lead, (l) =>
  leadDrafts({
    ids: [personId("lead", l.lead_id)],
    about: {
      form_id: l.form_id,
      submission_id: l.lead_id,
      campaign_id: l.campaign_id,
      adset_id: l.adgroup_id === "0" ? null : l.adgroup_id,
      ad_id: l.creative_id === "0" ? null : l.creative_id,
    },
    answers: l.user_column_data.map(({ column_id, column_name, string_value }) => ({
      field: column_id,
      words: column_name,
      value: string_value,
    })),
    campaign: { gclid: l.gcl_id },
  }),
);

export default defineAdapter({
  id: "google-ads-leads",
  name: "Google Ads lead forms",
  secret: {
    format: /^[\x21-\x7e]{16,50}$/,
    hint: "Key of the webhook, chosen by you: at least 16 random characters; Google sends it in the body",
    demo: "tributary_demo_google_ads_0123456789",
  },
  verify: token({ field: "google_key" }),
  webhook: z.object({ body: z.looseObject({ lead_id: id, is_test: decisive(z.boolean()) }) }),
  events: ({ body }, { receivedAt }) => [
    { id: body.lead_id, type: "lead", occurredAt: receivedAt, test: body.is_test === true, data: body },
  ],
  handlers: { lead: onLead },
});
