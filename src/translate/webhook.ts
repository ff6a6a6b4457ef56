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
import { addressDrafts, type Learned, NOTHING_LEARNED, type PeopleView } from "./address.ts";
import { openNotes } from "./notes.ts";
import { type EventName, type Reading, readWebhook, type WebhookContent } from "./reading.ts";
import { applyRules } from "./rules.ts";

/** A webhook as it is kept. */
export interface KeptWebhook extends WebhookContent {
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
  /** Ids of its unknown people, that their vendor may be asked about. */
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

/** What translating may use beside the webhook. */
export interface WebhookTools {
  /** What is remembered of people; nothing unless said otherwise. */
  readonly view?: PeopleView;
  /** Whether events of people who are not known yet wait for them. */
  readonly mayWait?: boolean;
  /** The webhook as it was read already by today's adapter. */
  readonly reading?: Reading;
}

/** A webhook whose events can be translated one by one. */
export interface OpenedWebhook {
  /** Its events that were accepted, in their order. What could not be read when it came is there as what is found in it today. */
  readonly names: readonly EventName[];
  /** Translates one of them with today's adapter. Never throws on what a vendor sent. */
  translate(name: EventName, tools: TranslateTools): Promise<EventOutcome>;
}

/** What translating an event may use beside its webhook. */
export interface TranslateTools {
  readonly account: Account;
  readonly view: PeopleView;
  /** Whether events of unknown people wait for their identity. */
  readonly mayWait: boolean;
}

/**
 * Opens a webhook: where no events are named, all that are in it, also those that are left out or cannot be read.
 * @param reading the webhook as today's adapter read it, where that is done already
 */
export async function openWebhook(webhook: KeptWebhook, source: Source, reading?: Reading): Promise<OpenedWebhook> {
  const read = reading ?? (await readWebhook(webhook, source));
  const receivedAt = new Date(webhook.receivedAt).toISOString();
  const bare = { occurredAt: receivedAt, learned: NOTHING_LEARNED, known: [], unknown: [] };
  const ignored = ({ id, type }: EventName, occurredAt: string, reason: string): Opened => ({
    name: { id, type },
    translate: async () => ({ ...bare, id, type, occurredAt, kind: "ignored", reason }),
  });
  const lost = ({ id, type }: EventName, issue: string): Opened => ({
    name: { id, type },
    translate: async () => ({ ...bare, id, type, kind: "dead", reason: "unreadable", issue }),
  });
  const taken = (event: VendorEvent): Opened => ({
    name: { id: event.id, type: event.type },
    translate: (tools) => translateEvent(event, webhook.receivedAt, source, tools),
  });
  const allIn = ({ events, unreadable }: Pick<Reading, "events" | "unreadable">): readonly Opened[] => [
    ...events.map(({ event, ignored: reason }) => (reason === null ? taken(event) : ignored(event, event.occurredAt, reason))),
    ...unreadable.map((one) => lost(one, one.issue)),
  ];

  const found = new Map<string, VendorEvent>();
  for (const { event } of read.events) if (!found.has(event.id)) found.set(event.id, event);
  const named = async (name: EventName): Promise<readonly Opened[]> => {
    const event = found.get(name.id);
    if (event !== undefined) return [taken(event)];
    // What could not be read when it came has no event's name: whatever is found in it now counts, as if it came now.
    const late = await read.partsNamed(name.id);
    if (late === null) return [lost(name, "the adapter no longer finds this event in its webhook")];
    const all = allIn(late);
    return all.length > 0 ? all : [ignored(name, receivedAt, "no event in it")];
  };
  const opened = new Map<string, Opened>();
  for (const one of webhook.events === null ? allIn(read) : (await Promise.all(webhook.events.map(named))).flat())
    if (!opened.has(one.name.id)) opened.set(one.name.id, one);
  return {
    names: [...opened.values()].map(({ name }) => name),
    translate: async (name, tools) =>
      (opened.get(name.id) ?? lost(name, "the adapter no longer finds this event in its webhook")).translate(tools),
  };
}

interface Opened {
  readonly name: EventName;
  readonly translate: (tools: TranslateTools) => Promise<EventOutcome>;
}

/** Translates all accepted events of a webhook, in their order, for an account of which nothing is known unless `tools` say otherwise. */
export async function translateWebhook(
  webhook: KeptWebhook,
  source: Source,
  account: Account,
  { view = { book: openBook(), notes: openNotes() }, mayWait = false, reading }: WebhookTools = {},
): Promise<readonly EventOutcome[]> {
  const { names, translate } = await openWebhook(webhook, source, reading);
  const outcomes: EventOutcome[] = [];
  for (const name of names) outcomes.push(await translate(name, { account, view, mayWait }));
  return outcomes;
}

/** Whom a webhook names, in all of its events; `isComplete` where every event became drafts. */
export async function subjectsIn(
  webhook: KeptWebhook,
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

async function translateEvent(
  event: VendorEvent,
  receivedAt: number,
  source: Source,
  { account, view, mayWait }: TranslateTools,
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
    view,
  );
  // What was taught stands, whatever becomes of the event; what would be noted of a call that does not leave does not.
  const taught = { ...name, known, learned: { ...learned, notes: [] } };
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
  view.notes.add(learned.notes);
  const whole = { ...name, known, learned };
  // What is noted of somebody has said all that there is to say.
  if (shaped.length === 0)
    return { ...whole, kind: "ignored", reason: silence, unknown: learned.notes.length === 0 ? unknown : [] };
  return {
    ...whole,
    unknown: strangers.length > 0 ? unknown : [],
    kind: "calls",
    links: shaped.slice(0, links.length),
    calls: shaped.slice(links.length),
  };
}
