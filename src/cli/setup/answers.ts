/**
 * What setup has to know of an account, and how it is read from the options of a command line.
 */
import { parse, TomlError } from "smol-toml";
import type * as z from "zod";
import type { Region } from "../../config/model.ts";
import { accountSchema, nameSchema, sourceSchema } from "../../config/schema.ts";
import type { Adapter } from "../../contract/interface.ts";
import { didYouMean } from "../nearest.ts";
import { ACCOUNT_MEANINGS, SOURCE_MEANINGS } from "./meanings.ts";
import type { TomlValue } from "./toml-edit.ts";

/** Options by name, as they are written into the configuration. */
export type Options = Readonly<Record<string, TomlValue>>;

/** A source that is set up. */
export interface SourceAnswer {
  readonly name: string;
  readonly adapter: Adapter;
  readonly options: Options;
}

/** An account that is set up. */
export interface Answers {
  readonly region: Region;
  readonly account: string;
  readonly options: Options;
  readonly sources: readonly SourceAnswer[];
}

/** What was read, or what is wrong with it. */
export type Read<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: string };

/** The options of a command line that say what is set up. */
export interface Given {
  readonly region?: string | undefined;
  readonly account?: string | undefined;
  /** The name of an adapter, or `name=adapter` where the source has another name. */
  readonly source?: readonly string[] | undefined;
  /** `source.option=value`; `option=value` is one of the account. */
  readonly option?: readonly string[] | undefined;
  /** The address of the Worker, as vendors reach it. */
  readonly url?: string | undefined;
}

/** Reads the sources of a command line, with their options. */
export function readSources(
  given: Given,
  account: string,
  adapters: ReadonlyMap<string, Adapter>,
): Read<readonly SourceAnswer[]> {
  const sources: SourceAnswer[] = [];
  for (const text of given.source ?? []) {
    const [name = "", id = name] = text.split("=");
    const problem = nameProblem("source", name) ?? (sources.some((source) => source.name === name) ? "is there twice" : null);
    if (problem !== null) return { ok: false, problem: `--source ${text}: ${problem}.` };
    const adapter = adapters.get(id);
    if (adapter === undefined) return { ok: false, problem: unknownAdapter(text, id, adapters) };
    const options = readOptions(given.option ?? [], name, (key) => schemaOf(adapter, key), knownOptions(adapter));
    if (!options.ok) return options;
    sources.push({
      name,
      adapter,
      options: { ...publicUrl(adapter, name, account, given.url, options.value), ...options.value },
    });
  }
  const stray = (given.option ?? []).find((text) => {
    const source = sourceOf(text);
    return source !== null && !sources.some(({ name }) => name === source);
  });
  if (stray === undefined) return { ok: true, value: sources };
  const names = sources.map(({ name }) => name);
  const problem = `--option ${stray}: there is no --source ${sourceOf(stray)}.${didYouMean(sourceOf(stray) ?? "", names)}`;
  return { ok: false, problem };
}

/** Reads the options of the account itself. */
export function readAccountOptions(given: Given): Read<Options> {
  const known = Object.keys(ACCOUNT_MEANINGS);
  const shape: Readonly<Record<string, z.ZodType>> = accountSchema.shape;
  return readOptions(given.option ?? [], null, (key) => (known.includes(key) ? shape[key] : undefined), known);
}

/** What is wrong with a name; `null` if it can be one. */
export function nameProblem(what: "account" | "source", name: string): string | null {
  if (nameSchema.safeParse(name).success) return null;
  return `the name of the ${what} is made of a-z, 0-9 and -, begins with a letter, and has at most 32 characters`;
}

function unknownAdapter(text: string, id: string, adapters: ReadonlyMap<string, Adapter>): string {
  const list = [...adapters.keys()].join(", ");
  return `--source ${text}: there is no adapter "${id}".${didYouMean(id, adapters.keys())} There are: ${list}`;
}

