/**
 * LinkedIn's leads: the notification, and the answers from a look-up.
 *
 * @see https://learn.microsoft.com/en-us/linkedin/marketing/lead-sync/lead-sync-schema
 */
import * as z from "zod";
import type { Draft, Value } from "../../src/contract/adapter.ts";
import { decisive, each, id, integer, list, maybe, on, optional, personId, text } from "../../src/contract/adapter.ts";
import { type formSubmitted, type LeadAnswer, leadDrafts } from "../../src/vocabulary/adapter.ts";

/** The last part of an URN: `urn:li:leadGenFormResponse:1a2b` is `1a2b`. */
const bareId = (urn: string | null | undefined) => urn?.replace(/^urn:li:\w+:/, "");

/** A form is named with its version: `urn:li:versionedLeadGenForm:(urn:li:leadGenForm:3162,1)`. */
const formIdIn = (urn: string | null | undefined) => /leadGenForm:(\d+)/.exec(urn ?? "")?.[1] ?? bareId(urn);

const notification = z.looseObject({ leadGenFormResponse: id, leadGenForm: maybe.text });

const answer = z.object({
  questionId: integer,
  answerDetails: z.object({
    textQuestionAnswer: optional(z.object({ answer: text })),
    multipleChoiceAnswer: optional(z.object({ options: z.array(integer) })),
  }),
});

const localized = optional(z.object({ localized: z.record(z.string(), text) }));

const question = z.object({
  questionId: integer,
  ...each(maybe.text, "name", "predefinedField"),
  question: localized,
  questionDetails: optional(
    z.object({
      multipleChoiceQuestionDetails: optional(z.object({ options: list(z.object({ id: integer, text: localized })) })),
    }),
  ),
});

const response = z.object({
  id: decisive(id),
  formResponse: z.object({ answers: list(answer) }),
  form: optional(
    z.object({
      name: maybe.text,
      content: optional(z.object({ questions: optional(list(question)) })),
      hiddenFields: optional(list(z.object({ name: text, value: text }))),
    }),
  ),
  leadMetadataInfo: optional(
    z.object({ sponsoredLeadMetadataInfo: optional(z.object({ campaign: optional(z.object(each(maybe.text, "id", "name"))) })) }),
  ),
});

type Response = z.output<typeof response>;

const firstOf = (words: z.output<typeof localized>) => Object.values(words?.localized ?? {})[0];

function answersOf({ formResponse, form }: Response): readonly LeadAnswer[] {
  return formResponse.answers.map(({ questionId, answerDetails }) => {
    const asked = form?.content?.questions?.find((one) => one.questionId === questionId);
    const offered = asked?.questionDetails?.multipleChoiceQuestionDetails?.options ?? [];
    const chosen = answerDetails.multipleChoiceAnswer?.options.map(
      (option) => firstOf(offered.find((one) => one.id === option)?.text) ?? String(option),
    );
    const value = answerDetails.textQuestionAnswer?.answer ?? (chosen?.length === 1 ? chosen[0] : chosen);
    return { field: asked?.predefinedField, words: asked?.name ?? firstOf(asked?.question), value };
  });
}

function draftsOf(lead: string, found: Response, about: Parameters<typeof formSubmitted>[1]): readonly Draft[] {
  const campaign = found.leadMetadataInfo?.sponsoredLeadMetadataInfo?.campaign;
  return leadDrafts({
    ids: [personId("lead", lead)],
    about: { ...about, form_name: found.form?.name, campaign_id: bareId(campaign?.id), campaign_name: campaign?.name },
    answers: answersOf(found),
    campaign: Object.fromEntries((found.form?.hiddenFields ?? []).map(({ name, value }) => [name, value])),
  });
}

/** A submitted form; its answers where a look-up found the lead. */
export const onLead = on(notification, (n, { found }) => {
  const lead = bareId(n.leadGenFormResponse) ?? "";
  const about = { form_id: formIdIn(n.leadGenForm), submission_id: lead };
  const known = response.safeParse(found).data;
  return known
    ? draftsOf(lead, known, about)
    : leadDrafts({ ids: [personId("lead", lead)], about, answers: [] }).filter(({ kind }) => kind === "track");
});

/** The lead that a look-up found; `null` where it found none. */
export function leadIn(body: unknown): readonly Draft[] | null {
  const found = response.safeParse(body).data;
  return found?.id ? draftsOf(found.id, found, {}).filter(({ kind }) => kind === "identify") : null;
}

/** What a look-up tells of the lead's event: see `onLead`. */
export function foundIn(body: unknown): Value {
  return response.safeParse(body).data;
}
