/**
 * Addresses drafts: resolves the person of each draft, records what the drafts state, and decides what may be sent about the person, and what must
 * be sent first.
 */
import type { Account, Source } from "../config/model.ts";
import type { Draft, Value } from "../contract/drafts.ts";
import type { IdFact, Trust } from "../contract/facts.ts";
import type { Book } from "../identity/book.ts";
import { learn } from "../identity/learn.ts";
import { isGone, tidy } from "../identity/profile.ts";
import { type Resolution, resolveSubject, type Step } from "../identity/resolve.ts";
import { NO_SUBJECT, type Subject } from "../identity/subject.ts";
import { type TellingEvent, withPart } from "../identity/sums.ts";
import { callKeys } from "../pipelines/message-id.ts";
import type { UnstampedCall } from "../pipelines/stamp.ts";
import { callsOf } from "./calls.ts";
import { apartFrom, deleteLate, deletionOf, isReturn } from "./gone.ts";
import type { Conflict, Fold } from "./merges.ts";
import { subjectIn } from "./policy.ts";
import { isTheirs } from "./record.ts";
import { type Addressee, keep, tell } from "./tell.ts";

/** Knowledge about people: what is stored, and what this translation learned. */
export interface PeopleView {
  readonly book: Book;
  /** Whether a person was erased; `false` at once where nobody was. By default nobody was. */
  readonly isErased?: (subject: Subject) => Promise<boolean> | false;
  /** What a look-up told of the events that name an id of a source; undefined if nothing. */
  readonly found?: (source: string, id: IdFact) => Value;
}

/** The reason to ignore an event about an erased person. */
export const ERASED = "erased";

/** The reason to ignore an event about a person who was deleted in Customer.io. */
export const DELETED = "deleted";

/** The reason to ignore an event whose sum other events have told. */
export const NOTHING_NEW = "tells no money that is new";

/** What follows from an event beside its calls; stored when the event is sealed. */
export interface Consequences {
  /** People that the source must erase by law. */
  readonly erasures: readonly DemandedErasure[];
  readonly conflicts: readonly Conflict[];
  /** Of profiles that conflicts name. */
  readonly folds: readonly Fold[];
}

/** A legal demand to erase a person. */
export interface DemandedErasure {
  readonly subject: Subject;
  /** By which Customer.io knows the person; `null` if it does not. */
  readonly identifier: string | null;
}

/** No consequences. */
export const NO_CONSEQUENCES: Consequences = { erasures: [], conflicts: [], folds: [] };

/** What an event waits for: an unknown person to become known, or a reference to lead to a person; with the keys that are looked at. */
export interface WaitsFor {
  readonly what: "person" | "reference";
  readonly keys: readonly string[];
}

/** A person that an event is about, and why. */
export interface About {
  /** By which Customer.io knows the person: a user id, an address, or an anonymous id. */
  readonly name: string;
  /** The rule that found the person. */
  readonly step: Step;
  readonly trust: Trust;
}

/** Calls about resolved people. */
export interface Addressed {
  /** Merge calls. They must be accepted before other calls about the person. */
  readonly links: readonly UnstampedCall[];
  readonly calls: readonly UnstampedCall[];
  /** The people of the drafts, each once. */
  readonly about: readonly About[];
  /** `null` if the event need not wait. */
  readonly waitsFor: WaitsFor | null;
  /** Keys of its known people: events that wait for them are released. */
  readonly known: readonly string[];
  /** The ids of its unknown people. */
  readonly unknown: readonly IdFact[];
  readonly consequences: Consequences;
  /** The reason if there are no calls. */
  readonly silence: string;
}

/**
 * Learns who the ids and addresses of drafts belong to, and nothing else: enough to translate events that waited for it.
 */
export async function learnDrafts(
  given: readonly Draft[],
  { at, by }: Occurrence,
  source: Source,
  { book, isErased }: PeopleView,
): Promise<void> {
  for (const { person } of given) {
    const found = knowable(subjectIn(person, source), isErased);
    const subject = found instanceof Promise ? await found : found;
    if (subject !== null) learn(book, subject, { source: source.name, people: source.options.people, at, by });
  }
}

/** The event that drafts come from. */
export interface Occurrence {
  /** When it happened, milliseconds since 1970. */
  readonly at: number;
  /** Its type and id, for explanations. */
  readonly by: string;
}

