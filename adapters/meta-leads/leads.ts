/**
 * Meta's leads: the webhook, and the answers from a look-up.
 */
import * as z from "zod";
import type { Draft, Traits, Value } from "../../src/contract/adapter.ts";
import {
  claimed,
  each,
  id,
  identify,
  maybe,
  on,
  onlyAddress,
  optional,
  person,
  personId,
  pick,
  text,
} from "../../src/contract/adapter.ts";
import { answers, attributionIn, formSubmitted } from "../../src/vocabulary/adapter.ts";

/** A missing ad or campaign, as in organic leads, is 0. */
const optionalId = optional(id).transform((value) => (value === "0" ? null : value));

const lead = z.object({ leadgen_id: id, page_id: id, form_id: optionalId, ad_id: optionalId });

/** @see https://developers.facebook.com/docs/marketing-api/guides/lead-ads/retrieving */
const answered = z.object({
  id,
  field_data: z.array(z.object({ name: text, values: z.array(text) })),
  ...each(optionalId, "campaign_id", "adset_id", "ad_id"),
  ...each(maybe.text, "campaign_name", "adset_name", "ad_name", "platform"),
});

type Answered = z.output<typeof answered>;

/** Meta's own questions that are traits of the person, by their names in the answers. */
const TRAITS = {
  name: ["full_name"],
  first_name: ["first_name"],
  last_name: ["last_name"],
  company: ["company_name"],
  job_title: ["job_title"],
  city: ["city"],
  state: ["state"],
  country: ["country"],
  zip: ["zip_code", "post_code"],
} as const;

/** Questions whose answers are facts about the person. */
const PERSONAL: ReadonlySet<string> = new Set([...Object.values(TRAITS).flat(), "email", "phone_number"]);

/** A submitted form; its answers and its campaign where a look-up found the lead. */
export const onLead = on(lead, (l, { found }): readonly Draft[] => {
  const form = { form_id: l.form_id, form_kind: "lead_ad", submission_id: l.leadgen_id, page_id: l.page_id } as const;
  const known = answered.safeParse(found).data;
  if (known === undefined) return [formSubmitted(leadOf(l.leadgen_id), { ...form, ad_id: l.ad_id })];
  const who = leadOf(l.leadgen_id, contactIn(known));
  const asked = known.field_data.filter(({ name }) => !PERSONAL.has(name));
  const campaign = pick(known, "campaign_id", "campaign_name", "adset_id", "adset_name", "ad_name", "platform");
  return [
    identify(who, traitsIn(known)),
    formSubmitted(who, {
      ...form,
      ad_id: l.ad_id ?? known.ad_id,
      ...campaign,
      ...attributionIn(asked.map(({ name, values }) => ({ name, value: values[0] }))),
      ...answers(asked.map(({ name, values }) => [name, values.length > 1 ? values : values[0]])),
    }),
  ];
});

/** The lead that a look-up found; `null` where it found none. */
export function leadIn(body: unknown): readonly Draft[] | null {
  const found = answered.safeParse(body).data;
  return found ? [identify(leadOf(found.id, contactIn(found)), traitsIn(found))] : null;
}

/** What a look-up tells of the lead's event: see `onLead`. */
export function answersIn(body: unknown): Value {
  return answered.safeParse(body).data;
}

function traitsIn(found: Answered): Traits {
  const given = answersByName(found);
  const traits = Object.entries(TRAITS).map(([trait, names]) => [trait, names.map((name) => given.get(name)).find(Boolean)]);
  return Object.fromEntries(traits);
}

/** An address under a custom question counts where it is the only one. */
function contactIn(found: Answered) {
  const given = answersByName(found);
  return { email: given.get("email") ?? onlyAddress([...given.values()]), phone: given.get("phone_number") };
}

function answersByName({ field_data }: Answered): ReadonlyMap<string, string | undefined> {
  return new Map(field_data.map(({ name, values }) => [name, values[0]]));
}

/** A lead is one submission of one person; the answers identify the person. */
function leadOf(leadId: string, contact: { email?: string | undefined; phone?: string | undefined } = {}) {
  return person({ email: claimed(contact.email), phone: contact.phone, ids: [personId("lead", leadId)] });
}
