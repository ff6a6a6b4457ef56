/**
 * Meta's leads: the webhook, and the answers from a look-up.
 */
import * as z from "zod";
import type { Draft } from "../../src/contract/adapter.ts";
import { claimed, id, identify, on, onlyAddress, optional, person, personId, text } from "../../src/contract/adapter.ts";
import { formSubmitted } from "../../src/vocabulary/adapter.ts";

/** A missing ad or campaign, as in organic leads, is 0. */
const optionalId = optional(id).transform((value) => (value === "0" ? null : value));

const lead = z.object({ leadgen_id: id, page_id: id, form_id: optionalId, ad_id: optionalId });

/** @see https://developers.facebook.com/docs/marketing-api/guides/lead-ads/retrieving */
const answers = z.object({
  id,
  field_data: z.array(z.object({ name: text, values: z.array(text) })),
});

/** A submitted form. */
export const onLead = on(lead, (l) =>
  formSubmitted(leadOf(l.leadgen_id), {
    form_id: l.form_id,
    form_kind: "lead_ad",
    submission_id: l.leadgen_id,
    page_id: l.page_id,
    ad_id: l.ad_id,
  }),
);

/**
 * The answers to Meta's own questions, from what a look-up found; `null` where it found no lead. Custom ones have names of the form's
 * making, which are no names of traits.
 */
export function answersIn(body: unknown): readonly Draft[] | null {
  const found = answers.safeParse(body).data;
  if (!found) return null;
  const answer = new Map(found.field_data.map(({ name, values }): [string, string | undefined] => [name, values[0]]));
  const traits = {
    name: answer.get("full_name"),
    first_name: answer.get("first_name"),
    last_name: answer.get("last_name"),
    company: answer.get("company_name"),
    job_title: answer.get("job_title"),
    city: answer.get("city"),
    state: answer.get("state"),
    country: answer.get("country"),
    zip: answer.get("zip_code") ?? answer.get("post_code"),
  };
  return [
    identify(
      leadOf(found.id, { email: answer.get("email") ?? onlyAddress([...answer.values()]), phone: answer.get("phone_number") }),
      traits,
    ),
  ];
}

/** A lead is one submission of one person; the answers identify the person. */
function leadOf(leadId: string, contact: { email?: string | undefined; phone?: string | undefined } = {}) {
  return person({ email: claimed(contact.email), phone: contact.phone, ids: [personId("lead", leadId)] });
}
