/**
 * Webflow's forms: the fields of a form by the names that the company gave them.
 */
import * as z from "zod";
import { maybe, on, optional } from "../../src/contract/adapter.ts";
import { namedAnswers, submitted } from "../../src/vocabulary/adapter.ts";

const form = z.object({
  ...{ name: maybe.text, id: maybe.id, formId: maybe.id, pageId: maybe.id, pageUrl: maybe.text },
  data: optional(z.record(z.string(), z.unknown())),
});

/** A form was sent. Campaign parameters are fields that the company hides in the form. */
export const onForm = on(form, ({ name, id, formId, pageId, pageUrl, data }) =>
  submitted({
    form_id: formId,
    form_name: name,
    submission_id: id,
    page_id: pageId,
    page_url: pageUrl,
    answers: namedAnswers(data),
  }),
);