/** The source that an option names; `null` if it is one of the account. */
function sourceOf(text: string): string | null {
  const [path = ""] = text.split("=");
  return path.includes(".") ? (path.split(".")[0] ?? null) : null;
}

/** The options that a source of an adapter can have. */
export function knownOptions(adapter: Adapter): readonly string[] {
  return [...Object.keys(adapter.options.shape), ...Object.keys(SOURCE_MEANINGS)];
}

/** The schema of an option of a source. */
export function schemaOf(adapter: Adapter, key: string): z.ZodType | undefined {
  const shapes: readonly Readonly<Record<string, unknown>>[] = [adapter.options.shape, sourceSchema.shape];
  const schema = shapes.map((shape) => shape[key]).find((found) => found !== undefined);
  return key !== "adapter" && isSchema(schema) ? schema : undefined;
}

function isSchema(value: unknown): value is z.ZodType {
  return typeof value === "object" && value !== null && "safeParse" in value;
}

function readOptions(
  texts: readonly string[],
  source: string | null,
  schemaFor: (key: string) => z.ZodType | undefined,
  known: readonly string[],
): Read<Options> {
  const options: Record<string, TomlValue> = {};
  for (const text of texts.filter((candidate) => sourceOf(candidate) === source)) {
    const [path = "", ...rest] = text.split("=");
    const key = source === null ? path : path.slice(source.length + 1);
    const schema = schemaFor(key);
    if (schema === undefined) {
      const whose = source === null ? "an account" : `source ${source}`;
      return { ok: false, problem: `--option ${text}: ${whose} has no option "${key}".${didYouMean(key, known)}` };
    }
    const read = readValue(schema, rest.join("="));
    if (!read.ok) return { ok: false, problem: `--option ${text}: ${read.problem}` };
    options[key] = read.value;
  }
  return { ok: true, value: options };
}

/**
 * Reads the value of an option as a person types it: TOML, a text without quotation marks, or the only item of a list.
 * @param schema of the option
 */
export function readValue(schema: z.ZodType, text: string): Read<TomlValue> {
  const typed = tomlOf(text);
  const items = text.split(",").map((item) => item.trim());
  const candidates: readonly TomlValue[] = [...(typed === null ? [] : [typed]), text, items];
  const value = candidates.find((candidate) => schema.safeParse(candidate).success);
  if (value !== undefined) return { ok: true, value };
  const reason = schema.safeParse(typed ?? text).error?.issues[0]?.message ?? "is not a value of this option";
  return { ok: false, problem: reason };
}

function tomlOf(text: string): TomlValue | null {
  try {
    const { value } = parse(`value = ${text}`);
    return toTomlValue(value);
  } catch (error) {
    if (error instanceof TomlError) return null;
    throw error;
  }
}

/** A parsed value as one that can be written; `null` where it holds a date, which no option has. */
function toTomlValue(value: unknown): TomlValue | null {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) {
    const items = value.map(toTomlValue);
    return items.every((item) => item !== null) ? items : null;
  }
  if (typeof value !== "object" || value === null || value instanceof Date) return null;
  const entries = Object.entries(value).map(([key, inner]) => [key, toTomlValue(inner)] as const);
  const kept = entries.filter((entry): entry is readonly [string, TomlValue] => entry[1] !== null);
  return kept.length === entries.length ? Object.fromEntries(kept) : null;
}

/** The URL of a source, where its vendor signs it and it is known. */
function publicUrl(adapter: Adapter, source: string, account: string, url: string | undefined, options: Options): Options {
  const isSigned = signsUrl(adapter, options);
  return url === undefined || !isSigned ? {} : { public_url: new URL(`/hooks/${account}/${source}`, url).href };
}

/** Whether the vendor's signature covers the URL. */
export function signsUrl(adapter: Adapter, options: Options): boolean {
  const own = Object.fromEntries(Object.entries(options).filter(([key]) => key in adapter.options.shape));
  const configured = adapter.configure({ ...adapter.demoOptions, ...own });
  return configured.ok && configured.adapter.verifier.signsUrl;
}
