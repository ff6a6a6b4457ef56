/**
 * Loads adapters by id.
 */
import type { Adapter } from "./interface.ts";

/**
 * Adapters by id, as modules that are not loaded yet: loading costs start-up time, and most Workers need only a few.
 */
export type Registry = ReadonlyMap<string, () => Promise<{ readonly default: Adapter }>>;

/** The adapters with these ids; unknown ids are skipped. */
export async function adaptersOf(registry: Registry, ids: Iterable<string>): Promise<ReadonlyMap<string, Adapter>> {
  const wanted = new Set(ids);
  const found = [...registry].filter(([id]) => wanted.has(id));
  return new Map(await Promise.all(found.map(async ([id, load]): Promise<[string, Adapter]> => [id, (await load()).default])));
}
