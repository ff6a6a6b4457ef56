/**
 * Twilio's calls: how each of them ended.
 */
import * as z from "zod";
import { on } from "../../src/contract/define.ts";
import { track } from "../../src/contract/drafts.ts";
import { each, id, maybe, text } from "../../src/contract/fields.ts";
import { count, personAt } from "./messages.ts";

const call = z.object({
  CallSid: id,
  ...each(text, "From", "To"),
  ...each(maybe.text, "Direction", "AnsweredBy"),
  CallDuration: count,
});

/** The person is at the other end: who calls, or who is called. */
export function onCall(event: string) {
  return on(call, (c) =>
    track(personAt(c.Direction?.startsWith("outbound") ? c.To : c.From), event, {
      call_id: c.CallSid,
      direction: c.Direction,
      to: c.To,
      from: c.From,
      duration_seconds: c.CallDuration,
      answered_by: c.AnsweredBy,
    }),
  );
}
