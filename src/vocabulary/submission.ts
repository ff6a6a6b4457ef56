/**
 * The answers of one visitor to a form without questions of known meaning: as an event and what they say of the person.
 */
import { type Draft, identify, type Value } from "../contract/drafts.ts";
import { claimed, type Maybe, person } from "../contract/facts.ts";
import { text } from "../contract/fields.ts";
import { onlyAddress } from "../contract/forms.ts";
import { valueAsSent } from "../contract/relay.ts";
import { answerName, answers, isOfCampaign } from "./answers.ts";
import { attribution, attributionFrom, attributionIn } from "./attribution.ts";
import { customFields } from "./custom-fields.ts";
import { formSubmitted } from "./events.ts";

/** An answer: the question's words, or its name, and the value. */
export type Answer = readonly [words: Maybe<string>, value: Value];

/** What a form's vendor tells of a submission. */
export interface Submission {
  readonly form_id?: Maybe<string>;
  readonly form_name?: Maybe<string>;
  readonly submission_id?: Maybe<string>;
  readonly page_url?: Maybe<string>;
  readonly page_id?: Maybe<string>;
  readonly answers: readonly Answer[];
  /** What the form was opened with, by name: campaign parameters, an address. Not sent, but as attribution and `custom_fields`. */
  readonly hidden?: Readonly<Record<string, unknown>>;
  /** Answers to questions for an address and a phone number, where the vendor tells these apart. */
  readonly emails?: readonly Maybe<string>[];
  readonly phone?: Maybe<string>;
}

/** Answers by name, as the forms of website builders send them: texts, numbers, truth values and lists of these. */
export function namedAnswers(fields: Maybe<Readonly<Record<string, unknown>>>): readonly Answer[] {
  return Object.entries(fields ?? {}).flatMap(([words, value]): Answer[] =>
    typeof value === "object" && !Array.isArray(value) ? [] : [[words, valueAsSent(value)]],
  );
}

/** Questions for a name or a phone number, by their words in snake_case. */
const ASKED: { readonly [trait: string]: RegExp } = {
  name: /^(your_|full_)?name$/,
  first_name: /^(your_)?(first_?|given_)name$/,
  last_name: /^(your_)?(last_?|family_)name$/,
  phone: /^(your_)?(tele|mobile_)?phone(_number)?$/,
};

/**
 * A submission as drafts: who the person is, and Form Submitted. Everything was typed by a visitor or read from the form's address, so the address
 * is claimed: the one answer to a question for it, then what the form was opened with, then the one answer that is an address.
 */
export function submitted(s: Submission): readonly Draft[] {
  const asked = (trait: string) =>
    text.safeParse(s.answers.find(([words]) => ASKED[trait]?.test(answerName(words) ?? ""))?.[1]).data;
  const address =
    onlyAddress(s.emails ?? []) ||
    onlyAddress([text.safeParse(s.hidden?.email).data]) ||
    onlyAddress(s.answers.map(([, value]) => text.safeParse(value).data));
  const who = person({ email: claimed(address), phone: s.phone ?? asked("phone") });
  const { form_id, form_name, submission_id, page_url, page_id } = s;
  const campaign = attributionIn([...s.answers, ...Object.entries(s.hidden ?? {})].map(([name, value]) => ({ name, value })));
  const { landing_url: _, ...ofPage } = attributionFrom(page_url);
  return [
    identify(who, { name: asked("name"), first_name: asked("first_name"), last_name: asked("last_name") }),
    formSubmitted(
      who,
      {
        form_id,
        form_name,
        form_kind: "form",
        submission_id,
        page_url,
        page_id,
        ...answers(s.answers.filter(([words]) => !isOfCampaign(words))),
        ...attribution(campaign, ofPage),
      },
      { custom: customFields("hidden", s.hidden) },
    ),
  ];
}
