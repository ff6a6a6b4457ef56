/**
 * An account in memory: the Worker's own translation, and what its account object would commit, in maps. Nothing else of the account
 * object takes part, so thousands of histories run in seconds.
 *
 * Everything that depends on the interface of translation is in this file.
 */
import type { Account, Identifiers, Source } from "../../src/config/model.ts";
import { formatOf } from "../../src/contract/formats.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { type BookKeys, type BookRows, openBook, type StoredRows } from "../../src/identity/book.ts";
import type { AddressLinks, Links } from "../../src/identity/links.ts";
import type { Profile } from "../../src/identity/profile.ts";
import { nameOf } from "../../src/identity/resolve.ts";
import type { PeopleView } from "../../src/translate/address.ts";
import type { InboxReader, InboxWebhook, WaitingEvent } from "../../src/translate/inbox.ts";
import { keptOf } from "../../src/translate/kept.ts";
import { type ConflictReason, type Fold, type Conflict as FoundConflict, followedBy } from "../../src/translate/merges.ts";
import { readWebhook } from "../../src/translate/reading.ts";
import type { ReadyEvent } from "../../src/translate/result.ts";
import { type Round, translateRound } from "../../src/translate/round.ts";
import type { PipelinesCall, ReceivedCall } from "../model/customer-io.ts";
import { accountOf, sourceOf } from "./accounts.ts";
import { ADAPTERS } from "./registry.ts";
import type { Webhook } from "./vendors.ts";

/** What differs between sources. */
export interface SourceSettings {
  readonly adapter?: string;
  readonly userIdFrom?: readonly string[];
  readonly people?: "create" | "known";
  readonly consent?: "trait" | "opt_out" | "sync";
  readonly onDelete?: "event" | "delete" | "suppress";
  readonly emailTrust?: "claimed" | "verified";
}

/** The configuration of an account for tests. */
export interface AccountSettings {
  readonly identifiers?: Identifiers;
  /** Seconds. */
  readonly holdUnknown?: number;
  /** Seconds. */
  readonly holdOrphans?: number;
  readonly merge?: "ask" | "auto";
  readonly redact?: "none" | "delete" | "suppress";
  /** The source whose state traits have the plan's names; by default the first that bills. */
  readonly billingFrom?: string;
  /** The names of sources, the first one owns the profile; by default all, in the order of `sources`. */
  readonly profileFrom?: readonly string[];
  readonly sources: Readonly<Record<string, SourceSettings>>;
}

/** Two profiles in Customer.io of one person, or an identifier that Customer.io does not accept for a person. */
export interface Conflict {
  /** The identifiers that it names. */
  readonly identifiers: readonly string[];
  readonly reason: ConflictReason;
}

/** The end of a vendor event without calls. */
export interface Ending {
  readonly source: string;
  readonly id: string;
  readonly as: "ignored" | "dead";
  readonly reason: string;
}

/** An account in memory. */
export interface MemoryAccount {
  /** Accepts webhooks now, in this order, and translates them: each vendor event once. */
  receive(...webhooks: readonly Webhook[]): Promise<void>;
  /** Lets time pass; whatever ends its wait meanwhile leaves at its time. */
  advance(milliseconds: number): Promise<void>;
  /** Goes on with another configuration, as after a deployment. */
  configure(settings: AccountSettings): void;
  /** The next round is computed, thrown away and done again, as after a crash before its commit. */
  crash(): void;
  /** Milliseconds since 1970. */
  now(): number;
  /** What has left, in order. */
  calls(): readonly ReceivedCall[];
  conflicts(): readonly Conflict[];
  endings(): readonly Ending[];
  /** Events that still wait. */
  waiting(): number;
}

/** Milliseconds since 1970. */
export const START = Date.UTC(2026, 10, 23, 12);

/** The account of a configuration. @throws Error where it names an unknown adapter */
export function accountWith({
  identifiers = "email_and_id",
  holdUnknown = 0,
  holdOrphans = 72 * 3600,
  merge = "ask",
  redact = "delete",
  billingFrom,
  profileFrom,
  sources,
}: AccountSettings): Account {
  const own = billingFrom === undefined ? {} : { billingFrom };
  const settings = { identifiers, holdUnknown, holdOrphans, merge, redact, ...own };
  const configured = Object.entries(sources).map(([name, declared]) => sourceWith(name, declared));
  return accountOf(configured, { ...settings, ...(profileFrom === undefined ? {} : { profileFrom }) });
}

