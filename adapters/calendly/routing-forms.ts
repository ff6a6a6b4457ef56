/**
 * Answers to Calendly's routing forms, with or without a booking.
 */
import * as z from "zod";
import type { Maybe } from "../../src/contract/adapter.ts";
import { claimed, id, maybe, on, onlyAddress, optional, person, reference, text } from "../../src/contract/adapter.ts";
import { answers, attributionIn, customFields, formSubmitted } from "../../src/vocabulary/adapter.ts";
import { answered } from "./bookings.ts";

/** Where the answers led to: an event type, another page, or a message. */
const result = z.object({ type: maybe.text, value: optional(z.union([text, z.looseObject({}).transform(() => null)])) });

const submission = answered.extend({ uri: id, routing_form: maybe.id, result: optional(result) });

type Submission = z.output<typeof submission>;

/** A routing form was sent. */
export const onSubmission = on(submission, (s) => {
  const address = addressIn(s);
  // Without an address the person can be named only by a booking that the form led to.
  const isNamed = address !== undefined || s.result?.type === "event_type";
  const who = person({ email: claimed(address), ids: [isNamed ? reference("submission", s.uri) : null] });
  return formSubmitted(
    who,
    {
      form_id: s.routing_form,
      form_kind: "routing",
      submission_id: s.uri,
      outcome: s.result?.value ?? s.result?.type,
      ...answers(s.questions_and_answers?.map(({ question, answer }) => [question, answer])),
      ...attributionIn(s.tracking),
    },
    { custom: customFields("tracking", { salesforce_uuid: s.tracking?.salesforce_uuid }) },
  );
});

/** A routing form has no address field: it is the answer that is an address, or of several the one whose question asks for it in English. */
function addressIn({ questions_and_answers: all }: Submission): Maybe<string> {
  const asked = all?.filter(({ question }) => /e-?mail/i.test(question ?? ""));
  return onlyAddress((all ?? []).map(({ answer }) => answer)) ?? onlyAddress((asked ?? []).map(({ answer }) => answer));
}
