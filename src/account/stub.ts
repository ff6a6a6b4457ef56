/**
 * Finds the object of an account, in the jurisdiction of its region.
 */
import type { Account } from "../config/model.ts";
import { within } from "./jurisdiction.ts";
import type { AccountObject } from "./object.ts";
import type { OperationName } from "./operations.ts";
import type { AcceptRequest } from "./rpc.ts";

/** The binding of the account objects; vars and secrets beside it are read by `src/config`. */
interface Bindings {
  readonly ACCOUNT: DurableObjectNamespace<AccountObject>;
}

function isBound(env: object): env is Bindings {
  return "ACCOUNT" in env;
}

/** @throws Error when the Worker was deployed without its bindings */
function bindingsOf(env: object): Bindings {
  if (isBound(env)) return env;
  throw new Error("ACCOUNT is not bound: this environment of wrangler.toml lacks its durable_objects");
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
    watch: () => stub.fetch("https://account/watch", { headers: { upgrade: "websocket" } }),
  };
}
