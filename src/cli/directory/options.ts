/**
 * Options of accounts and sources on a command line: `key=value`, with values as TOML has them.
 */
import { parse, TomlError } from "smol-toml";
import * as z from "zod";

/** An account as it stands under ACCOUNTS. */
export type Declaration = Readonly<Record<string, z.core.util.JSONType>>;

/** Options, or what is wrong with one. */
export type ReadOptions =
  | { readonly ok: true; readonly options: ReadonlyMap<string, z.core.util.JSONType | undefined> }
  | { readonly ok: false; readonly problem: string };

/** Reads `key=value`. A value that is not TOML is a text; an empty one takes the option away. */
export function readOptions(words: readonly string[]): ReadOptions {
  const options = new Map<string, z.core.util.JSONType | undefined>();
  for (const word of words) {
    const [, key, value = ""] = /^([a-z][a-z0-9_]*)=(.*)$/s.exec(word) ?? [];
    if (key === undefined) return { ok: false, problem: `"${word}" is no option: they are written key=value.` };
    if (options.has(key)) return { ok: false, problem: `${key} is given twice.` };
    options.set(key, value === "" ? undefined : valueIn(value));
  }
  return { ok: true, options };
}

function valueIn(text: string): z.core.util.JSONType {
  try {
    const read = z.json().safeParse(parse(`value = ${text}`).value);
    return read.success ? read.data : text;
  } catch (error) {
    if (error instanceof TomlError) return text;
    throw error;
  }
}

/** An account or a source with other options. */
export function withOptions(given: Declaration, options: ReadonlyMap<string, z.core.util.JSONType | undefined>): Declaration {
  const changed = new Map(Object.entries(given));
  for (const [key, value] of options) {
    if (value === undefined) changed.delete(key);
    else changed.set(key, value);
  }
  return Object.fromEntries(changed);
}

const tables = z.record(z.string(), z.record(z.string(), z.json()));

/** The sources of an account by name. */
export function sourcesOf({ sources = {} }: Declaration): Readonly<Record<string, Declaration>> {
  return tables.catch({}).parse(sources);
}

/** The account with this source, or without it. @param options `null` takes the source away */
export function withSource(given: Declaration, name: string, options: Declaration | null): Declaration {
  const { [name]: _, ...others } = sourcesOf(given);
  return { ...given, sources: options === null ? others : { ...others, [name]: { ...options } } };
}
