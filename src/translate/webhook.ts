/**
 * Translates kept webhooks into finished calls: the same for delivery, replay and `npm run map`.
 */
import type { Account, Source } from "../config/model.ts";
import type { Draft } from "../contract/drafts.ts";
import type { IdFact } from "../contract/facts.ts";
import type { Mapped } from "../contract/handlers.ts";
import { isoOf } from "../contract/iso.ts";
import type { VendorEvent } from "../contract/vendor-event.ts";
import { openBook } from "../identity/book.ts";
import type { Subject } from "../identity/subject.ts";
import type { Call } from "../pipelines/calls.ts";
import { shapeCall } from "../pipelines/shape.ts";
import { finish } from "../pipelines/stamp.ts";
import {
  type About,
  addressDrafts,
  type Consequences,
  learnDrafts,
  NO_CONSEQUENCES,
  type Occurrence,
  type PeopleView,
  type WaitsFor,
} from "./address.ts";
import { withCustomFields } from "./custom-fields.ts";
import { subjectIn } from "./policy.ts";
import { type EventName, type Reading, readWebhook, type WebhookContent } from "./reading.ts";
import { applyRules } from "./rules.ts";

/** A kept webhook. */
export interface KeptWebhook extends WebhookContent {
  /** The accepted events; `null` for all events of the webhook. */
  readonly events: readonly EventName[] | null;
}

/** Why a vendor event became a dead letter before anything was sent. */
export type MapFailure = "schema" | "exception" | "invalid" | "too_large" | "unreadable" | "orphan";

/** The outcome of translating one vendor event. An `issue` names fields, never values. */
export type EventOutcome = EventName & {
  readonly occurredAt: string;
  /** The version of the vendor's API, where the event tells it; left out where it could not be read. */
  readonly version?: string | null;
  /** All that its vendor sent, where that is watched. */
  readonly data?: unknown;
  /** Stored when the event is sealed. */
  readonly consequences: Consequences;
  /** Keys of its known people: events that wait for them are released. */
  readonly known: readonly string[];
  /** Ids of its unknown people, for look-ups. */
  readonly unknown: readonly IdFact[];
} & (
    | {
        readonly kind: "calls";
        readonly calls: readonly Call[];
        /** Merge calls: they must be accepted before other calls about the same person. */
        readonly links: readonly Call[];
        readonly about: readonly About[];
      }
    | { readonly kind: "ignored"; readonly reason: string }
    /** Its people are unknown. Nothing that was learned from it counts yet. */
    | { readonly kind: "waits"; readonly waitsFor: WaitsFor }
    | { readonly kind: "dead"; readonly reason: MapFailure; readonly issue: string }
  );

/** Optional knowledge for translating a webhook. */
export interface WebhookTools {
  /** Knowledge about people; none by default. */
  readonly view?: PeopleView;
  /** Whether events of unknown people wait; by default only those that name nothing but references. */
  readonly mayWait?: Waits;
  /** The result of reading the webhook with today's adapter, if it was read already. */
  readonly reading?: Reading;
}

/** What an event may wait for. */
export interface Waits {
  readonly person: boolean;
  readonly reference: boolean;
}

/** A webhook that was read; its events can be translated one by one. */
export interface OpenedWebhook {
  /** Its accepted events, in order. A part that was unreadable on arrival is replaced by the events found in it today. */
  readonly names: readonly EventName[];
  /** Translates one of them with today's adapter. Never throws on what a vendor sent. */
  translate(name: EventName, tools: TranslateTools): Promise<EventOutcome>;
  /** The people that one of them names. */
  subjectsOf(name: EventName): readonly Subject[];
  /** Learns from one of them who its ids and addresses belong to, without telling anybody. */
  learn(name: EventName, view: PeopleView): Promise<void>;
}

/** What translating an event needs. */
export interface TranslateTools {
  readonly account: Account;
  readonly view: PeopleView;
  readonly mayWait: Waits;
  /** Whether the outcome has all that its vendor sent. */
  readonly isWatched?: boolean;
}

/**
 * Reads a webhook for translation. If it names no accepted events, all are included, also ignored and unreadable ones.
 * @param reading the result of reading it with today's adapter, if it was read already
 */
