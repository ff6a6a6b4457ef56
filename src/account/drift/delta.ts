/**
 * What one round of translation shows of vendors' data: which paths of each type of event were there, and which versions. It is stored with
 * the round's batch, so it costs no row.
 */
import * as z from "zod";
import type { Account } from "../../config/model.ts";
import { pathsOf } from "../../contract/paths.ts";
import type { Mapped } from "../../translate/result.ts";

/** Events of one type that are looked at in one round: more would tell nothing new. */
const MOST_EVENTS = 20;

/** Characters of a version. */
const VERSION = /^[\w.:+/-]{1,40}$/;

/** Counts up to `MOST_EVENTS`, one character each. */
const counts = z.string().regex(/^[0-9a-z]*$/);

/** What a round shows, as it is stored with its batch. */
export const deltaSchema = z.object({
  types: z.array(
    z.object({
      source: z.string(),
      type: z.string(),
      /** Of the paths: other paths have other counts. */
      signature: z.string(),
      /** How many events had each path, and how many had its parent alone. */
      present: counts,
      missing: counts,
    }),
  ),
  /** Versions, by source. */
  versions: z.array(z.tuple([z.string(), z.string()])),
});

/** What a round shows. */
export type Delta = z.output<typeof deltaSchema>;

interface Counted {
  readonly source: string;
  readonly type: string;
  readonly signature: string;
  readonly present: number[];
  readonly missing: number[];
  events: number;
}

/** What these events show; `null` if nothing. @param isKnown whether a version of a source was seen before */
export function deltaOf(
  mapped: readonly Mapped[],
  { sources }: Account,
  isKnown: (source: string, version: string) => boolean,
): Delta | null {
  const types = new Map<string, Counted>();
  const versions = new Map<string, [string, string]>();
  for (const { source, event } of mapped) {
    const { type, version, data } = event;
    if (version && VERSION.test(version) && !isKnown(source, version)) versions.set(`${source} ${version}`, [source, version]);
    const state = sources.get(source);
    const schema = state?.ok && data !== undefined ? state.source.adapter.schemaOf(type) : null;
    if (schema === null) continue;
    const { names, signature, look } = pathsOf(schema);
    if (names.length === 0) continue;
    const key = `${source} ${type}`;
    const none = (): number[] => names.map(() => 0);
    const counted = types.get(key) ?? { source, type, signature, present: none(), missing: none(), events: 0 };
    types.set(key, counted);
    if (counted.events >= MOST_EVENTS) continue;
    counted.events += 1;
    look(data, (index, isThere) => {
      const list = isThere ? counted.present : counted.missing;
      list[index] = (list[index] ?? 0) + 1;
    });
  }
  if (types.size === 0 && versions.size === 0) return null;
  const written = (list: readonly number[]): string => list.map((count) => count.toString(36)).join("");
  return {
    types: Array.from(types.values(), ({ events: _, present, missing, ...rest }) => {
      return { ...rest, present: written(present), missing: written(missing) };
    }),
    versions: [...versions.values()],
  };
}

/** The counts of a text. */
export function countsIn(text: string): readonly number[] {
  return Array.from(text, (character) => Number.parseInt(character, 36));
}