/**
 * Resolves the people of one vendor event and addresses its drafts: one identify per person, before all other calls. Drafts without a person
 * are left out. Facts of the event itself count already. All changes are in the view's book: whoever does not seal the event must undo them.
 */
export async function addressDrafts(
  given: readonly Draft[],
  { at, by }: Occurrence,
  source: Source,
  account: Account,
  { book, isErased }: PeopleView,
): Promise<Addressed> {
  const { options } = source;
  const drafts: (readonly [Draft, Subject])[] = [];
  for (const draft of given) {
    const found = knowable(subjectIn(draft.person, source), isErased);
    const subject = found instanceof Promise ? await found : found;
    if (subject !== null) drafts.push([draft, subject]);
  }
  book.load(drafts.map(([, subject]) => subject));
  const lesson = { source: source.name, people: options.people, at, by };
  const changed = drafts.flatMap(([, subject]) => learn(book, subject, lesson));

  const people: Addressee[] = [];
  const unknown: IdFact[] = [];
  let orphans: readonly string[] = [];
  let silence = drafts.length < given.length ? ERASED : "names no person";
  // Drafts of one event are mostly about one person.
  const resolutions = new Map<Subject, Resolution | null>();
  for (const [, subject] of drafts)
    if (!resolutions.has(subject)) resolutions.set(subject, resolveSubject(subject, account.identifiers, book));
  const resolved = drafts.map(([draft, subject]) => ({ draft, subject, resolution: resolutions.get(subject) ?? null }));
  const returned = new Set(
    resolved.flatMap(({ draft, resolution }) => {
      const deleted = resolution === null ? null : deletionOf(book, resolution);
      if (resolution === null || deleted === null) return [];
      return isReturn(deleted, draft, { source, account, resolution, at }) ? [resolution.key] : [];
    }),
  );
  const late: UnstampedCall[] = [];
  for (const { draft, subject, resolution } of resolved) {
    if (resolution === null || "anonymousId" in resolution.identity) unknown.push(...draft.person.ids);
    if (resolution === null) {
      orphans = [...new Set([...orphans, ...subject.references])];
      continue;
    }
    const input = { source, account, resolution, at };
    if (options.people === "known" && !resolution.isKnown) {
      silence = "about an unknown person";
      // Who becomes known later must not be mailed against their word, nor at an address that bounces.
      if (draft.kind === "consent" || draft.kind === "state") keep(book, resolution.key, draft, input);
      continue;
    }
    const deleted = returned.has(resolution.key) ? null : deletionOf(book, resolution);
    if (deleted !== null) {
      silence = DELETED;
      late.push(...deleteLate(book, resolution, deleted, account));
      continue;
    }
    people.push({ draft, subject, resolution });
  }

  const references = people.flatMap(({ subject }) => subject.references);
  const erasures = drafts.flatMap(([draft, subject]) =>
    draft.kind === "deleted" && draft.erase ? [{ subject, identifier: identifierOf(people, subject) }] : [],
  );
  const consequences = { ...NO_CONSEQUENCES, erasures };
  if (people.length === 0 && orphans.length > 0) {
    const waitsFor: WaitsFor = { what: "reference", keys: orphans };
    return { links: [], calls: [], about: [], waitsFor, known: [], unknown, consequences, silence };
  }
  const apart = new Map(
    people.flatMap(({ draft, resolution: { key } }) => (draft.kind === "deleted" ? [[key, apartFrom(book, key)] as const] : [])),
  );
  const byKey = Map.groupBy(people, ({ resolution }) => resolution.key);
  const profiles = [...byKey.values()].flatMap((addressees) => {
    const [first] = addressees;
    return first === undefined ? [] : [tell(book, addressees, first, { source, account, at, changed })];
  });

  for (const [key, others] of apart) {
    const { deleted } = book.profile(key);
    if (deleted?.isGone !== true) continue;
    for (const other of others) late.push(...deleteLate(book, { key: other, formerKeys: [] }, deleted, account));
  }

  const made = people.flatMap(({ draft, resolution }) => {
    const part = takePart(book, resolution.key, draft, { source: source.name, by, at });
    const own = callsOf(part ?? draft, resolution, book.profile(resolution.key), source, account);
    return own.map((call) => ({ call, isNews: part !== null }));
  });
  const calls = made.map(({ call }) => call);
  const told = profiles.map(({ identify }) => identify);
  // Keys count all possible calls: leaving one out must not change the ids of the others.
  const keys = callKeys([...told, ...calls]);
  const keyed = made.flatMap(({ call, isNews }, index): readonly UnstampedCall[] =>
    isNews ? [{ ...call, key: call.key ?? keys[told.length + index] ?? "" }] : [],
  );
  const identifies = profiles.flatMap(({ identify, isNews }, index) => (isNews ? [{ ...identify, key: keys[index] ?? "" }] : []));
  const links = profiles.flatMap(({ merged }) => merged.calls);
  const isSent = new Set([...links, ...identifies, ...keyed].map((call) => call.userId ?? call.anonymousId));
  for (const { resolution } of people) if (isSent.has(nameIn(resolution))) leave(book, resolution.key);

  const waiting = profiles.map(({ awaits }) => awaits);
  const isReady = waiting.length === 0 || waiting.includes(null) || erasures.length > 0;
  if (keyed.length === 0 && identifies.length === 0 && late.length === 0)
    silence = calls.length > 0 ? NOTHING_NEW : (profiles[0]?.silence ?? silence);
  return {
    links,
    calls: [...identifies, ...keyed, ...late],
    about: aboutIn(people),
    waitsFor: isReady || calls.length === 0 ? null : { what: "person", keys: waiting.flatMap((keysOf) => keysOf ?? []) },
    known: [...references, ...profiles.flatMap(({ known }) => known)],
    unknown,
    consequences: {
      erasures,
      conflicts: profiles.flatMap(({ merged }) => merged.conflicts),
      folds: profiles.flatMap(({ merged }) => merged.folds),
    },
    silence,
  };
}

