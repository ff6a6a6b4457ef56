/**
 * Jotform's submissions: `rawRequest` holds the answers as JSON, by the question's number and unique name (`q4_email`).
 */
import * as z from "zod";
import type { Value } from "../../src/contract/adapter.ts";
import { maybe, on } from "../../src/contract/adapter.ts";
import { propertyNameOf, valueAsSent } from "../../src/contract/custom-events.ts";
import { type Answer, submitted } from "../../src/vocabulary/adapter.ts";

const json = z
  .string()
  .transform((source, context): unknown => {
    try {
      return JSON.parse(source);
    } catch {
      context.addIssue({ code: "custom", message: "not JSON" });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.unknown()));

const submission = z.object({ formID: maybe.id, submissionID: maybe.id, formTitle: maybe.text, rawRequest: json });

/** The answers; what Jotform adds has no number before its name. */
function answersIn(raw: z.output<typeof json>): readonly Answer[] {
  return Object.entries(raw).flatMap(([key, value]): readonly Answer[] => {
    const [, given] = /^q\d+_(.+)$/.exec(key) ?? [];
    const name = given && (propertyNameOf(given) ?? given);
    return name ? answersTo(name, value) : [];
  });
}

/** Names, numbers, dates and addresses come in their parts. */
function answersTo(name: string, value: unknown): readonly Answer[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[name, valueAsSent(value)]];
  const parts = new Map(Object.entries(value).map(([part, one]) => [part, typeof one === "string" ? one.trim() : ""]));
  const joined = (between: string, ...of: readonly string[]): Value => of.flatMap((part) => parts.get(part) || []).join(between);
  if (parts.has("first") || parts.has("last"))
    return [
      ["first_name", parts.get("first")],
      ["last_name", parts.get("last")],
    ];
  if (parts.has("year")) return [[name, joined("-", "year", "month", "day")]];
  if (parts.has("full") || parts.has("phone")) return [[name, parts.get("full") || joined(" ", "country", "area", "phone")]];
  return [[name, joined(", ", ...parts.keys())]];
}

/** A submission. It has no time: it happened when it arrived. */
export const onSubmission = on(submission, ({ formID, submissionID, formTitle, rawRequest }) => {
  const answers = answersIn(rawRequest);
  const emails = answers.flatMap(([name, value]) => (name === "email" && typeof value === "string" ? [value] : []));
  return submitted({ form_id: formID, form_name: formTitle, submission_id: submissionID, answers, emails });
});
