/**
 * The adapters of the registry, all loaded: commands name any of them.
 */
import type { Adapter } from "../contract/interface.ts";
import { adaptersOf } from "../contract/load.ts";
import { REGISTRY } from "../contract/registry.ts";

/** Every adapter, by its id. */
export const ADAPTERS: ReadonlyMap<string, Adapter> = await adaptersOf(REGISTRY, REGISTRY.keys());