export async function openWebhook(webhook: KeptWebhook, source: Source, reading?: Reading): Promise<OpenedWebhook> {
  const read = reading ?? (await readWebhook(webhook, source));
  const receivedAt = isoOf(webhook.receivedAt);
  const bare = { occurredAt: receivedAt, consequences: NO_CONSEQUENCES, known: [], unknown: [] };
  const ignored = ({ id, type }: EventName, occurredAt: string, reason: string): Opened => ({
    name: { id, type },
    translate: async () => ({ ...bare, id, type, occurredAt, kind: "ignored", reason }),
  });
  const lost = ({ id, type }: EventName, issue: string): Opened => ({
    name: { id, type },
    translate: async () => ({ ...bare, id, type, kind: "dead", reason: "unreadable", issue }),
  });
  const taken = (event: VendorEvent): Opened => {
    let mapped: Mapped | null = null;
    const map = (): Mapped => {
      mapped ??= source.configured.map(event);
      return mapped;
    };
    return {
      name: { id: event.id, type: event.type },
      translate: (tools) => translateEvent(event, map(), webhook.receivedAt, source, tools),
      subjects: () => draftsIn(map()).map(({ person }) => subjectIn(person, source)),
      learn: (view) => learnDrafts(draftsIn(map()), occurrenceOf(event, webhook.receivedAt), source, view),
    };
  };
  const allIn = ({ events, unreadable }: Pick<Reading, "events" | "unreadable">): readonly Opened[] => [
    ...events.map(({ event, ignored: reason }) => (reason === null ? taken(event) : ignored(event, event.occurredAt, reason))),
    ...unreadable.map((one) => lost(one, one.issue)),
  ];

  const found = new Map<string, VendorEvent>();
  for (const { event } of read.events) if (!found.has(event.id)) found.set(event.id, event);
  /** A part that was unreadable on arrival: the events found in it now count as if they arrived now. */
  const late = async (name: EventName): Promise<readonly Opened[]> => {
    const parts = await read.partsNamed(name.id);
    if (parts === null) return [lost(name, "the adapter no longer finds this event in its webhook")];
    const all = allIn(parts);
    return all.length > 0 ? all : [ignored(name, receivedAt, "no event in it")];
  };
  const opened = new Map<string, Opened>();
  const open = (some: readonly Opened[]): void => {
    for (const one of some) if (!opened.has(one.name.id)) opened.set(one.name.id, one);
  };
  if (webhook.events === null) open(allIn(read));
  for (const name of webhook.events ?? []) {
    const event = found.get(name.id);
    open(event === undefined ? await late(name) : [taken(event)]);
  }
  return {
    names: [...opened.values()].map(({ name }) => name),
    translate: (name, tools) =>
      (opened.get(name.id) ?? lost(name, "the adapter no longer finds this event in its webhook")).translate(tools),
    subjectsOf: (name) => opened.get(name.id)?.subjects?.() ?? [],
    learn: async (name, view) => opened.get(name.id)?.learn?.(view),
  };
}

interface Opened {
  readonly name: EventName;
  readonly translate: (tools: TranslateTools) => Promise<EventOutcome>;
  /** Left out where there is nothing to learn, like `learn`. */
  readonly subjects?: () => readonly Subject[];
  readonly learn?: (view: PeopleView) => Promise<void>;
}

/** Translates all accepted events of a webhook, in order. */
export async function translateWebhook(
  webhook: KeptWebhook,
  source: Source,
  account: Account,
  { view = { book: openBook() }, mayWait = { person: false, reference: true }, reading }: WebhookTools = {},
): Promise<readonly EventOutcome[]> {
  const { names, translate } = await openWebhook(webhook, source, reading);
  const outcomes: EventOutcome[] = [];
  for (const name of names) outcomes.push(await translate(name, { account, view, mayWait }));
  return outcomes;
}

