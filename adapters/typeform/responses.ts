/**
 * Typeform's responses: the answers of one visitor to one form.
 */
import * as z from "zod";
import type { Draft, Maybe, PersonFacts, Traits, Value } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  each,
  id,
  identify,
  list,
  maybe,
  on,
  onlyAddress,
  optional,
  person,
  reference,
} from "../../src/contract/adapter.ts";
import { answerName, answers, attributionIn, customFields, formSubmitted, ownEvents } from "../../src/vocabulary/adapter.ts";
import type { TYPEFORM } from "./plan.schema.ts";

const own = ownEvents<typeof TYPEFORM>();

const { text, number, isoTime: time } = maybe;

/** A choice, perhaps free text. */
const choice = z.object({ label: text, other: text }).transform((c) => c.label ?? c.other);
const choices = z
  .object({ labels: optional(list(anyText)), other: text })
  .transform((c) => [...(c.labels ?? []), ...(c.other ? [c.other] : [])]);

/** An answer: the question's id, reference and title, and the value. */
interface Answer {
  readonly id: string;
  readonly ref: Maybe<string>;
  readonly email: Maybe<string>;
  readonly phone: Maybe<string>;
  readonly value: Value;
}

/** The value is under the name of its type; payments are left to the payment provider's source. */
const answer = z
  .object({
    field: z.object({ id, ref: text }),
    ...each(text, "text", "email", "phone_number", "date", "url", "file_url"),
    number,
    boolean: maybe.boolean,
    choice: optional(choice),
    choices: optional(choices),
  })
  .transform(
    (a): Answer => ({
      id: a.field.id,
      ref: a.field.ref,
      email: a.email,
      phone: a.phone_number,
      value: [a.text, a.email, a.phone_number, a.number, a.boolean, a.date, a.url, a.file_url, a.choice, a.choices].find(
        (value) => value !== null && value !== undefined,
      ),
    }),
  );

const field = z.object({ id, title: text, ref: text });
const response = z
  .object({
    form_id: id,
    token: maybe.id,
    submitted_at: time,
    landed_at: time,
    definition: optional(
      z.object({
        title: text,
        fields: optional(z.array(field.extend({ properties: optional(z.object({ fields: optional(list(field)) })) }))),
      }),
    ),
    answers: optional(list(answer)),
    hidden: optional(z.record(z.string(), z.unknown())),
    calculated: optional(z.object({ score: number })),
    variables: optional(list(z.object({ key: anyText, number, text }))),
    ending: optional(z.object({ id: maybe.id, ref: text })),
  })
  .transform(({ definition, ...r }) => {
    const asked = (definition?.fields ?? []).flatMap((one) => [one, ...(one.properties?.fields ?? [])]);
    const known = new Map(asked.map((one) => [one.id, one]));
    const all = (r.answers ?? []).map((a) => ({ ...a, ref: a.ref || known.get(a.id)?.ref, title: known.get(a.id)?.title }));
    return { ...r, title: definition?.title, answers: all };
  });

type Response = z.output<typeof response>;

/** A complete response. */
export const onResponse = on(response, (r): readonly Draft[] => {
  const address = addressIn(r);
  // Without an address no later event can name the person of this response.
  const who = personOf(r, address, address !== undefined);
  return [identify(who, traitsOf(r)), formSubmitted(who, about(r), { custom: customIn(r) })];
});

/** A response that was left before its end. The complete one has the same token, and may name the person later. */
export const onPartial = on(response, (r): readonly Draft[] => {
  const who = personOf(r, addressIn(r), true);
  return [identify(who, traitsOf(r)), own("Form Abandoned")(who, about(r), { custom: customIn(r) })];
});

function personOf(r: Response, address: Maybe<string>, named: boolean): PersonFacts {
  return person({
    email: claimed(address),
    phone: r.answers.find((a) => a.phone)?.phone ?? undefined,
    ids: named ? [reference("response", r.token)] : [],
  });
}

/** The answer to a question for an address, if there is one; then what the form was opened with; then the one answer that is an address. */
function addressIn({ answers: given, hidden }: Response): string | undefined {
  return (
    onlyAddress(given.map(({ email }) => email)) ||
    onlyAddress([textOf(hidden?.email)]) ||
    onlyAddress(given.map(({ value }) => textOf(value)))
  );
}

/** Names, found by a question's reference or title. */
function traitsOf(r: Response): Traits {
  const named = (name: string) =>
    textOf(r.answers.find(({ ref, title }) => answerName(ref) === name || answerName(title) === name)?.value);
  return { name: named("name"), first_name: named("first_name"), last_name: named("last_name") };
}

function about(r: Response) {
  return {
    form_id: r.form_id,
    form_name: r.title,
    form_kind: "form" as const,
    submission_id: r.token,
    score: r.calculated?.score,
    outcome: r.ending?.ref || r.ending?.id,
    ...answers(r.answers.map((a) => [a.ref || a.id, a.value])),
    ...attributionIn(r.hidden),
  };
}

function customIn(r: Response) {
  const variables = r.variables?.map(({ key, number: amount, text: words }) => ({ key, value: amount ?? words }));
  return [...customFields("hidden", r.hidden), ...customFields("variables", variables)];
}

function textOf(value: unknown): string | undefined {
  return anyText.safeParse(value).data;
}
