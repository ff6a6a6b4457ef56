/**
 * Finds the object of an account, in the jurisdiction of its region.
 */

import { within } from "../config/jurisdiction.ts";
import type { AccountPlace } from "../config/model.ts";
import type { AccountObject } from "./object.ts";
import type { OperationName } from "./operations.ts";
import { type AcceptRequest, flat } from "./rpc.ts";
import { objectNameOf } from "./sibling.ts";

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
 * The object of an account. Its name never changes, whatever the account is called: that would leave everything that is stored behind.
 * @throws Error when the Worker was deployed without its bindings
 */
export function accountObject({ id, region }: Pick<AccountPlace, "id" | "region">, env: Record<string, unknown>) {
  const stub = within(bindingsOf(env).ACCOUNT, region, env).getByName(objectNameOf({ id, region }));
  return {
    accept: (request: AcceptRequest) => stub.accept(id, request),
    acceptAll: (requests: readonly AcceptRequest[]) => stub.acceptAll(id, requests.map(flat)),
    failed: (source: string, since: number, count: number) => stub.failed(id, source, since, count),
    wipe: () => stub.wipe(),
    sweep: async (): Promise<boolean> => stub.sweep(),
    operate: (operation: OperationName, input: string) => stub.operate(id, operation, input),
    watch: () => stub.fetch("https://account/watch", { headers: { upgrade: "websocket" } }),
  };
}
