/**
 * The directory of accounts as the configuration has it. Its code is loaded, and its object asked, when an account is sought that is not declared.
 */
import type { ConfigContext } from "../context.ts";
import { describeProblem, type Finding, type Problem } from "../findings.ts";
import { within } from "../jurisdiction.ts";
import type { AccountDirectory } from "../model.ts";
import { textOf } from "../schema.ts";
import { isDemo } from "../secrets.ts";
import type { DirectoryCache } from "./cache.ts";
import type { DirectoryObject } from "./record.ts";
import { createSealing, keyBytes, type Sealing } from "./sealing.ts";

/** Keys at a time: the one that seals, and the one before it. */
const MOST_KEYS = 2;

/** The object's name. It never changes: that would leave all accounts behind. */
const OBJECT_NAME = "v1";

/** What changes of the directory need. */
export interface DirectoryTools {
  /** A new stub. @throws Error when the Worker was deployed without its bindings */
  object(): DirectoryObject;
  readonly context: ConfigContext;
  readonly sealing: Sealing;
  readonly cache: DirectoryCache;
}

/** The namespace of the directory's class, as far as it is used. */
interface Namespace {
  jurisdiction(name: "eu"): Namespace;
  getByName(name: string): DirectoryObject;
}

interface Bindings {
  readonly DIRECTORY: Namespace;
}

function isBound(env: object): env is Bindings {
  return "DIRECTORY" in env;
}

const opened = new WeakMap<AccountDirectory, () => Promise<DirectoryTools>>();

/** What changes of a directory need; `null` where it cannot be opened. */
export async function toolsOf(directory: AccountDirectory): Promise<DirectoryTools | null> {
  return (await opened.get(directory)?.()) ?? null;
}

/** The directory of an environment that has a `DIRECTORY_KEY`. What is wrong with the key is added to `findings`. */
export function directoryIn(env: Record<string, unknown>, context: ConfigContext, findings: Finding[]): AccountDirectory {
  const parts = textOf(context.variables.get("DIRECTORY_KEY")).split(/\s+/).filter(Boolean);
  const keys = parts.map(keyBytes).filter((key) => key !== null);
  const problem = problemOf(parts, keys, context);
  if (problem !== null) {
    findings.push({ ...problem, level: "error" });
    const text = describeProblem(problem);
    const state = { ok: false, problem: text, isUnknown: true } as const;
    const fail = () => Promise.reject(new Error(text));
    return { problem: text, find: async () => state, callerOf: async () => null, places: fail };
  }

  const object = (): DirectoryObject => {
    if (isBound(env)) return within(env.DIRECTORY, context.region, env).getByName(OBJECT_NAME);
    throw new Error("DIRECTORY is not bound: this environment of wrangler.toml lacks its durable_objects");
  };
  const sealing = createSealing(keys);
  let cache: DirectoryCache | null = null;
  const load = async (): Promise<DirectoryCache> => {
    const [{ createCache }, { openAccount }] = await Promise.all([import("./cache.ts"), import("./opened.ts")]);
    cache ??= createCache({
      object,
      open: (record) => openAccount(record, context, sealing),
      isDeclared: (name) => context.declared.has(name) || context.formerNames.has(name),
      now: Date.now,
    });
    return cache;
  };
  const directory: AccountDirectory = {
    problem: null,
    find: async (key) => (cache ?? (await load())).find(key),
    callerOf: async (token) => (cache ?? (await load())).callerOf(token),
    places: async () => (cache ?? (await load())).places(),
  };
  opened.set(directory, async () => ({ object, context, sealing, cache: await load() }));
  return directory;
}

function problemOf(
  parts: readonly string[],
  keys: readonly Uint8Array[],
  { runtime, demoSecrets }: ConfigContext,
): Problem | null {
  const path = ["DIRECTORY_KEY"];
  const how = "openssl rand -base64 32";
  if (parts.length === 0) return { code: "missing_secret", path, text: `is empty: set it to a key (${how}), or remove it` };
  if (keys.length < parts.length) {
    const which =
      parts.length === 1 ? "" : `value ${parts.findIndex((part) => keyBytes(part) === null) + 1} of ${parts.length} is no key; `;
    return { code: "secret_format", path, text: `${which}set it again: at least 32 random bytes as base64 or hex (${how})` };
  }
  if (parts.length > MOST_KEYS)
    return { code: "secret_format", path, text: "has more than two values; keep the new one and the one before it" };
  if (parts.some((part) => isDemo(part, { runtime, demoSecrets })))
    return { code: "demo_secret", path, text: "is a demo key, which is public; set your own" };
  return null;
}
