/**
 * What is known of vendors' data, and what is noticed: pure, as it is stored. It holds counts and names of schemas, no values of webhooks.
 */
import * as z from "zod";
import { countsIn, type Delta } from "./delta.ts";

/** Types of events that are watched; the one that was seen longest ago goes first. Versions of one source. */
const MOST_TYPES = 300;
const MOST_VERSIONS = 20;

/** Events that had a path before it can be missed, and the part of events that they must have been. */
const LEAST_PRESENT = 50;
const LEAST_PART = 0.8;

/** Events in a row without a path before that is noticed, and after which it is how the vendor does it now. */
const LEAST_MISSING = 25;
const NEW_NORMAL = 500;

/** How unlikely it must be that such a run is chance: natural logarithm. */
const CHANCE = Math.log(1e-12);

/** Counts are halved beyond it, so that the last events weigh more. */
const MOST_COUNTED = 1_000;

/** Looks at a source before a further version is news. */
const LEARNING = 20;

/** How long a new version is noticed, milliseconds. */
const NEWS = 7 * 86_400_000;

const numbers = z.array(z.number());

const typeSchema = z.object({
  signature: z.string(),
  /** How many events had each path, how many had its parent alone, and how many of these were the last ones. */
  present: numbers,
  missing: numbers,
  run: numbers,
});

const sourceSchema = z.object({
  /** How often it was looked at. */
  looks: z.number(),
  /** Each with when it was seen first, milliseconds since 1970. */
  versions: z.array(z.tuple([z.string(), z.number()])),
});

/** What is known of vendors' data. */
export interface Watched {
  /** By source and type, with a space between; the one seen last at the end. */
  readonly types: ReadonlyMap<string, z.output<typeof typeSchema>>;
  readonly sources: ReadonlyMap<string, z.output<typeof sourceSchema>>;
}

/** What is known before anything was seen. */
export const NOTHING_WATCHED: Watched = { types: new Map(), sources: new Map() };

/** What is known, as it is stored: entries, since a source may be called "constructor". */
export const watchedSchema = z.object({
  types: z.array(z.tuple([z.string(), typeSchema])).transform((entries) => new Map(entries)),
  sources: z.array(z.tuple([z.string(), sourceSchema])).transform((entries) => new Map(entries)),
});

/** Something that changed at a vendor. */
export type Change =
  /** A path that most events of the type had, and the last ones do not. */
  | { readonly source: string; readonly type: string; readonly path: number; readonly signature: string }
  /** A version that the source never had before. */
  | { readonly source: string; readonly version: string; readonly since: number };

/** What is known after a round. @param now milliseconds since 1970 */
export function afterRound({ types, sources }: Watched, delta: Delta, now: number): Watched {
  const known = new Map(types);
  const looked = new Map(sources);
  for (const { source, type, signature, present, missing } of delta.types) {
    const key = `${source} ${type}`;
    const before = known.get(key);
    known.delete(key);
    known.set(key, counted(before?.signature === signature ? before : null, signature, countsIn(present), countsIn(missing)));
    const { looks = 0, versions = [] } = looked.get(source) ?? {};
    looked.set(source, { looks: Math.min(LEARNING, looks + 1), versions });
  }
  for (const [source, version] of delta.versions) {
    const { looks = 0, versions = [] } = looked.get(source) ?? {};
    if (versions.some(([one]) => one === version)) continue;
    // While a source is new, so is each of its versions: they are no news.
    const since = versions.length > 0 && looks >= LEARNING ? now : 0;
    const added: [string, number] = [version, since];
    looked.set(source, { looks, versions: [...versions, added].slice(-MOST_VERSIONS) });
  }
  for (const [oldest] of known) {
    if (known.size <= MOST_TYPES) break;
    known.delete(oldest);
  }
  return { types: known, sources: looked };
}

function counted(
  before: z.output<typeof typeSchema> | null,
  signature: string,
  present: readonly number[],
  missing: readonly number[],
): z.output<typeof typeSchema> {
  const after: z.output<typeof typeSchema> = { signature, present: [], missing: [], run: [] };
  for (const [index, seen] of present.entries()) {
    const lost = missing[index] ?? 0;
    let had = (before?.present[index] ?? 0) + seen;
    let lacked = (before?.missing[index] ?? 0) + lost;
    let run = seen > 0 ? 0 : (before?.run[index] ?? 0) + lost;
    if (run >= NEW_NORMAL) [had, lacked, run] = [0, 0, 0];
    if (had + lacked - run > MOST_COUNTED) [had, lacked] = [Math.round(had / 2), Math.round((lacked - run) / 2) + run];
    after.present.push(had);
    after.missing.push(lacked);
    after.run.push(run);
  }
  return after;
}

/** What changed at the vendors. @param now milliseconds since 1970 */
export function changesIn({ types, sources }: Watched, now: number): readonly Change[] {
  const paths = [...types].flatMap(([key, { signature, present, missing, run }]) => {
    const [source = "", ...type] = key.split(" ");
    return present.flatMap((had, path): readonly Change[] =>
      isGone(had, missing[path] ?? 0, run[path] ?? 0) ? [{ source, type: type.join(" "), path, signature }] : [],
    );
  });
  const versions = [...sources].flatMap(([source, one]) =>
    one.versions.flatMap(([version, since]): readonly Change[] => (now - since < NEWS ? [{ source, version, since }] : [])),
  );
  return [...paths, ...versions];
}

/** Whether a path that most events had is gone: a run of events without it that is no chance. */
function isGone(present: number, missing: number, run: number): boolean {
  if (run < LEAST_MISSING || present < LEAST_PRESENT) return false;
  const before = present + missing - run;
  return present / before >= LEAST_PART && run * Math.log(1 - present / (before + 3)) <= CHANCE;
}
