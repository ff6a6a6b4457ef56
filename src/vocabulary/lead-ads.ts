/**
 * The form of a lead advertisement, whose questions of known meaning have names: EMAIL, FIRST_NAME …
 */
import { type Draft, identify } from "../contract/drafts.ts";
import { claimed, type IdFact, type Maybe, person } from "../contract/facts.ts";
import { onlyAddress } from "../contract/forms.ts";
import { answers } from "./answers.ts";
import { attribution, attributionIn } from "./attribution.ts";
import type { PropertiesOf } from "./construct.ts";
import { formSubmitted } from "./events.ts";
import type { FORMS_AND_MEETINGS } from "./forms-and-meetings.schema.ts";

/** An answer to a question of a lead advertisement. */
export interface LeadAnswer {
  /** The vendor's name of its own questions. */
  readonly field: Maybe<string>;
  /** The words or the name of the company's questions. */
  readonly words: Maybe<string>;
  readonly value: Maybe<string | readonly string[]>;
}

/** A lead: who it is for the vendor, the form, and the answers. */
export interface Lead {
  readonly ids: readonly Maybe<IdFact>[];
  readonly about: PropertiesOf<(typeof FORMS_AND_MEETINGS)["events"]["Form Submitted"]>;
  readonly answers: readonly LeadAnswer[];
  /** Hidden fields and ids of clicks, by name. */
  readonly campaign?: Readonly<Record<string, unknown>>;
}

const TRAITS: ReadonlyMap<string, string> = new Map([
  ["FULL_NAME", "name"],
  ["FIRST_NAME", "first_name"],
  ["LAST_NAME", "last_name"],
  ["COMPANY_NAME", "company"],
  ["JOB_TITLE", "job_title"],
  ["CITY", "city"],
  ["REGION", "state"],
  ["STATE", "state"],
  ["COUNTRY", "country"],
  ["POSTAL_CODE", "zip"],
  ["ZIP_CODE", "zip"],
]);

const EMAILS = ["EMAIL", "WORK_EMAIL", "EMAIL_ADDRESS"];
const PHONES = ["PHONE_NUMBER", "MOBILE_PHONE_NUMBER", "WORK_PHONE", "WORK_PHONE_NUMBER"];

/** A lead as drafts: the person, whose address was typed, and Form Submitted with the answers that are not about the person. */
export function leadDrafts({ ids, about, answers: given, campaign }: Lead): readonly Draft[] {
  const one = (names: readonly string[]) =>
    names
      .map((name) => given.find(({ field }) => field === name)?.value)
      .find((value) => typeof value === "string" && value !== "");
  const texts = given.map(({ value }) => (typeof value === "string" ? value : undefined));
  const email = one(EMAILS) ?? onlyAddress(texts);
  const phone = one(PHONES);
  const who = person({
    ids,
    email: claimed(typeof email === "string" ? email : null),
    phone: typeof phone === "string" ? phone : undefined,
  });
  const traits = given.flatMap(({ field, value }) => {
    const trait = TRAITS.get(field ?? "");
    return trait && value ? [[trait, value] as const] : [];
  });
  const isPersonal = ({ field }: LeadAnswer) =>
    Boolean(field && (TRAITS.has(field) || EMAILS.includes(field) || PHONES.includes(field)));
  const asked = given
    .filter((answer) => !isPersonal(answer) && answer.value !== email)
    .map(({ field, words, value }) => [words || field, value] as const);
  return [
    identify(who, Object.fromEntries(traits)),
    formSubmitted(who, {
      form_kind: "lead_ad",
      ...about,
      ...attribution(attributionIn(campaign), attributionIn(asked.map(([name, value]) => ({ name, value })))),
      ...answers(asked),
    }),
  ];
}
