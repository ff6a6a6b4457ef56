/**
 * Typeform's responses: the answers of one visitor to one form.
 */
import * as z from "zod";
import type { Draft, Maybe, PersonFacts, Properties, Value } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  each,
  id,
  identify,
  list,
  maybe,
  on,
  optional,
  person,
  reference,
  track,
} from "../../src/contract/adapter.ts";

/** Maximum number of answers and hidden fields that become properties. */
const MOST_ANSWERS = 50;

/** Maximum number of characters of a reference in a property name. */
const LONGEST_NAME = 80;

const { text, number, isoTime: time } = maybe;

/** A choice, perhaps free text. */
const choice = z.object({ label: text, other: text }).transform((c) => c.label ?? c.other);
const choices = z
  .object({ labels: optional(list(anyText)), other: text })
  .transform((c) => [...(c.labels ?? []), ...(c.other ? [c.other] : [])]);

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
  .transform((a) => ({
    id: a.field.id,
    ref: a.field.ref,
    email: a.email,
    phone: a.phone_number,
    value: [a.text, a.email, a.phone_number, a.number, a.boolean, a.date, a.url, a.file_url, a.choice, a.choices].find(
      (value) => value !== null && value !== undefined,
    ),
  }));

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
  })
  .transform(({ definition, ...r }) => {
    const asked = (definition?.fields ?? []).flatMap((one) => [one, ...(one.properties?.fields ?? [])]);
    const known = new Map(asked.map((one) => [one.id, one]));
    const answers = (r.answers ?? []).map((a) => ({ ...a, ref: a.ref ?? known.get(a.id)?.ref, title: known.get(a.id)?.title }));
    return { ...r, title: definition?.title, answers };
  });

type Response = z.output<typeof response>;

/** A visitor's answers, and the person they identify. */
export function onResponse(event: string) {
  return on(response, (r): readonly Draft[] => [identify(personOf(r), traitsOf(r)), track(personOf(r), event, about(r))]);
}

function personOf(r: Response): PersonFacts {
  return person({
    email: claimed(r.answers.find((a) => a.email)?.email ?? textOf(r.hidden?.email)),
    phone: r.answers.find((a) => a.phone)?.phone,
    ids: [reference("response", r.token)],
  });
}

/** Names, found by a question's reference or title. */
function traitsOf(r: Response): Properties {
  const named = (name: string) =>
    textOf(r.answers.find(({ ref, title }) => snakeCase(ref) === name || snakeCase(title) === name)?.value);
  return { name: named("name"), first_name: named("first_name"), last_name: named("last_name") };
}

function about(r: Response): Properties {
  const answers = r.answers.map((a) => [a.ref || a.id, a.value] as const);
  const hidden = Object.entries(r.hidden ?? {}).map(([name, value]) => [name, textOf(value)] as const);
  return {
    ...propertiesOf("answer", answers),
    ...propertiesOf("hidden", hidden),
    answers_count: r.answers.length,
    form_id: r.form_id,
    form_title: r.title,
    response_id: r.token,
    score: r.calculated?.score,
    landed_at: r.landed_at,
  };
}

/** One property for each value; names for times and amounts are reserved. */
function propertiesOf(prefix: string, values: readonly (readonly [string, Value])[]): Properties {
  return Object.fromEntries(
    values.slice(0, MOST_ANSWERS).map(([name, value]) => {
      const key = snakeCase(`${prefix} ${name.slice(0, LONGEST_NAME)}`);
      return [/_(at|minor)$/.test(key) ? `${key}_value` : key, value];
    }),
  );
}

function snakeCase(name: Maybe<string>): string {
  return (name ?? "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
}

function textOf(value: unknown): string | undefined {
  return anyText.safeParse(value).data;
}
