/**
 * Sums that vendors tell as all so far, and which part of them was told: so that each part is told once, whatever the order of arrival, and a replay
 * tells what it told before.
 */
import * as z from "zod";
import type { SumSoFar, TrackDraft } from "../contract/drafts.ts";
import { isoOf } from "../contract/iso.ts";
import { inMinor, moneyProperties } from "../contract/money.ts";
import { joinProfiles, type Profile, type StateRecord } from "./profile.ts";

/** The kind of these states: they make no traits. */
export const SUM = "sum";

/** Parts of one sum that are remembered; the smallest sums are dropped. */
const MOST_PARTS = 20;

/** What was told of a sum: by all so far in minor units, the part and the event that told it. */
const told = z.tuple([z.number(), z.string()]);

/** Where an event comes from. */
export interface TellingEvent {
  readonly source: string;
  /** The vendor event, the same at each replay. */
  readonly by: string;
  /** When it happened, milliseconds since 1970. */
  readonly at: number;
}

/**
 * The event with the part of its sum that no other event told as its `total`; `null` if there is none. An event without a sum stays as it is.
 * @returns also the profile that remembers the part
 */
export function withPart(
  draft: TrackDraft,
  profile: Profile,
  { source, by, at }: TellingEvent,
): { readonly draft: TrackDraft | null; readonly profile: Profile } {
  const { sum, ...plain } = draft;
  if (sum === undefined) return { draft, profile };
  const key = `${source}/${SUM}/${sum.of}`;
  const record = profile.states?.[key] ?? {};
  const teller = `${by} ${draft.event}`;
  const part = partOf(record, sum, teller);
  if (part === null) return { draft: null, profile };
  const { total, total_minor } = moneyProperties("total", inMinor(part, sum.amount));
  const { properties } = plain;
  // An operator may have dropped or hashed it.
  const properly = typeof properties.total === "number" ? { ...properties, total, total_minor } : properties;
  const now = isoOf(at);
  const next = largest({ ...record, [sum.amount.minor]: [[part, teller], now, 0] });
  const joined = joinProfiles({ ...profile, states: { ...profile.states, [key]: {} } }, { states: { [key]: next } });
  return { draft: { ...plain, properties: properly }, profile: joined };
}

/** The part in minor units; `null` if there is nothing to tell. */
function partOf(record: StateRecord, { amount: { minor }, tells }: SumSoFar, teller: string): number | null {
  const parts = new Map(
    Object.entries(record).flatMap(([all, [value]]) => {
      const known = told.safeParse(value).data;
      return known === undefined ? [] : [[Number(all), known] as const];
    }),
  );
  const same = parts.get(minor);
  if (same !== undefined) return same[1] === teller ? same[0] : null;
  if (parts.size === 0) return tells === "later" ? null : minor;
  const most = Math.max(...parts.keys());
  return tells === "first" || minor <= most ? null : minor - most;
}

function largest(record: StateRecord): StateRecord {
  const parts = Object.entries(record).toSorted(([one], [other]) => Number(other) - Number(one));
  return Object.fromEntries(parts.slice(0, MOST_PARTS).sort(([one], [other]) => (one < other ? -1 : 1)));
}
