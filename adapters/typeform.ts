/**
 * Typeform: answers to forms.
 *
 * All of it is typed by a visitor or read from the form's URL, hidden fields too: addresses are claimed, and nothing is a user id.
 *
 * @see https://www.typeform.com/developers/webhooks/example-payload/
 */
import * as z from "zod";
import { defineAdapter, on } from "../src/contract/define.ts";
import { type Draft, identify, type Properties, track, type Value } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, reference } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { prefixed } from "../src/contract/verify/layouts.ts";

/** Answers, and hidden fields, that become properties. */
const MOST_ANSWERS = 50;

/** Characters of a reference that become part of a property's name. */
const LONGEST_NAME = 80;

const { id } = fields;
const text = fields.text.nullish();
const time = fields.isoTime.nullish();

/** One choice, perhaps of the visitor's own words. */
const choice = z.object({ label: text, other: text }).transform((c) => c.label ?? c.other);
const choices = z
  .object({ labels: z.array(fields.text).nullish(), other: text })
  .transform((c) => [...(c.labels ?? []), ...(c.other ? [c.other] : [])]);

/** The value stands under the name of its type; a payment is left to whom it was made through. */
const answer = z
  .object({
    field: z.object({ id, ref: text }),
    text,
    email: text,
    phone_number: text,
    number: fields.number.nullish(),
    boolean: z.boolean().nullish(),
    date: text,
    url: text,
    file_url: text,
    choice: choice.nullish(),
    choices: choices.nullish(),
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
    token: id.nullish(),
    submitted_at: time,
    landed_at: time,
    definition: z
      .object({
        title: text,
        fields: z.array(field.extend({ properties: z.object({ fields: z.array(field).nullish() }).nullish() })).nullish(),
      })
      .nullish(),
    answers: z.array(answer).nullish(),
    hidden: z.record(z.string(), z.unknown()).nullish(),
    calculated: z.object({ score: fields.number.nullish() }).nullish(),
  })
  .transform(({ definition, ...r }) => {
    const asked = (definition?.fields ?? []).flatMap((one) => [one, ...(one.properties?.fields ?? [])]);
    const known = new Map(asked.map((one) => [one.id, one]));
    const answers = (r.answers ?? []).map((a) => ({ ...a, ref: a.ref ?? known.get(a.id)?.ref, title: known.get(a.id)?.title }));
    return { ...r, title: definition?.title, answers };
  });

export default defineAdapter({
  id: "typeform",
  name: "Typeform",
  docs: "https://www.typeform.com/developers/webhooks/",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "The secret that you give the form's webhook: at least 16 random characters",
    demo: "tributary_demo_typeform_0123456789",
  },
  // @see https://www.typeform.com/developers/webhooks/secure-your-webhooks/
  verify: hmac({
    hash: "SHA-256",
    header: "typeform-signature",
    encoding: "base64",
    covers: "body",
    layout: prefixed("sha256="),
    message: ({ body }) => [body],
  }),
  webhook: z.object({
    body: z.object({
      event_id: id,
      event_type: fields.text,
      form_response: z.looseObject({ token: id.nullish().catch(null), submitted_at: time.catch(null) }),
    }),
  }),
  // The token is the submission's own, also where it is sent again by hand.
  events: ({ body: { event_id, event_type: type, form_response: data } }, { receivedAt }) => [
    { id: `${type}:${data.token ?? event_id}`, type, occurredAt: data.submitted_at ?? receivedAt, test: false, data },
  ],
  handlers: {
    form_response: onResponse("Form Submitted"),
    form_response_partial: onResponse("Form Abandoned"),
  },
  // @see https://www.typeform.com/developers/webhooks/
  habits: {
    timeoutSeconds: 30,
    retries: "after 408, 423, 429 and 503 every 2 to 3 minutes for 10 hours; after other errors a few times over some hours",
    givesUp: "a 404 or 410 disables the webhook at once, as do many failures without a success within a day",
    setup: [
      "In the form open Connect > Webhooks and choose Add a webhook, with the URL of this source; each form has its own.",
      "Edit it, and enter a random secret: it is the source's secret, the same for each form of a source.",
      "Switch the webhook on; switch on partial responses to see who left a form half-way.",
      "Ask for an e-mail address, or pass one as the hidden field email: without one an answer is nobody's.",
      "Give the questions readable references (first_name, company_size): an answer becomes the property answer_company_size.",
    ],
  },
});

type Response = z.output<typeof response>;

function onResponse(event: string) {
  return on(response, (r): readonly Draft[] => [identify(personOf(r), traitsOf(r)), track(personOf(r), event, about(r))]);
}

function personOf(r: Response): PersonFacts {
  return person({
    email: claimed(r.answers.find((a) => a.email)?.email ?? textOf(r.hidden?.email)),
    phone: r.answers.find((a) => a.phone)?.phone,
    ids: [reference("response", r.token)],
  });
}

/** Names where a question is called so, by its reference or in words. */
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

/** One property for each value; names that promise a time or an amount are kept for those. */
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
  return fields.text.safeParse(value).data;
}
