/**
 * The way of one event, step by step.
 */
import * as z from "zod";
import { counted } from "../../contract/counted.ts";
import type { Standstill } from "../outbox/trail.ts";
import type { Mapped, ShownEvent } from "./show.ts";

/** The steps, in their order. `waiting` lasts, `waited` is over. */
const STEPS = [
  "received",
  "verified",
  "kept",
  "replayed",
  "waiting",
  "waited",
  "mapped",
  "packed",
  "sent",
  "answered",
  "ended",
] as const;

/** One step of an event's way, as the API answers it. */
export const timelineSchema = () =>
  z.object({
    step: z.enum(STEPS),
    /** Milliseconds since 1970; `null` where it was not recorded. Of a wait that is over, when it ended. */
    at: z.number().nullable(),
    /** What happened, for people. */
    text: z.string(),
  });

type Line = z.output<ReturnType<typeof timelineSchema>>;

/** An event that was translated this much later than it was kept had to wait for those before it, milliseconds. */
const TURN = 10_000;

/** What was missing while nothing could be delivered. */
const MISSING: Readonly<Record<Standstill["for"], string>> = {
  no_key: "a Pipelines API key: the account had none",
  key_refused: "a Pipelines API key that Customer.io takes",
  everything_refused: "Customer.io: it refused everything",
  destination: "Customer.io: it took no requests",
};

/** The way of an event so far. */
export function timelineOf(shown: ShownEvent): readonly Line[] {
  const { event, webhook, mapped, batch } = shown;
  const { receivedAt, replayedAt, state, reason, endedAt, about, kept } = event;
  const [secret, of] = webhook?.notes?.verified ?? [0, 0];
  const origin = webhook?.notes?.imported ? "by an import" : "from the vendor";
  const lines = [line("received", receivedAt, `${origin}, for ${event.source}`)];
  if (secret > 0) lines.push(line("verified", receivedAt, of > 1 ? `by secret ${secret} of ${of}` : "by the source's secret"));
  if (kept) {
    const keptAt = webhook?.notes?.keptAt ?? null;
    if (replayedAt === null) lines.push(line("kept", keptAt, `as webhook ${event.seq}`));
    else lines.push(line("replayed", replayedAt, `by an operator, as webhook ${event.seq}`));
  }
  lines.push(...waitsOf(shown));
  const isTranslated = batch !== null || event.until !== null || endedAt !== null;
  if (kept && isTranslated && webhook !== null) lines.push(line("mapped", null, mappedAs(mapped)));
  if (batch !== null) {
    const names = about.map(({ name }) => name).join(", ");
    const others = batch.events - 1;
    const which = `into batch ${batch.number}, with ${counted(others, "other")}`;
    lines.push(line("packed", batch.sealedAt, `about ${names || "nobody"}, ${which}`));
    for (const { at, took, status, detail, calls, after } of batch.attempts) {
      // What it waited for before it was packed is told there.
      if (after?.until != null && after.until > batch.sealedAt) lines.push(waitedFor({ ...after, until: after.until }, shown));
      lines.push(line("sent", at, `${counted(calls, "call")} in one request`));
      lines.push(line("answered", at + took, `${status === 0 ? "no answer" : status} ${detail}`.trim()));
    }
  }
  if (state === "pending" && shown.standstill !== null)
    lines.push(line("waiting", null, `for ${MISSING[shown.standstill.for]}; so since ${isoOf(shown.standstill.since)}`));
  if (["ignored", "duplicate", "dead", "discarded", "replayed"].includes(state))
    lines.push(line("ended", endedAt, reason === null ? state : `${state}: ${reason}`));
  return lines;
}

/** What it waits for, or had waited for, before it was packed or ended. */
function waitsOf(shown: ShownEvent): readonly Line[] {
  const { event, batch } = shown;
  const { state, until, waited } = event;
  if (state === "waiting_for_identity") return [line("waiting", until, "until its person is known, at most until then")];
  if (state === "waiting_for_order")
    return [line("waiting", until, "until the thing that it names leads to a person, at most until then")];
  const since = arrivedAt(shown);
  const end = batch?.sealedAt ?? event.endedAt;
  if (!event.kept || end === null) return [];
  if (waited !== null || event.reason === "orphan") {
    const isPerson = waited?.what === "person";
    const isInTime = waited !== null && end < waited.until;
    const known = isPerson ? "its person was known" : "the thing that it names led to a person";
    const unknown = isPerson ? "its person was still unknown" : "the thing that it names led to nobody";
    const text = `${durationOf(end - since)}, ${isInTime ? `until ${known}` : `as long as it may: ${unknown}`}`;
    return [line("waited", end, text)];
  }
  const after = batch?.attempts[0]?.after;
  if (after?.until != null && after.until <= end && after.until > since)
    return [waitedFor({ ...after, until: after.until }, shown)];
  return batch !== null && end - since > TURN
    ? [line("waited", end, `${durationOf(end - since)} for its turn: those before it were not packed yet`)]
    : [];
}

function waitedFor({ for: missing, since, until }: Standstill & { readonly until: number }, shown: ShownEvent): Line {
  return line("waited", until, `${durationOf(until - Math.max(since, arrivedAt(shown)))} for ${MISSING[missing]}`);
}

/** When it was stored, as far as that is known, milliseconds since 1970. */
function arrivedAt({ event: { receivedAt, replayedAt }, webhook }: ShownEvent): number {
  return replayedAt ?? webhook?.notes?.keptAt ?? receivedAt;
}

function mappedAs(mapped: Mapped): string {
  if (mapped.kind !== "drafts") return `${mapped.kind} by today's adapter: ${mapped.reason}`;
  const { length } = mapped.drafts;
  return `${counted(length, "draft")} by today's adapter`;
}

function line(step: Line["step"], at: number | null, text: string): Line {
  return { step, at, text };
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}

/** Milliseconds, as people say them. */
function durationOf(milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  if (seconds < 60) return `${seconds < 10 ? Math.max(0, seconds).toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
