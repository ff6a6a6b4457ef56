/**
 * Loads adapters by id.
 */
import type { Adapter } from "./interface.ts";

/**
 * Adapters by id, as modules that are not loaded yet: loading costs start-up time, and most Workers need only a few. `null`: the upload was built
 * without it.
 */
export type Registry = ReadonlyMap<string, (() => Promise<{ readonly default: Adapter }>) | null>;

/** The adapters with these ids; unknown ids are skipped, and those that the upload lacks. */
export async function adaptersOf(registry: Registry, ids: Iterable<string>): Promise<ReadonlyMap<string, Adapter>> {
  const wanted = new Set(ids);
  const found = [...registry].flatMap(([id, load]) => (load !== null && wanted.has(id) ? [{ id, load }] : []));
  return new Map(await Promise.all(found.map(async ({ id, load }): Promise<[string, Adapter]> => [id, (await load()).default])));
}

/** The ids of the adapters that the upload was built without. */
export function leftOutOf(registry: Registry): ReadonlySet<string> {
  return new Set([...registry].flatMap(([id, load]) => (load === null ? [id] : [])));
}
