/**
 * What is known of one person, and of what has been sent about them. Every part has its own time, so that joining two profiles, or the facts of
 * one in any order, ends the same.
 */
import type { Channel, Value } from "../contract/drafts.ts";
import type { Trust } from "../contract/facts.ts";
import { joinRecords } from "../vocabulary/subscription-state.ts";
import { isNewer } from "./links.ts";

/** A trait: its value (`null`: removed), and when that was true, milliseconds since 1970. */
export type TraitFact = readonly [value: Value, at: number];

/** A verified address of a user, by the newest fact of one source. */
export type AddressFact = readonly [address: string, at: number, by?: string | undefined];

/** A choice about a channel, or about a topic in it, as one source stated it. */
export type ChoiceFact = readonly [state: string, at: number];

/** The last opt-out of a channel. */
export interface OptOut {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether it switches the channel off; by the source's setting it may be a trait alone. */
  readonly acts: boolean;
  /** A complaint or a hard bounce: no opt-in lifts it. */
  readonly isFinal: boolean;
}

/** When the person was deleted, and by which source. */
export interface Deletion {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: string;
  /** Whether the person was deleted in Customer.io too. */
  readonly isGone: boolean;
}

/** Facts by a name. */
export type ByName<Fact> = { readonly [name: string]: Fact };

/** A person under one identifier. Absent parts are left out. */
export interface Profile {
  /** Calls under this identifier have been sealed: Customer.io knows it. */
  readonly left?: true;
  /** The latest time that an identify about it bore, milliseconds since 1970. */
  readonly told?: number;
  /** The key under which this person goes on: two profiles were merged, or an address changed. */
  readonly into?: string;
  /** Verified addresses, by source. */
  readonly addresses?: ByName<AddressFact>;
  /** The address that Customer.io has of a user, while another profile there has the present one. */
  readonly kept?: string;
  /** By origin, then by the adapter's name. */
  readonly traits?: ByName<ByName<TraitFact>>;
  /** By `<source>/<channel>/<topic>`; the topic is empty for the whole channel. */
  readonly choices?: ByName<ChoiceFact>;
  /** By channel. */
  readonly optOuts?: ByName<OptOut>;
  /** Explicit, verified opt-ins that may switch a channel on, by `<channel>/<origin>`: the newest. */
  readonly optIns?: ByName<number>;
  /** How things of the person stand, by the key that `states.ts` gives them. */
  readonly states?: ByName<StateRecord>;
  /** What brought the person first: the oldest fact, whole. */
  readonly first?: FirstFact;
  readonly deleted?: Deletion;
  /** Keys of profiles of the same person that exist apart in Customer.io: conflicts that are open. */
  readonly apart?: readonly string[];
  /** Anonymous ids under which events about this person left, or facts are kept, until the person is known. */
  readonly strays?: readonly string[];
  /** A verified fact made the person known. */
  readonly verified?: true;
}

/** What is known of one thing, such as a subscription: each fact with its time, ISO 8601 UTC. */
export type StateRecord = ByName<readonly [value: Value, at: string, stage: number]>;

/** What was true first, and when, milliseconds since 1970. */
export type FirstFact = readonly [traits: ByName<Value>, at: number];

/**
 * Where traits come from: one of the vendor's ids of the person, whose links show how far they are trusted; or the source alone, by what it said
 * of the person.
 */
export function originOf(source: string, person: string | undefined, trust: Trust): string {
  return person ?? `${source}!${trust}`;
}

/** The source in an origin; empty for what an earlier release kept. */
export function sourceOf(origin: string): string {
  return /^[^:!]*/.exec(origin)?.[0] ?? "";
}

/** Nothing is known. */
export const NO_PROFILE: Profile = {};

/** Traits of one origin; further names are dropped, in alphabetical order. Customer.io takes 300 attributes. */
const MOST_TRAITS = 300;

/** States of one kind of one person; the oldest are dropped. */
const MOST_STATES = 50;

/** Anonymous ids that are remembered of one person. */
const MOST_STRAYS = 32;

/** Joins what is known of one person under two identifiers. What was sent under them is not joined: `left`, `into`, `apart` and `kept` are the first one's. */
export function joinProfiles(one: Profile, other: Profile): Profile {
  return tidy({
    left: one.left,
    into: one.into,
    kept: one.kept,
    apart: one.apart,
    addresses: joinAll(one.addresses, other.addresses, newerOf),
    traits: joinAll(one.traits, other.traits, (a, b) => limited(joinAll(a, b, newerOf))),
    choices: joinAll(one.choices, other.choices, newerOf),
    optOuts: joinAll(one.optOuts, other.optOuts, laterOptOut),
    optIns: joinAll(one.optIns, other.optIns, Math.max),
    states: withoutOldest(joinAll(one.states, other.states, joinRecords)),
    first: olderOf(one.first, other.first),
    deleted: laterDeletion(one.deleted, other.deleted),
    verified: one.verified ?? other.verified,
    told: later(one.told, other.told),
    strays: joinStrays(one.strays, other.strays),
  });
}

/** Whether the person was deleted, and nothing newer from the same source shows that they came back. */
export function isDead({ deleted, traits }: Profile): boolean {
  if (deleted === undefined) return false;
  const own = Object.entries(traits ?? {}).filter(([origin]) => sourceOf(origin) === deleted.source);
  return !own.some(([, facts]) => Object.values(facts).some(([, at]) => at > deleted.at));
}

/** Whether the person was deleted in Customer.io too, and has not come back. */
export function isGone(profile: Profile): boolean {
  return profile.deleted?.isGone === true && isDead(profile);
}

