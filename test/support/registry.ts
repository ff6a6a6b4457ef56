/**
 * The adapters of the registry, loaded.
 */
import { inject } from "vitest";
import type { Adapter } from "../../src/contract/interface.ts";
import { adaptersOf } from "../../src/contract/load.ts";
import { REGISTRY } from "../../src/contract/registry.ts";

const only = inject("adapter");

/** Every adapter, by its id; in a run of `npm test -- --adapter <id>` that one alone. */
export const ADAPTERS: ReadonlyMap<string, Adapter> = await adaptersOf(REGISTRY, only === null ? REGISTRY.keys() : [only]);
