/**
 * What receiving a request needs from its Worker.
 */
import type { AccountMethods } from "../account/rpc.ts";
import type { Account, Config } from "../config/model.ts";
import type { RemoteKeys } from "../contract/verify/verifier.ts";
import type { BodyBudget } from "./body-budget.ts";
import type { Diagnose } from "./diagnosis.ts";
import type { HandOver } from "./hand-over.ts";
import type { RequestClock } from "./request-clock.ts";

/** What receiving a request needs. */
export interface ReceiveTools {
  readonly config: Config;
  readonly budget: BodyBudget;
  /** When the request arrived, milliseconds since 1970. */
  readonly now: number;
  /** Times the body. */
  readonly clock: RequestClock;
  /** The public keys that vendors publish. */
  readonly keys: RemoteKeys;
  /** Gives a new stub of the account's object. A second attempt needs a new one, because a failed stub stays broken. */
  readonly accountObject: (account: Account) => AccountMethods;
  readonly handOver: HandOver;
  /** Keeps the request at work when its sender disconnects. */
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** Explains why a request could not be verified. Used in local runs only. */
  readonly diagnose?: Diagnose;
}
