/**
 * Addresses drafts: resolves the person of each draft, decides what may be sent about the person, and what must be sent first.
 */
import type { Account, Source } from "../config/model.ts";
import type { ConsentDraft, Draft, Properties } from "../contract/drafts.ts";
import type { IdFact } from "../contract/facts.ts";
import { encode, utf8Bytes } from "../contract/verify/encoding.ts";
import type { Book } from "../identity/book.ts";
import { joinKnowledge, type Knowledge, NO_KNOWLEDGE } from "../identity/links.ts";
import { type Identity, type Resolution, resolvePerson } from "../identity/resolve.ts";
import { type Subject, subjectOf } from "../identity/subject.ts";
import { consentTraitsOf, traitsOf } from "../identity/traits.ts";
import { callKeys } from "../pipelines/message-id.ts";
import type { UnstampedCall } from "../pipelines/stamp.ts";
import { type Note, type NoteKey, type Notes, openNotes } from "./notes.ts";

/** Knowledge about people: what is stored, and what this translation learned. */
export interface PeopleView {
  readonly book: Book;
  readonly notes: Notes;
  /** Whether a person was erased; by default none was. */
  readonly isErased?: (subject: Subject) => Promise<boolean>;
}

/** The reason to ignore an event about an erased person. */
export const ERASED = "erased";

/** What is learned from an event; stored when the event is sealed. */
export interface Learned {
  readonly knowledge: Knowledge;
  readonly notes: readonly Note[];
  /** People that the source must erase by law. */
  readonly erasures: readonly Subject[];
}

/** Nothing learned. */
export const NOTHING_LEARNED: Learned = { knowledge: NO_KNOWLEDGE, notes: [], erasures: [] };

/** Calls about resolved people. */
export interface Addressed {
  /** Merge calls: identifies that merge an anonymous id or an address into a person. They must be accepted before other calls about the person. */
  readonly links: readonly UnstampedCall[];
  readonly calls: readonly UnstampedCall[];
  /** The anonymous ids of its unknown people; empty if any of its people is known. The event may wait for them. */
  readonly anonymousIds: readonly string[];
  /** Anonymous ids of its known people: events that wait for them are released. */
  readonly known: readonly string[];
  /** The ids of its unknown people. */
  readonly unknown: readonly IdFact[];
  readonly learned: Learned;
  /** The reason if there are no calls. */
  readonly silence: string;
}

/** Marks that calls were sent under an anonymous id, and holds traits until the person becomes known. */
const unknownPersonNote = (anonymousId: string): NoteKey => ({ kind: "stranger", scope: "", subject: anonymousId });

/** The last opt-out of a person from a channel, from any source. */
const optOutNote = (identity: Identity, channel: string): NoteKey => ({
  kind: "optout",
  scope: channel,
  subject: nameOf(identity),
});

function nameOf(identity: Identity): string {
  return "userId" in identity ? identity.userId : identity.anonymousId;
}

/**
 * Resolves the people of one vendor event and addresses its drafts: one identify per person, before all other calls. Drafts without a person
 * are left out. Facts of the event itself count already.
 * @param at when it happened, milliseconds since 1970
 */
