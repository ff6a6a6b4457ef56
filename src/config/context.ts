/**
 * Everything that reading an account or a source depends on, besides its own declaration.
 */
import type { Adapter } from "../contract/interface.ts";
import type { Region, Runtime } from "./model.ts";

/** Where the secrets of an account are found among the variables. */
export interface SecretNames {
  readonly accountKey: (account: string) => string;
  readonly secret: (account: string, source: string) => string;
  readonly apiKey: (account: string, source: string) => string;
  readonly alertSecret: (account: string) => string;
  readonly alertUrl: (account: string) => string;
}

/** Everything that reading an account or a source depends on. */
export interface ConfigContext {
  readonly adapters: ReadonlyMap<string, Adapter>;
  /** The ids of adapters that exist, and that the upload was built without. */
  readonly leftOut: ReadonlySet<string>;
  readonly runtime: Runtime;
  readonly region: Region | null;
  readonly variables: ReadonlyMap<string, unknown>;
  /** `HOLD_UNKNOWN`, which replaces the `hold_unknown` of every account, seconds; `null` if it is not set. */
  readonly holdUnknown: number | null;
  /** Accounts that the Worker of the other region serves, with the origin of that Worker. */
  readonly elsewhere: ReadonlyMap<string, string>;
  readonly names: SecretNames;
  /** For each former name the accounts that had it, by their word. */
  readonly formerNames: ReadonlyMap<string, readonly string[]>;
  /** The names of the declared accounts. */
  readonly declared: ReadonlySet<string>;
  /** For each variable what its secret is of: sources, as `account/source`, and the alerts of accounts. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
  /** Whether sources may have an object of their own. */
  readonly allowsShards: boolean;
  /** The demo secrets of all adapters: some schemes have no room for the marker. */
  readonly demoSecrets: ReadonlySet<string>;
}

/** How a Worker gets the adapters that it was built without: what to do, with the command. */
export function deployAgain({ runtime, region }: Pick<ConfigContext, "runtime" | "region">): string {
  return runtime === "cloudflare"
    ? `deploy it again (npx tributary deploy ${region ?? "us, or eu"})`
    : "build it again (npm run build), and restart it";
}
