/**
 * From a kept webhook to finished calls: the same function at the flush, at replay and in `npm run map`.
 */
import type { Account, Source } from "../config/model.ts";
import type { VendorEvent } from "../contract/define.ts";
import type { IdFact } from "../contract/facts.ts";
import { openBook } from "../identity/book.ts";
import { type Subject, subjectOf } from "../identity/subject.ts";
import type { Call } from "../pipelines/calls.ts";
import { shapeCall } from "../pipelines/shape.ts";
import { finish } from "../pipelines/stamp.ts";
import { openNotes } from "./notes.ts";
import { addressDrafts, type Learned, type Memory, NOTHING_LEARNED } from "./people.ts";
import { type EventName, type Reading, readWebhook, type WebhookContent } from "./reading.ts";
import { applyRules } from "./rules.ts";

/** A webhook as it is kept. */
export interface StoredWebhook extends WebhookContent {
  /** The events that were accepted; `null` for all that there are. */
  readonly events: readonly EventName[] | null;
}

/** Why a vendor event became a dead letter before anything was sent. */
export type MapFailure = "schema" | "exception" | "invalid" | "too_large" | "unreadable";

/** What one vendor event became. An `issue` names fields, never values. */
export type EventOutcome = EventName & {
  readonly occurredAt: string;
  /** To be stored when the event is passed. */
  readonly learned: Learned;
  /** Anonymous ids of its people who are known: what waits for them may leave. */
  readonly known: readonly string[];
  /** Ids of the people who keep it from becoming calls, since nobody knows them. */
  readonly unknown: readonly IdFact[];
} & (
    | {
        readonly kind: "calls";
        readonly calls: readonly Call[];
        /** Calls of the core's own that must be accepted before anything else of the same person leaves. */
        readonly links: readonly Call[];
      }
    | { readonly kind: "ignored"; readonly reason: string }
    /** Nobody is known yet; the anonymous ids under which it would leave. */
    | { readonly kind: "waits"; readonly strangers: readonly string[] }
    | { readonly kind: "dead"; readonly reason: MapFailure; readonly issue: string }
  );

/** What mapping may use beside the webhook. */
export interface MapTools {
  /** What is remembered of people; nothing unless said otherwise. */
  readonly memory?: Memory;
  /** Whether events of people who are not known yet wait for them. */
  readonly mayWait?: boolean;
  /** The webhook as it was read already by today's adapter. */
  readonly reading?: Reading;
}

/**
 * Maps the accepted events of a webhook with today's adapter, in their order; where none are named, all that are in it, also those that are left
 * out or cannot be read. Never throws on what a vendor sent.
 */
export async function mapWebhook(
  webhook: StoredWebhook,
  source: Source,
  account: Account,
  { memory = { book: openBook(), notes: openNotes() }, mayWait = false, reading }: MapTools = {},
): Promise<readonly EventOutcome[]> {
  const bare = { learned: NOTHING_LEARNED, known: [], unknown: [] };
  const lost = ({ id, type }: EventName, issue: string): EventOutcome => {
    const occurredAt = new Date(webhook.receivedAt).toISOString();
    return { ...bare, id, type, occurredAt, kind: "dead", reason: "unreadable", issue };
  };
  const mapTaken = (event: VendorEvent) => mapEvent(event, webhook.receivedAt, source, account, memory, mayWait);
  const mapAll = async ({ events, unreadable }: Pick<Reading, "events" | "unreadable">): Promise<readonly EventOutcome[]> => {
    const outcomes: EventOutcome[] = [];
    for (const { event, ignored } of events) {
      const { id, type, occurredAt } = event;
      outcomes.push(
        ignored === null ? await mapTaken(event) : { ...bare, id, type, occurredAt, kind: "ignored", reason: ignored },
      );
    }
    return [...outcomes, ...unreadable.map((one) => lost(one, one.issue))];
  };

  const read = reading ?? (await readWebhook(webhook, source));
  if (webhook.events === null) return mapAll(read);
  const found = new Map<string, VendorEvent>();
  for (const { event } of read.events) if (!found.has(event.id)) found.set(event.id, event);
  const outcomes: EventOutcome[] = [];
  for (const name of webhook.events) {
    const event = found.get(name.id);
    if (event !== undefined) {
      outcomes.push(await mapTaken(event));
      continue;
    }
    // What could not be read when it came has no event's name: whatever is found in it now counts, as if it came now.
    const late = await read.partsNamed(name.id);
    const all = late === null ? [lost(name, "the adapter no longer finds this event in its webhook")] : await mapAll(late);
    const occurredAt = new Date(webhook.receivedAt).toISOString();
    outcomes.push(
      ...(all.length > 0 ? all : [{ ...bare, ...name, occurredAt, kind: "ignored" as const, reason: "no event in it" }]),
    );
  }
  return outcomes;
}

