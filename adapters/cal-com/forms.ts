/**
 * Answers to Cal.com's routing forms.
 */
import * as z from "zod";
import type { Draft, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, id, identify, maybe, on, onlyAddress, optional, person, told } from "../../src/contract/adapter.ts";
import { answers, formSubmitted, ownEvents } from "../../src/vocabulary/adapter.ts";
import { responses, textIn } from "./people.ts";
import type { CAL_COM } from "./plan.schema.ts";

const own = ownEvents<typeof CAL_COM>();

const form = z.object({
  formId: id,
  formName: maybe.text,
  responseId: maybe.id,
  redirect: optional(z.object({ type: maybe.text, value: maybe.text })),
  responses,
});

type Form = z.output<typeof form>;

/** A form was sent. */
export const onForm = on(form, (f): readonly Draft[] => {
  const who = visitorOf(f);
  return [identify(who, told({ name: textIn(f.responses, "name") })), formSubmitted(who, about(f))];
});

/** A form led to no booking within 15 minutes. */
export const onUnbooked = on(form, (f) => own("Meeting Not Booked")(visitorOf(f), about(f)));

/** No other event names a response, so that it refers to nobody without an address. */
function visitorOf(f: Form): PersonFacts {
  const { email, ...others } = f.responses ?? {};
  const texts = Object.values(others).flatMap((answer) => (typeof answer === "string" ? [answer] : []));
  return person({ email: claimed(typeof email === "string" && email !== "" ? email : onlyAddress(texts)) });
}

function about(f: Form) {
  return {
    form_id: f.formId,
    form_name: f.formName,
    form_kind: "routing" as const,
    submission_id: f.responseId,
    outcome: f.redirect?.value || f.redirect?.type,
    ...answers(Object.entries(f.responses ?? {})),
  };
}
