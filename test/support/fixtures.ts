/**
 * What stands recorded beside the tests: fixtures (webhooks of invented people), goldens (what they become) and vectors (signatures of others).
 */
import * as z from "zod";

const strings = z.record(z.string(), z.string()).default({});

const file = z
  .strictObject({
    headers: strings,
    query: strings,
    contentType: z.string().default("application/json"),
    body: z.json().optional(),
    raw: z.string().optional(),
  })
  .refine(({ body, raw }) => (body === undefined) !== (raw === undefined), "exactly one of body and raw");

/** A request that somebody else signed: `secret` verifies it at the time `now` (milliseconds since 1970). */
const vector = z.looseObject({
  source: z.string(),
  secret: z.string(),
  body: z.string(),
  headers: z.record(z.string(), z.string()),
  now: z.number(),
});

/** A webhook as its vendor sends it, but for the signature. */
export interface Fixture {
  /** The file's name without `.json`: the event's type, `/` written as `_`, and perhaps a variant. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly text: string;
}

export type Vector = z.output<typeof vector>;

const fixtureFiles = import.meta.glob<string>("../fixtures/*/*.json", { eager: true, query: "?raw", import: "default" });
const goldenFiles = import.meta.glob<string>("../golden/*/*.json", { eager: true, query: "?raw", import: "default" });
const vectorFiles = import.meta.glob<string>("../vectors/*.json", { eager: true, query: "?raw", import: "default" });

/** The files whose path begins so, by what stands between that and `.json`. */
function named(files: Readonly<Record<string, string>>, prefix: string): ReadonlyMap<string, unknown> {
  const found = Object.entries(files).filter(([path]) => path.startsWith(prefix));
  return new Map(found.map(([path, text]): [string, unknown] => [path.slice(prefix.length, -".json".length), JSON.parse(text)]));
}

/** The fixtures of an adapter, by the file's name. */
export function fixturesOf(adapter: string): readonly Fixture[] {
  return [...named(fixtureFiles, `../fixtures/${adapter}/`)].map(([name, content]) => {
    const { body, raw, ...rest } = file.parse(content, { error: () => `test/fixtures/${adapter}/${name}.json is no fixture` });
    return { name, ...rest, text: raw ?? JSON.stringify(body) };
  });
}

/** What the fixtures of an adapter become, by the file's name. */
export function goldensOf(adapter: string): ReadonlyMap<string, unknown> {
  return named(goldenFiles, `../golden/${adapter}/`);
}

/** Signed requests in `test/vectors/<name>.json`; none where there is no such file. */
export function vectorsOf(name: string): readonly Vector[] {
  const text = vectorFiles[`../vectors/${name}.json`];
  return text === undefined ? [] : z.array(vector).parse([JSON.parse(text)].flat());
}

/** The folders that hold fixtures or goldens. */
export function recordedAdapters(): ReadonlySet<string> {
  return new Set([...Object.keys(fixtureFiles), ...Object.keys(goldenFiles)].flatMap((path) => path.split("/").slice(2, 3)));
}