/** Whom a webhook names, in all of its events; `isComplete` where every event became drafts. */
export async function subjectsIn(
  webhook: StoredWebhook,
  source: Source,
): Promise<{ readonly subjects: readonly Subject[]; readonly isComplete: boolean }> {
  const { events, unreadable } = await readWebhook(webhook, source);
  const policy = { source: source.name, userIdFrom: source.options.userIdFrom };
  const mapped = events.map(({ event }) => source.configured.map(event));
  const drafts = mapped.flatMap((result) => (result.kind === "drafts" ? result.drafts : []));
  return {
    subjects: drafts.map(({ person }) => subjectOf(person, policy)),
    isComplete: unreadable.length === 0 && mapped.every(({ kind }) => kind === "drafts"),
  };
}

async function mapEvent(
  event: VendorEvent,
  receivedAt: number,
  source: Source,
  account: Account,
  memory: Memory,
  mayWait: boolean,
): Promise<EventOutcome> {
  const { id, type, occurredAt } = event;
  const name = { id, type, occurredAt, learned: NOTHING_LEARNED, known: [], unknown: [] };
  const mapped = source.configured.map(event);
  if (mapped.kind === "ignore") return { ...name, kind: "ignored", reason: mapped.reason };
  if (mapped.kind === "failed") return { ...name, kind: "dead", reason: mapped.reason, issue: mapped.issue };

  const drafts = await Promise.all(mapped.drafts.map((draft) => applyRules(draft, source.options.rules)));
  const { links, calls, strangers, known, unknown, learned, silence } = await addressDrafts(
    drafts,
    // A fact from the future would outrank all that follow.
    Math.min(Date.parse(occurredAt), receivedAt),
    source,
    account,
    memory,
  );
  // What was taught stands, whatever becomes of the event; what would be noted of a call that does not leave does not.
  const taught = { ...name, known, learned: { ...learned, notes: NOTHING_LEARNED.notes } };
  if (mayWait && strangers.length > 0 && calls.length > 0) return { ...taught, kind: "waits", strangers, unknown };

  const finished = await finish([...links, ...calls], {
    account: account.name,
    source: source.name,
    provider: source.adapter.id,
    event: { id, type, occurredAt },
    integrations: source.options.integrations,
  });
  if (!finished.ok) return { ...taught, kind: "dead", reason: "invalid", issue: finished.issue };
  const shaped: Call[] = [];
  for (const call of finished.calls) {
    const fitting = shapeCall(call);
    if (fitting === null)
      return { ...taught, kind: "dead", reason: "too_large", issue: `${call.type}: over 32,000 bytes after shortening` };
    shaped.push(fitting.call);
  }
  memory.notes.add(learned.notes);
  const whole = { ...name, known, learned };
  // What is noted of somebody has said all that there is to say.
  if (shaped.length === 0)
    return { ...whole, kind: "ignored", reason: silence, unknown: learned.notes.size === 0 ? unknown : [] };
  return { ...whole, kind: "calls", links: shaped.slice(0, links.length), calls: shaped.slice(links.length) };
}