function sourceWith(name: string, { adapter: id = name, ...declared }: SourceSettings): Source {
  const adapter: Adapter | undefined = ADAPTERS.get(id);
  if (adapter === undefined) throw new Error(`no adapter ${id}`);
  const source = sourceOf(adapter);
  const own = Object.fromEntries(Object.entries(declared).filter(([, value]) => value !== undefined));
  return sourceOf(adapter, { name, options: { ...source.options, people: adapter.people, ...own } });
}

/** An empty account. @param start when its time begins, milliseconds since 1970 */
export function openMemoryAccount(settings: AccountSettings, start: number = START): MemoryAccount {
  let account = accountWith(settings);
  let now = start;
  let seq = 0;
  let numbers = 0;
  let crashes = false;

  const inbox: InboxWebhook[] = [];
  const kept = new Map<number, InboxWebhook>();
  /** Finished events of the webhook at the head of a source's inbox. */
  const passed = new Map<string, number>();
  const seen = new Set<string>();
  const people = new Map<string, Links>();
  const references = new Map<string, Links>();
  const addresses = new Map<string, AddressLinks>();
  const profiles = new Map<string, Profile>();
  let conflicts: readonly FoundConflict[] = [];
  const waiting = new Map<number, WaitingEvent>();
  const calls: ReceivedCall[] = [];
  const endings: Ending[] = [];

  function sourceNamed(name: string): Source {
    const state = account.sources.get(name);
    if (!state?.ok) throw new Error(`no source ${name}`);
    return state.source;
  }

  async function accept(webhook: Webhook): Promise<void> {
    const source = sourceNamed(webhook.source);
    const body = utf8Bytes(webhook.body);
    const head = { headers: new Headers(webhook.headers), query: new URLSearchParams() };
    const content = {
      receivedAt: now,
      format: formatOf(source.adapter.format, body),
      ...keptOf(source, head),
      nonce: webhook.headers["svix-id"] ?? null,
      body,
    };
    const reading = await readWebhook(content, source);
    if (reading.unreadable.length > 0) throw new Error(`${webhook.source}: ${reading.unreadable[0]?.issue}`);
    const taken = reading.events.flatMap(({ event: { id, type }, ignored }) => (ignored === null ? [{ id, type }] : []));
    for (const { event, ignored } of reading.events)
      if (ignored !== null) endings.push({ source: webhook.source, id: event.id, as: "ignored", reason: ignored });
    const events = taken.filter(({ id }) => !seen.has(`${webhook.source}/${id}`));
    for (const { id } of events) seen.add(`${webhook.source}/${id}`);
    if (events.length === 0) return;
    seq += 1;
    const duplicates = taken.length - events.length;
    const entry = { ...content, seq, lastSeq: seq, source: webhook.source, replayedAt: null, events, duplicates, ignored: {} };
    inbox.push(entry);
    kept.set(seq, entry);
  }

  const read = (keys: BookKeys): StoredRows => ({
    people: part(people, keys.people),
    references: part(references, keys.references),
    addresses: part(addresses, keys.addresses),
    profiles: part(profiles, keys.profiles),
    aging: new Set(),
  });

  const view = (): PeopleView => ({ book: openBook(read) });

  function readers(): ReadonlyMap<string, InboxReader> {
    const sources = new Set(inbox.map(({ source }) => source));
    return new Map(
      [...sources].map((source): [string, InboxReader] => {
        const entries = inbox.filter((entry) => entry.source === source);
        let place = 0;
        return [
          source,
          {
            peek: () => entries[place] ?? null,
            ahead: () => entries.slice(place),
            skip: () => {
              place += 1;
            },
          },
        ];
      }),
    );
  }

  function round(): Promise<Round> {
    const events = [...waiting.values()];
    return translateRound(
      {
        account,
        now,
        identityWait: account.holdUnknown * 1000,
        orphanWait: account.holdOrphans * 1000,
        own: [],
        due: events.filter(({ until }) => until <= now),
        waitersOf: (keys) => events.filter((event) => event.keys.some((key) => keys.includes(key))),
        webhookOf: (event) => {
          const entry = kept.get(event.seq);
          if (entry === undefined) throw new Error("the webhook of a waiting event is gone");
          return entry;
        },
        inbox: readers(),
        passed: (source) => passed.get(source) ?? 0,
        isInOrder: false,
        isBeforeErasure: () => false,
        giveWay: () => null,
        mayTranslate: () => true,
      },
      view(),
    );
  }

  function store(rows: BookRows): void {
    for (const [key, links] of rows.people) people.set(key, links);
    for (const [key, links] of rows.references) references.set(key, links);
    for (const [key, links] of rows.addresses) addresses.set(key, links);
    for (const [key, profile] of rows.profiles) {
      if (Object.keys(profile).length > 0) profiles.set(key, profile);
      else profiles.delete(key);
    }
  }

  function commit(result: Round): void {
    store(result.book);
    conflicts = [...conflicts, ...result.conflicts];
    for (const fold of result.folds) conflicts = conflicts.flatMap((conflict) => following(conflict, fold));
    for (const number of result.released) waiting.delete(number);
    for (const event of result.waits) {
      numbers += 1;
      waiting.set(numbers, { ...event, number: numbers });
    }
    for (const { entry, id, reason, detail } of result.deadLetters)
      endings.push({ source: entry.source, id, as: "dead", reason: `${reason}: ${detail}` });
    for (const { source, as, reason } of result.endings)
      if (as === "ignored") endings.push({ source, id: "", as, reason: reason ?? "" });
    for (const { source, lastSeq } of result.closed) {
      passed.delete(source);
      const place = inbox.findIndex((entry) => entry.source === source && entry.lastSeq === lastSeq);
      if (place !== -1) inbox.splice(place, 1);
    }
    if (result.partial !== null) passed.set(result.partial.source, result.partial.events);
    for (const call of [...result.merges, ...result.ready].flatMap(callsOf)) calls.push({ call, at: now });
  }

  const isDue = (): boolean => inbox.length > 0 || [...waiting.values()].some(({ until }) => until <= now);

  async function run(): Promise<void> {
    for (let rounds = 0; isDue(); rounds += 1) {
      if (rounds > 1000) throw new Error("translation never ends");
      if (crashes) {
        crashes = false;
        await round();
      }
      commit(await round());
    }
  }

  return {
    receive: async (...webhooks) => {
      for (const webhook of webhooks) await accept(webhook);
      await run();
    },
    advance: async (milliseconds) => {
      const end = now + milliseconds;
      for (;;) {
        const next = Math.min(end, ...[...waiting.values()].map(({ until }) => until));
        now = Math.max(now, next);
        await run();
        if (now >= end) return;
      }
    },
    configure: (changed) => {
      account = accountWith(changed);
    },
    crash: () => {
      crashes = true;
    },
    now: () => now,
    calls: () => calls,
    conflicts: () => conflicts.map(({ keep, fold, reason }) => ({ identifiers: [nameOf(keep), nameOf(fold)], reason })),
    endings: () => endings,
    waiting: () => waiting.size,
  };
}

/** A conflict after a fold; none if it is decided. What is only a hint about an address stays. */
function following(conflict: FoundConflict, fold: Fold): readonly FoundConflict[] {
  const { reason } = conflict;
  if (reason === "address_change" || reason === "address_taken") return [conflict];
  if (conflict.keep !== fold.former && conflict.fold !== fold.former) return [conflict];
  const followed = followedBy(conflict, fold);
  return followed === null ? [] : [followed];
}

function callsOf({ calls }: ReadyEvent): readonly PipelinesCall[] {
  return calls.map(({ text }): PipelinesCall => JSON.parse(text));
}

function part<Value>(rows: ReadonlyMap<string, Value>, keys: readonly string[]): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  for (const key of keys) {
    const value = rows.get(key);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}
