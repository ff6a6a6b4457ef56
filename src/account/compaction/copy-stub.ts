/**
 * The stub of the object that holds the copy of an account's database during a compaction.
 */

import { within } from "../../config/jurisdiction.ts";
import { readSettings } from "../../config/settings.ts";
import type { AccountCopy, Copy } from "./copy.ts";

interface Bindings {
  readonly ACCOUNT_COPY: DurableObjectNamespace<AccountCopy>;
}

function isBound(env: object): env is Bindings {
  return "ACCOUNT_COPY" in env;
}

/**
 * The copy of the account object of this id, in the same jurisdiction: all accounts of an environment are of one region.
 * @throws Error when the Worker was deployed without its bindings
 */
export function copyFor(owner: string, env: Record<string, unknown>): Copy {
  if (!isBound(env)) throw new Error("ACCOUNT_COPY is not bound: this environment of wrangler.toml lacks its durable_objects");
  return within(env.ACCOUNT_COPY, readSettings(env).region, env).getByName(owner);
}