/** The verified addresses that are current: the newest of each source. Newest first. */
export function addressesOf({ addresses }: Profile): readonly string[] {
  const facts = Object.values(addresses ?? {}).toSorted((one, other) => (isNewer(one[1], one[0], asFact(other)) ? -1 : 1));
  return [...new Set(facts.map(([address]) => address))];
}

/** Leaves absent parts out, so that equal profiles have equal JSON. */
export function tidy(parts: { readonly [Part in keyof Profile]?: Profile[Part] | undefined }): Profile {
  const given: Readonly<Record<string, unknown>> = parts;
  const kept: [string, unknown][] = [];
  for (const name of PARTS) {
    const part = given[name];
    if (part !== undefined && !isEmpty(part)) kept.push([name, part]);
  }
  return Object.fromEntries(kept);
}

/** The parts of a profile, by name. */
const PARTS: readonly string[] = Object.keys({
  addresses: null,
  apart: null,
  choices: null,
  deleted: null,
  first: null,
  into: null,
  kept: null,
  left: null,
  optIns: null,
  optOuts: null,
  states: null,
  strays: null,
  told: null,
  traits: null,
  verified: null,
} satisfies Record<keyof Profile, null>);

/** The newer of two facts. */
export function newerOf<Fact extends readonly [Value | ByName<Value>, number, ...unknown[]]>(one: Fact, other: Fact): Fact {
  return isNewer(other[1], textOf(other[0]), asFact(one)) ? other : one;
}

/** The opt-out that counts; final ones stay final. */
export function laterOptOut(one: OptOut, other: OptOut): OptOut {
  return {
    at: Math.max(one.at, other.at),
    acts: one.acts || other.acts,
    isFinal: one.isFinal || other.isFinal,
  };
}

/** Joins two records, fact by fact. */
export function joinAll<Fact>(
  one: ByName<Fact> | undefined,
  other: ByName<Fact> | undefined,
  join: (one: Fact, other: Fact) => Fact,
): ByName<Fact> | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const joined = new Map(Object.entries(one));
  for (const [name, fact] of Object.entries(other)) {
    const known = joined.get(name);
    joined.set(name, known === undefined ? fact : join(known, fact));
  }
  return Object.fromEntries([...joined].sort(byName));
}

/** What a channel's choices amount to. `null`: nothing is said to Customer.io. @param counts whether an opt-in of this origin counts */
export function channelState(
  { optOuts, optIns = {} }: Profile,
  channel: string,
  counts: (origin: string) => boolean,
): boolean | null {
  const out = optOuts?.[channel];
  const since = Object.entries(optIns).flatMap(([name, at]) => {
    const [ofChannel, origin] = optInParts(name);
    return ofChannel === channel && counts(origin) ? [at] : [];
  });
  if (out === undefined) return since.length === 0 ? null : true;
  if (!out.isFinal && since.some((at) => at > out.at)) return true;
  return out.acts ? false : null;
}

/** The channels about which something was chosen. */
export function channelsOf({ optOuts = {}, optIns = {} }: Profile): readonly string[] {
  return [...new Set([...Object.keys(optOuts), ...Object.keys(optIns).map((name) => optInParts(name)[0])])].sort();
}

/** The name of an opt-in. */
export function optInName(channel: Channel, origin: string): string {
  return `${channel}/${origin}`;
}

/** The channel and the origin in the name of an opt-in. */
export function optInParts(name: string): readonly [channel: string, origin: string] {
  const slash = name.indexOf("/");
  return [name.slice(0, slash), name.slice(slash + 1)];
}

/** The name of a choice. */
export function choiceName(source: string, channel: Channel, topic: string | undefined): string {
  return `${source}/${channel}/${topic ?? ""}`;
}

function joinStrays(one: readonly string[] = [], other: readonly string[] = []): readonly string[] | undefined {
  const all = [...new Set([...one, ...other])].sort().slice(0, MOST_STRAYS);
  return all.length === 0 ? undefined : all;
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

function laterDeletion(one: Deletion | undefined, other: Deletion | undefined): Deletion | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one.at === other.at && one.source === other.source) return { ...one, isGone: one.isGone || other.isGone };
  return isNewer(other.at, other.source, { at: one.at, value: one.source }) ? other : one;
}

function limited(traits: ByName<TraitFact> | undefined): ByName<TraitFact> {
  return Object.fromEntries(Object.entries(traits ?? {}).slice(0, MOST_TRAITS));
}

function olderOf(one: FirstFact | undefined, other: FirstFact | undefined): FirstFact | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const isOther = other[1] < one[1] || (other[1] === one[1] && textOf(other[0]) < textOf(one[0]));
  return isOther ? other : one;
}

function withoutOldest(states: ByName<StateRecord> | undefined): ByName<StateRecord> | undefined {
  const entries = Object.entries(states ?? {});
  if (entries.length <= MOST_STATES) return states;
  const timeOf = (record: StateRecord): string =>
    Object.values(record).reduce((newest, [, at]) => (at > newest ? at : newest), "");
  const byKind = Map.groupBy(entries, ([key]) => key.split("/")[1]);
  const kept = [...byKind.values()].flatMap((some) =>
    some
      .toSorted(([a, one], [b, other]) =>
        timeOf(one) === timeOf(other) ? (a < b ? -1 : 1) : timeOf(one) > timeOf(other) ? -1 : 1,
      )
      .slice(0, MOST_STATES),
  );
  return Object.fromEntries(kept.sort(byName));
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function asFact([value, at]: readonly [Value | ByName<Value>, number, ...unknown[]]): {
  readonly at: number;
  readonly value: string;
} {
  return { at, value: textOf(value) };
}

function textOf(value: Value | ByName<Value>): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  for (const name in value) if (Object.hasOwn(value, name)) return false;
  return true;
}
