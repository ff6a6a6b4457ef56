/**
 * What stands recorded beside the tests: fixtures (webhooks of invented people), goldens (what they become) and vectors (signatures of others).
 */
import { fixtures, golden, vectors } from "virtual:recorded";
import * as z from "zod";
import { type Fixture, parseFixture } from "../../src/cli/recorded.ts";

/** A request that another party signed: `secret` verifies it at the time `now` (milliseconds since 1970). */
const vector = z.looseObject({
  source: z.string(),
  secret: z.string(),
  url: z.string().optional(),
  options: z.record(z.string(), z.json()).default({}),
  body: z.string(),
  headers: z.record(z.string(), z.string()),
  now: z.number(),
});

export type Vector = z.output<typeof vector>;

/** Files whose path begins so: what stands between that and `.json`, and their text. */
function named(files: Readonly<Record<string, string>>, prefix: string): readonly (readonly [string, string])[] {
  const found = Object.entries(files).filter(([path]) => path.startsWith(prefix));
  return found.map(([path, text]) => [path.slice(prefix.length, -".json".length), text]);
}

/** The fixtures of an adapter, by the file's name. */
export function fixturesOf(adapter: string): readonly Fixture[] {
  return named(fixtures, `${adapter}/`).map(([name, text]) => parseFixture(name, text));
}

/** What the fixtures of an adapter become, by the file's name. */
export function goldensOf(adapter: string): ReadonlyMap<string, unknown> {
  return new Map(named(golden, `${adapter}/`).map(([name, text]) => [name, JSON.parse(text)]));
}

/** Signed requests in `test/vectors/<name>.json`; none where there is no such file. */
export function vectorsOf(name: string): readonly Vector[] {
  const text = vectors[`${name}.json`];
  return text === undefined ? [] : z.array(vector).parse([JSON.parse(text)].flat());
}

/** The folders that hold fixtures or goldens. */
export function recordedAdapters(): ReadonlySet<string> {
  return new Set([...Object.keys(fixtures), ...Object.keys(golden)].flatMap((path) => path.split("/").slice(0, 1)));
}
