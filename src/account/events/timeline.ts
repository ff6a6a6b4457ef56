/**
 * The way of one event, step by step.
 */
import * as z from "zod";
import type { ShownEvent } from "./show.ts";

/** The steps, in their order. */
const STEPS = ["received", "verified", "kept", "replayed", "waiting", "packed", "sent", "answered", "ended"] as const;

/** One step of an event's way, as the API answers it. */
export const timelineSchema = () =>
  z.object({
    step: z.enum(STEPS),
    /** Milliseconds since 1970; `null` where it was not recorded. */
    at: z.number().nullable(),
    /** What happened, for people. */
    text: z.string(),
  });

type Line = z.output<ReturnType<typeof timelineSchema>>;

/** The way of an event so far. */
export function timelineOf({ event, webhook, batch }: ShownEvent): readonly Line[] {
  const { receivedAt, replayedAt, state, reason, endedAt, until, about } = event;
  const [secret, of] = webhook?.notes?.verified ?? [0, 0];
  const line = (step: Line["step"], at: number | null, text: string): Line => ({ step, at, text });
  const origin = webhook?.notes?.imported ? "by an import" : "from the vendor";
  const lines = [line("received", receivedAt, `${origin}, for ${event.source}`)];
  if (secret > 0) lines.push(line("verified", receivedAt, of > 1 ? `by secret ${secret} of ${of}` : "by the source's secret"));
  if (event.kept) {
    const keptAt = webhook?.notes?.keptAt ?? null;
    if (replayedAt === null) lines.push(line("kept", keptAt, `as webhook ${event.seq}`));
    else lines.push(line("replayed", replayedAt, `by an operator, as webhook ${event.seq}`));
  }
  if (state === "waiting_for_identity") lines.push(line("waiting", until, "until its person is known, at most until then"));
  if (state === "waiting_for_order")
    lines.push(line("waiting", until, "until the thing that it names leads to a person, at most until then"));
  if (batch !== null) {
    const names = about.map(({ name }) => name).join(", ");
    const others = batch.events - 1;
    lines.push(
      line(
        "packed",
        batch.sealedAt,
        `about ${names || "nobody"}, into batch ${batch.number}, with ${others} other${others === 1 ? "" : "s"}`,
      ),
    );
    for (const { at, took, status, detail, calls } of batch.attempts) {
      lines.push(line("sent", at, `${calls} call${calls === 1 ? "" : "s"} in one request`));
      lines.push(line("answered", at + took, `${status === 0 ? "no answer" : status} ${detail}`.trim()));
    }
  }
  if (["ignored", "duplicate", "dead", "discarded", "replayed"].includes(state))
    lines.push(line("ended", endedAt, reason === null ? state : `${state}: ${reason}`));
  return lines;
}
