/**
 * What reading an account or a source depends on beside its own declaration.
 */
import type { Adapter } from "../contract/interface.ts";
import type { Region, Runtime } from "./model.ts";

/** Everything that reading an account or a source depends on. */
export interface Surroundings {
  readonly adapters: ReadonlyMap<string, Adapter>;
  readonly runtime: Runtime;
  readonly region: Region | null;
  readonly variables: ReadonlyMap<string, unknown>;
  /** `HOLD_UNKNOWN`: stands for what every account says; `null` where it is not set. */
  readonly holdUnknown: number | null;
  /** The sources, as `account/source`, whose secret each variable would be. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
  /** The demo secrets of all adapters: some schemes leave no room for the marker. */
  readonly demoSecrets: ReadonlySet<string>;
}
