import type { Account } from "../config/model.ts";
import { readSettings } from "../config/settings.ts";
import type { AccountCopy, Copy, CopyOf } from "./compaction/copy.ts";
import type { AccountObject } from "./object.ts";
import type { OperationName } from "./operations.ts";
import type { AcceptRequest } from "./rpc.ts";

/** The Worker's bindings; vars and secrets beside them are read by `src/config`. */
interface Bindings {
  readonly ACCOUNT: DurableObjectNamespace<AccountObject>;
  readonly ACCOUNT_COPY: DurableObjectNamespace<AccountCopy>;
}

function isBound(env: object): env is Bindings {
  return "ACCOUNT" in env && "ACCOUNT_COPY" in env;
}

/** @throws Error when the Worker was deployed without its bindings */
function bindingsOf(env: object): Bindings {
  if (isBound(env)) return env;
  throw new Error("ACCOUNT or ACCOUNT_COPY is not bound: this environment of wrangler.toml lacks its durable_objects");
}

/** Plain workerd knows no jurisdictions; on Cloudflare an EU account's data and the code that handles it stay in the EU. */
function within<Kind extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<Kind>,
  region: string | null,
  env: Record<string, unknown>,
): DurableObjectNamespace<Kind> {
  return readSettings(env).runtime === "cloudflare" && region === "eu" ? namespace.jurisdiction("eu") : namespace;
}

/**
 * The object of an account. Its name never changes: that would leave everything that is stored behind.
 * @throws Error when the Worker was deployed without its bindings
 */
export function accountObject({ name, region }: Account, env: Record<string, unknown>) {
  const stub = within(bindingsOf(env).ACCOUNT, region, env).getByName(`v1/${region}/${name}`);
  return {
    accept: (request: AcceptRequest) => stub.accept(name, request),
    operate: (operation: OperationName, input: string) => stub.operate(name, operation, input),
  };
}

/** The copy of the account object of this id, in the same jurisdiction: all accounts of an environment are of one region. */
export function copyFor(owner: string, env: Record<string, unknown>): Copy {
  return within(bindingsOf(env).ACCOUNT_COPY, readSettings(env).region, env).getByName(owner);
}

/** The account object that a copy is of. */
export function ownerOf({ owner }: CopyOf, env: Record<string, unknown>): { isMoving(): Promise<boolean> } {
  const { ACCOUNT } = bindingsOf(env);
  return ACCOUNT.get(ACCOUNT.idFromString(owner));
}