/** The people named by a webhook's events. `isComplete`: every event was read and mapped to drafts. */
export async function subjectsIn(
  webhook: KeptWebhook,
  source: Source,
): Promise<{ readonly subjects: readonly Subject[]; readonly isComplete: boolean }> {
  const { events, unreadable } = await readWebhook(webhook, source);
  const mapped = events.map(({ event }) => source.configured.map(event));
  return {
    subjects: mapped.flatMap(draftsIn).map(({ person }) => subjectIn(person, source)),
    isComplete: unreadable.length === 0 && mapped.every(({ kind }) => kind === "drafts"),
  };
}

function draftsIn(mapped: Mapped): readonly Draft[] {
  return mapped.kind === "drafts" ? mapped.drafts : [];
}

async function translateEvent(
  event: VendorEvent,
  plain: Mapped,
  receivedAt: number,
  source: Source,
  { account, view, mayWait, isWatched = false }: TranslateTools,
): Promise<EventOutcome> {
  const { id, type, occurredAt, version = null, data } = event;
  const watched = isWatched ? { data } : {};
  const name = { id, type, occurredAt, version, consequences: NO_CONSEQUENCES, known: [], unknown: [], ...watched };
  const mapped = mapWithFound(event, plain, source, view);
  if (mapped.kind === "ignore") return { ...name, kind: "ignored", reason: mapped.reason };
  if (mapped.kind === "failed") return { ...name, kind: "dead", reason: mapped.reason, issue: mapped.issue };

  const { customFields, rules } = source.options;
  const ruled = applyRules(
    mapped.drafts.map((draft) => withCustomFields(draft, customFields)),
    rules,
  );
  const drafts = ruled instanceof Promise ? await ruled : ruled;
  const undo = view.book.mark();
  const { links, calls, about, waitsFor, known, unknown, consequences, silence } = await addressDrafts(
    drafts,
    occurrenceOf(event, receivedAt),
    source,
    account,
    view,
  );
  if (waitsFor !== null && (waitsFor.what === "person" ? mayWait.person : mayWait.reference)) {
    undo();
    return { ...name, kind: "waits", waitsFor, unknown };
  }
  const dead = (reason: MapFailure, issue: string): EventOutcome => {
    undo();
    return { ...name, kind: "dead", reason, issue, unknown: reason === "orphan" ? unknown : [] };
  };
  if (waitsFor?.what === "reference") return dead("orphan", ORPHAN);

  const finished = await finish([...links, ...calls], {
    account: account.shardOf?.id ?? account.id,
    source: source.name,
    provider: source.adapter.id,
    event: { id, type, occurredAt },
    integrations: source.options.integrations,
  });
  if (!finished.ok) return dead("invalid", finished.issue);
  const shaped: Call[] = [];
  for (const call of finished.calls) {
    const fitting = shapeCall(call);
    if (fitting === null) return dead("too_large", `${call.type}: over 32,000 bytes after shortening`);
    shaped.push(fitting.call);
  }
  const whole = { id, type, occurredAt, version, consequences, known, unknown: known.length === 0 ? unknown : [] };
  if (shaped.length === 0) return { kind: "ignored", reason: silence, ...whole, ...watched };
  return { kind: "calls", about, links: shaped.slice(0, links.length), calls: shaped.slice(links.length), ...whole, ...watched };
}

/** Maps an event once more where a look-up told more of it. */
function mapWithFound(event: VendorEvent, mapped: Mapped, { name, adapter, configured }: Source, { found }: PeopleView): Mapped {
  if (mapped.kind !== "drafts" || found === undefined || adapter.lookup?.found === undefined) return mapped;
  const ids = mapped.drafts.flatMap(({ person }) => person.ids);
  const told = ids.map((id) => found(name, id)).find((value) => value !== undefined);
  return told === undefined ? mapped : configured.map(event, told);
}

function occurrenceOf({ id, type, occurredAt }: VendorEvent, receivedAt: number): Occurrence {
  // A fact from the future would outrank all later facts.
  return { at: Math.min(Date.parse(occurredAt), receivedAt), by: `${type} ${id}`.slice(0, LONGEST_BY) };
}

/** Characters of an event's type and id in explanations. */
const LONGEST_BY = 100;

const ORPHAN =
  "it names only things (an order, a charge) that lead to no person: replay it once an event has named the person of one of them";