export async function addressDrafts(
  given: readonly Draft[],
  at: number,
  source: Source,
  account: Account,
  view: PeopleView,
): Promise<Addressed> {
  const { options } = source;
  const policy = {
    identifiers: account.identifiers,
    source: source.name,
    userIdFrom: options.userIdFrom,
    people: options.people,
  };
  const traitPolicy = { source: source.name, ownsProfile: account.profileFrom.includes(source.name) };
  const notes = openNotes((key) => view.notes.get(key));

  const drafts: Draft[] = [];
  for (const draft of given) if (!(await view.isErased?.(subjectOf(draft.person, policy)))) drafts.push(draft);
  const erasures = drafts.flatMap((draft) => (draft.kind === "deleted" && draft.erase ? [subjectOf(draft.person, policy)] : []));

  view.book.load(drafts.map((draft) => subjectOf(draft.person, policy)));
  const unowned = new Set(drafts.flatMap((draft) => unownedAddress(draft, policy, view.book)));
  const knowledge = joinKnowledge(drafts.map((draft) => view.book.learn(draft.person, policy, at)));

  const links: UnstampedCall[] = [];
  const calls: UnstampedCall[] = [];
  const identified = new Map<string, Identified>();
  const anonymousIds = new Set<string>();
  const known = new Set<string>();
  const unknown: IdFact[] = [];
  let isAnyKnown = false;
  let silence = drafts.length < given.length ? ERASED : "names no person";

  const identify = (resolution: Resolution, key: string, traits: Properties): void => {
    const before = identified.get(nameOf(resolution.identity));
    identified.set(nameOf(resolution.identity), { resolution, key, traits: { ...before?.traits, ...traits } });
  };

  for (const draft of drafts) {
    const resolution = resolvePerson(draft.person, policy, view.book);
    if (resolution === null || "anonymousId" in resolution.identity) unknown.push(...draft.person.ids);
    if (resolution === null) continue;
    if (options.people === "known" && !resolution.isKnown) {
      silence = "about an unknown person";
      continue;
    }
    const { identity } = resolution;
    if ("userId" in identity) {
      isAnyKnown = true;
      for (const anonymousId of resolution.anonymousIds) known.add(anonymousId);
      for (const link of mergeCallsOf(resolution, identity.userId, unowned, notes)) {
        links.push(link.call);
        if (link.note !== null) notes.add([{ ...link.note, value: null }]);
      }
    } else anonymousIds.add(identity.anonymousId);

    switch (draft.kind) {
      case "identify":
        identify(resolution, resolution.anonymousIds[0] ?? nameOf(identity), traitsOf(draft, resolution, traitPolicy));
        break;
      case "consent": {
        const optOut = optOutNote(identity, draft.channel);
        const lastOptOut = notes.get(optOut);
        identify(
          resolution,
          resolution.anonymousIds[0] ?? nameOf(identity),
          consentTraitsOf(draft, source.name, options.consent, lastOptOut),
        );
        if (isOptOut(draft) && (lastOptOut === null || lastOptOut < draft.at)) notes.add([{ ...optOut, value: draft.at }]);
        break;
      }
      case "track":
        calls.push({ type: "track", ...identity, event: draft.event, properties: draft.properties });
        break;
      case "deleted":
        calls.push({ type: "track", ...identity, event: draft.event, properties: draft.properties });
        if (options.onDelete !== "event" && "userId" in identity && owns(source, account, resolution)) {
          const event = options.onDelete === "delete" ? "User Deleted" : "User Suppressed";
          calls.push({ type: "track", ...identity, event, properties: {}, action: true, key: `core/${options.onDelete}` });
        }
        break;
      case "page":
        calls.push({ type: "page", ...identity, name: draft.name, properties: { ...draft.properties, url: draft.url } });
        break;
      case "group": {
        const objectTypeId = options.objectTypes.get(draft.group.kind);
        if (objectTypeId === undefined) {
          silence = "a group without an object_type_id";
          break;
        }
        const { relationship } = draft;
        const related = Object.keys(relationship).length === 0 ? {} : { relationshipAttributes: relationship };
        calls.push({
          type: "group",
          ...identity,
          groupId: draft.group.id,
          traits: { ...draft.traits, ...related, objectTypeId },
        });
      }
    }
  }

  const said = [...identified.values()].map(({ resolution, ...rest }) => ({
    ...rest,
    identity: resolution.identity,
    call: { type: "identify" as const, ...resolution.identity, traits: rest.traits },
  }));
  // Keys count all possible calls: leaving one out must not change the ids of the others.
  const keys = callKeys([...said.map(({ call }) => call), ...calls]);
  const keyed = calls.map((call, index): UnstampedCall => ({ ...call, key: keys[said.length + index] ?? "" }));
  const identifies: UnstampedCall[] = [];
  for (const [index, { identity, key, traits, call }] of said.entries()) {
    if ("anonymousId" in identity) {
      // Customer.io later merges events of an anonymous id into the person, but not traits: they are kept here.
      const note = unknownPersonNote(identity.anonymousId);
      notes.add([{ ...note, value: JSON.stringify({ ...parkedTraits(notes.get(note)), ...traits }) }]);
      silence = "kept until the person is known";
      continue;
    }
    const applied: NoteKey = { kind: "applied", scope: source.name, subject: key };
    const news = await newsOf(call, at, notes.get(applied));
    if (news.isNew) {
      identifies.push({ ...call, key: keys[index] ?? "" });
      notes.add([{ ...applied, value: news.note }]);
    } else silence = news.reason;
  }

  for (const anonymousId of anonymousIds) {
    const note = unknownPersonNote(anonymousId);
    if (calls.length > 0 && notes.get(note) === null) notes.add([{ ...note, value: "{}" }]);
  }
  return {
    links,
    calls: [...identifies, ...keyed],
    // An event that erases its person does not wait.
    anonymousIds: isAnyKnown || erasures.length > 0 ? [] : [...anonymousIds],
    known: [...known],
    unknown,
    learned: { knowledge, notes: notes.added(), erasures },
    silence,
  };
}

