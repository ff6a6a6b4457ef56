/**
 * The adapters of the registry, all loaded.
 */
import { type Adapter, adaptersOf } from "../../src/contract/define.ts";
import { REGISTRY } from "../../src/contract/registry.ts";

/** Every adapter, by its id. */
export const ADAPTERS: ReadonlyMap<string, Adapter> = await adaptersOf(REGISTRY, REGISTRY.keys());
