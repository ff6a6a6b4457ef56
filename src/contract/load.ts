/**
 * Loading adapters by their ids.
 */
import type { Adapter } from "./interface.ts";

/**
 * Adapters by their ids, as modules that are not loaded yet: what they consist of costs start-up time, and most Workers need a few of them.
 */
export type Registry = ReadonlyMap<string, () => Promise<{ readonly default: Adapter }>>;

/** The adapters of these ids, as far as there are any. */
export async function adaptersOf(registry: Registry, ids: Iterable<string>): Promise<ReadonlyMap<string, Adapter>> {
  const wanted = new Set(ids);
  const found = [...registry].filter(([id]) => wanted.has(id));
  return new Map(await Promise.all(found.map(async ([id, load]): Promise<[string, Adapter]> => [id, (await load()).default])));
}
