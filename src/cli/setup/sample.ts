/**
 * A webhook to try a source with: a sample that becomes calls, signed with the source's own secret.
 */
import type { Account, Source } from "../../config/model.ts";
import type { SignedRequest } from "../../contract/verify/verifier.ts";
import type { Call } from "../../pipelines/calls.ts";
import { translateWebhook } from "../../translate/webhook.ts";
import { findFixture, fixtureNames } from "../fixtures.ts";
import { toRequest, toStored } from "../recorded.ts";
import { freshen, sign } from "../requests.ts";

/** A signed sample, and what the Worker should make of it. */
export interface Sample {
  /** The name of the fixture. */
  readonly event: string;
  readonly request: SignedRequest;
  /** Ids of the calls that must arrive: events, or people where there are no events. */
  readonly messageIds: readonly string[];
  /** The names of its events, or the types of its calls. */
  readonly becomes: readonly string[];
}

/**
 * Makes a sample for a source.
 * @param now milliseconds since 1970
 * @returns one that becomes an event of a known person, else of an unknown one, else any call; `null` where none becomes a call
 */
export async function sampleFor(source: Source, account: Account, now: number): Promise<Sample | null> {
  let best: Sample | null = null;
  let most = 0;
  for (const name of fixtureNames(source.adapter.id)) {
    const fixture = findFixture(source.adapter.id, name);
    // Samples with options of their own do not fit every source.
    if (fixture === null || Object.keys(fixture.options).length > 0) continue;
    const request = await sign(await freshen(toRequest(fixture, source), source, now), source, now);
    const outcomes = await translateWebhook(await toStored(request, source, now), source, account);
    const calls = outcomes.flatMap((outcome) => (outcome.kind === "calls" ? outcome.calls : []));
    const isWhole = outcomes.length > 0 && outcomes.every(({ kind }) => kind === "calls");
    const events = calls.filter(({ type }) => type === "track");
    const rank = isWhole ? rankOf(calls, events) : 0;
    if (rank <= most) continue;
    const chosen = events.length > 0 ? events : calls;
    most = rank;
    best = {
      event: name,
      request,
      messageIds: chosen.map(({ messageId }) => messageId),
      becomes: chosen.map(nameOf),
    };
    if (rank === BEST) break;
  }
  return best;
}

const BEST = 3;

function rankOf(calls: readonly Call[], events: readonly Call[]): number {
  if (events.length > 0) return events.every(({ userId }) => userId !== undefined) ? BEST : 2;
  return calls.length > 0 ? 1 : 0;
}

function nameOf(call: Call): string {
  return call.type === "track" ? call.event : call.type;
}
