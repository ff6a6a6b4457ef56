/**
 * Close's opportunities.
 */
import * as z from "zod";
import type { MapResult } from "../../src/contract/adapter.ts";
import {
  decisive,
  each,
  id,
  ignore,
  list,
  maybe,
  money,
  on,
  optional,
  person,
  personId,
  text,
} from "../../src/contract/adapter.ts";
import { dealCreated, dealLost, dealStageChanged, dealWon } from "../../src/vocabulary/adapter.ts";
import { customOf } from "./contacts.ts";

const opportunity = z.object({
  object_id: id,
  changed_fields: optional(list(text)),
  previous_data: optional(z.object({ status_id: maybe.id })),
  data: z.looseObject({
    contact_id: decisive(id),
    ...each(decisive(text), "status_id", "status_type"),
    ...each(maybe.text, "status_label", "pipeline_id"),
    // In minor units.
    value: maybe.integer,
    value_currency: maybe.currency,
  }),
});

type Opportunity = z.output<typeof opportunity>;

const NO_CONTACT = ignore("the opportunity names no contact");

/** A new opportunity. */
export const onCreatedOpportunity = on(opportunity, (o) =>
  o.data.contact_id ? dealCreated(whoseIs(o), about(o), customOf(o.data)) : NO_CONTACT,
);

/** An opportunity with another status; what else changed is not told. */
export const onChangedOpportunity = on(opportunity, (o): MapResult => {
  const { contact_id, status_id, status_type } = o.data;
  if (!contact_id) return NO_CONTACT;
  const before = o.previous_data?.status_id;
  if (!o.changed_fields?.includes("status_id") || before === status_id) return ignore("another status is what is taken");
  const known = about(o);
  if (status_type === "won") return dealWon(whoseIs(o), known, customOf(o.data));
  if (status_type === "lost") return dealLost(whoseIs(o), known, customOf(o.data));
  return dealStageChanged(whoseIs(o), { ...known, previous_stage: before }, customOf(o.data));
});

function whoseIs({ data }: Opportunity) {
  return person({ ids: [personId("contact", data.contact_id)] });
}

function about({ object_id, data: d }: Opportunity) {
  const worth = money("value", d.value, d.value_currency);
  return { deal_id: object_id, pipeline: d.pipeline_id, stage: d.status_id, stage_name: d.status_label, ...worth };
}
