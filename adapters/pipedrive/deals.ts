/**
 * Pipedrive's deals.
 */
import * as z from "zod";
import type { MapResult } from "../../src/contract/adapter.ts";
import {
  decisive,
  fromDecimal,
  id,
  ignore,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  text,
} from "../../src/contract/adapter.ts";
import { customFields, dealCreated, dealLost, dealStageChanged, dealWon } from "../../src/vocabulary/adapter.ts";

const deal = z.object({
  id,
  title: maybe.text,
  ...{ status: decisive(text), stage_id: decisive(id), person_id: decisive(id) },
  pipeline_id: maybe.id,
  value: maybe.decimal,
  currency: maybe.currency,
  lost_reason: maybe.text,
  custom_fields: optional(z.looseObject({})),
});

type Deal = z.output<typeof deal>;

const NO_PERSON = ignore("the deal has no person");

/** A new deal. */
export const onCreatedDeal = on(z.object({ data: deal }), ({ data }) =>
  data.person_id ? dealCreated(whoseIs(data), about(data), customIn(data)) : NO_PERSON,
);

/** A deal that was won, lost, or moved to another stage; what else changed is not told. */
export const onChangedDeal = on(
  // Only what changed.
  z.object({ data: deal, previous: optional(z.object({ status: decisive(text), stage_id: decisive(id) })) }),
  ({ data, previous }): MapResult => {
    if (!data.person_id) return NO_PERSON;
    const who = whoseIs(data);
    const isClosed = previous?.status && previous.status !== data.status;
    if (isClosed && data.status === "won") return dealWon(who, about(data), customIn(data));
    if (isClosed && data.status === "lost") return dealLost(who, { ...about(data), reason: data.lost_reason }, customIn(data));
    return previous?.stage_id && previous.stage_id !== data.stage_id
      ? dealStageChanged(who, { ...about(data), previous_stage: previous.stage_id }, customIn(data))
      : ignore("neither closed nor in another stage");
  },
);

function whoseIs({ person_id }: Deal) {
  return person({ ids: [personId("person", person_id)] });
}

function about(d: Deal) {
  return {
    deal_id: d.id,
    deal_name: d.title,
    pipeline: d.pipeline_id,
    stage: d.stage_id,
    ...moneyProperties("value", d.value && d.currency ? fromDecimal(d.value, d.currency) : null),
  };
}

function customIn(d: Deal) {
  return { custom: customFields("custom_fields", d.custom_fields) };
}
