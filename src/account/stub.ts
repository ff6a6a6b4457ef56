import { type Account, readConfig } from "../config.ts";
import type { DeadQuery } from "./dead.ts";
import type { EraseRequest } from "./erase.ts";
import type { AccountObject } from "./object.ts";
import type { AcceptRequest } from "./rpc.ts";

/** The Worker's bindings; vars and secrets beside them are read by `src/config.ts`. */
interface Bindings {
  readonly ACCOUNT: DurableObjectNamespace<AccountObject>;
}

function isBound(env: object): env is Bindings {
  return "ACCOUNT" in env;
}

/**
 * The object of an account. Its name never changes: that would leave everything that is stored behind.
 * @throws Error when the Worker was deployed without its binding
 */
export function accountObject({ name, region }: Account, env: Record<string, unknown>) {
  if (!isBound(env)) throw new Error("there is no binding ACCOUNT: this environment of wrangler.toml lacks its durable_objects");
  // Plain workerd knows no jurisdictions; on Cloudflare an EU account's data and the code that handles it stay in the EU.
  const namespace = readConfig(env).runtime === "cloudflare" && region === "eu" ? env.ACCOUNT.jurisdiction("eu") : env.ACCOUNT;
  const stub = namespace.getByName(`v1/${region}/${name}`);
  return {
    accept: (request: AcceptRequest) => stub.accept(name, request),
    health: () => stub.health(name),
    findDead: (query: DeadQuery, after: number) => stub.findDead(query, after),
    showDead: (number: number) => stub.showDead(number),
    replayDead: (query: DeadQuery) => stub.replayDead(query),
    discardDead: (query: DeadQuery) => stub.discardDead(query),
    erase: (request: EraseRequest) => stub.erase(name, request),
    erasures: () => stub.erasures(),
    seedIdentities: (rows: readonly unknown[]) => stub.seedIdentities(name, rows),
    pullIdentities: (source: string, page: string | null) => stub.pullIdentities(name, source, page),
    exportIdentities: (after: string) => stub.exportIdentities(after),
  };
}
