/**
 * Tally: answers to forms.
 *
 * Everything is typed by a visitor or read from the form's URL, hidden fields too: addresses are claimed, and nothing is a user id.
 *
 * @see https://tally.so/help/webhooks
 */
import * as z from "zod";
import { defineAdapter, id, list, maybe, on, optional, text, type Value } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { submitted } from "../src/vocabulary/adapter.ts";

const option = z.object({ id, text });

const field = z.object({ label: maybe.text, type: text, value: z.unknown(), options: optional(list(option)) });

type Field = z.output<typeof field>;

const file = z.object({ url: text }).transform(({ url }) => url);

const response = z.looseObject({
  ...{ responseId: maybe.id, submissionId: maybe.id, formId: maybe.id },
  formName: maybe.text,
  createdAt: maybe.isoTime,
  fields: optional(list(field)),
});

/** A choice is told by the ids of its options, also where only one can be chosen; a file by its address; a matrix not at all. */
function answerOf({ type, value, options }: Field): Value {
  const one = (item: unknown): Value => {
    const found = options?.find((known) => known.id === item)?.text ?? file.safeParse(item).data;
    return found ?? (typeof item === "object" ? undefined : z.union([text, z.number(), z.boolean()]).safeParse(item).data);
  };
  if (!Array.isArray(value)) return one(value);
  const chosen = value.slice(0, 20).flatMap((item) => one(item) ?? []);
  return chosen.length === 1 && /^(MULTIPLE_CHOICE|DROPDOWN)$/.test(type) ? chosen[0] : chosen;
}

const onResponse = on(response, (r) => {
  const fields = r.fields ?? [];
  // Every box of a question is a field of its own beside the list of those that are ticked.
  const asked = fields.filter(
    ({ type, value }) => type !== "HIDDEN_FIELDS" && !(type === "CHECKBOXES" && typeof value === "boolean"),
  );
  const typed = (type: string) => fields.filter((one) => one.type === type).map(({ value }) => text.safeParse(value).data);
  return submitted({
    form_id: r.formId,
    form_name: r.formName,
    submission_id: r.submissionId ?? r.responseId,
    answers: asked.map((one) => [one.label, answerOf(one)]),
    hidden: Object.fromEntries(
      fields.flatMap((one) => (one.type === "HIDDEN_FIELDS" && one.label ? [[one.label, one.value]] : [])),
    ),
    emails: typed("INPUT_EMAIL"),
    phone: typed("INPUT_PHONE_NUMBER").find((phone) => phone),
  });
});

export default defineAdapter({
  id: "tally",
  name: "Tally",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing secret of the form's webhook: at least 16 random characters, chosen by you",
    demo: "tributary_demo_tally_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "tally-signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  webhook: z.object({
    body: z.object({ eventId: maybe.id, eventType: text, createdAt: maybe.isoTime, data: response }),
  }),
  events: ({ body: { eventId, eventType: type, createdAt, data } }, { bodyHash, receivedAt }) => [
    {
      id: `${type}:${data.submissionId ?? data.responseId ?? eventId ?? bodyHash}`,
      type,
      occurredAt: data.createdAt ?? createdAt ?? receivedAt,
      test: false,
      data,
    },
  ],
  handlers: { FORM_RESPONSE: onResponse },
});