interface Identified {
  readonly resolution: Resolution;
  /** The vendor's id of the person, if there is one: the subject of the `applied` note. */
  readonly key: string;
  readonly traits: Properties;
}

type Policy = Parameters<typeof resolvePerson>[1];

/** A verified address that identified a person by itself and gets an owner by this event: Customer.io must be told first. */
function unownedAddress(draft: Draft, policy: Policy, book: Book): readonly string[] {
  const { userId, email } = subjectOf(draft.person, policy);
  if (policy.identifiers !== "email_and_id" || userId === null || email?.trust !== "verified") return [];
  const known = book.address(email.value);
  return known !== null && known.userId === null && !known.isShared ? [email.value] : [];
}

/** Merge calls for what was sent under other identifiers of the person. */
function mergeCallsOf(
  resolution: Resolution,
  userId: string,
  unowned: Set<string>,
  notes: Notes,
): readonly { readonly call: UnstampedCall; readonly note: NoteKey | null }[] {
  const links = resolution.anonymousIds.flatMap((anonymousId) => {
    const note = unknownPersonNote(anonymousId);
    const parked = notes.get(note);
    if (parked === null) return [];
    const call: UnstampedCall = {
      type: "identify",
      userId,
      anonymousId,
      traits: parkedTraits(parked),
      key: `core/link/${anonymousId}`,
    };
    return [{ call, note }];
  });
  const { email } = resolution;
  if (email === null || email === userId || !unowned.delete(email)) return links;
  const call: UnstampedCall = { type: "identify", userId, traits: { email }, key: "core/link/email" };
  return [{ call, note: null }, ...links];
}

function parkedTraits(note: string | null): Properties {
  const parsed: unknown = note === null ? {} : JSON.parse(note);
  return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
}

function isOptOut(draft: ConsentDraft): boolean {
  return draft.state === "unsubscribed" && draft.topic === undefined;
}

/** Whether this source may delete the person: it owns the profile, and a verified fact leads to the person. */
function owns(source: Source, account: Account, resolution: Resolution): boolean {
  return account.profileFrom[0] === source.name && resolution.trust === "verified";
}

/** Whether an identify differs from the last one of the same source and id. */
async function newsOf(
  call: UnstampedCall,
  at: number,
  last: string | null,
): Promise<{ readonly isNew: true; readonly note: string } | { readonly isNew: false; readonly reason: string }> {
  const digest = await crypto.subtle.digest("SHA-256", utf8Bytes(JSON.stringify(call)));
  const hash = encode(new Uint8Array(digest, 0, 12), "hex");
  const [lastAt = "", lastHash = ""] = last?.split(" ") ?? [];
  if (last !== null && Number(lastAt) > at) return { isNew: false, reason: "superseded by newer traits" };
  if (lastHash === hash) return { isNew: false, reason: "traits unchanged" };
  return { isNew: true, note: `${at} ${hash}` };
}