/** A subject without what was erased of those merged into it; `null` if it was erased itself. Waits for nothing where nobody was erased. */
function knowable(subject: Subject, isErased: PeopleView["isErased"]): Subject | Promise<Subject | null> {
  const asked = isErased?.(subject) ?? false;
  return isErased === undefined || asked === false ? subject : living(subject, asked, isErased);
}

async function living(
  subject: Subject,
  asked: Promise<boolean>,
  isErased: NonNullable<PeopleView["isErased"]>,
): Promise<Subject | null> {
  if (await asked) return null;
  const { merged, mergedUsers } = subject;
  if (merged.length + mergedUsers.length === 0) return subject;
  const left = async (names: readonly string[], subjectWith: (name: string) => Subject): Promise<readonly string[]> => {
    const erased = await Promise.all(names.map((name) => isErased(subjectWith(name))));
    return names.filter((_, index) => erased[index] !== true);
  };
  return {
    ...subject,
    merged: await left(merged, (name) => ({ ...NO_SUBJECT, people: [name] })),
    mergedUsers: await left(mergedUsers, (userId) => ({ ...NO_SUBJECT, userId })),
  };
}

/** The draft with the part of its sum that is new; `null` if nothing is. */
function takePart(book: Book, key: string, draft: Draft, event: TellingEvent): Draft | null {
  if (draft.kind !== "track" || draft.sum === undefined) return draft;
  const part = withPart(draft, book.profile(key), event);
  book.setProfile(key, part.profile);
  return part.draft;
}

/** By which Customer.io knows the person of a subject; `null` if it does not, or if only what a visitor typed leads to them. */
function identifierOf(people: readonly Addressee[], subject: Subject): string | null {
  const resolution = people.find((one) => one.subject === subject)?.resolution;
  if (resolution === undefined || !isTheirs(resolution)) return null;
  return "userId" in resolution.identity ? resolution.identity.userId : null;
}

function aboutIn(people: readonly Addressee[]): readonly About[] {
  const found = new Map<string, About>();
  for (const { resolution } of people) {
    const { key, step, trust } = resolution;
    if (!found.has(key)) found.set(key, { name: nameIn(resolution), step, trust });
  }
  return [...found.values()];
}

function nameIn({ identity }: Resolution): string {
  return "userId" in identity ? identity.userId : identity.anonymousId;
}

function leave(book: Book, key: string): void {
  const profile = book.profile(key);
  if (profile.left !== true && !isGone(profile)) book.setProfile(key, tidy({ ...profile, left: true }));
}
