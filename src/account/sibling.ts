/**
 * Another account's object, as an account's object asks it: that of a shard.
 */
import { within } from "../config/jurisdiction.ts";
import type { AccountPlace } from "../config/model.ts";
import type { OperationAnswer } from "./operation.ts";

/** The namespace of the account objects, as far as it is used. */
interface Namespace {
  jurisdiction(name: "eu"): Namespace;
  getByName(name: string): { operate(id: string, operation: string, input: string): Promise<OperationAnswer> };
}

function isBound(env: object): env is { readonly ACCOUNT: Namespace } {
  return "ACCOUNT" in env;
}

/** The name of an account's object. It never changes, whatever the account is called: that would leave everything that is stored behind. */
export function objectNameOf({ id, region }: Pick<AccountPlace, "id" | "region">): string {
  return `v1/${region}/${id}`;
}

/** Finds it. @throws Error when the Worker was deployed without its bindings */
export function siblingOf(place: AccountPlace, env: Record<string, unknown>) {
  if (!isBound(env)) throw new Error("ACCOUNT is not bound: this environment of wrangler.toml lacks its durable_objects");
  const stub = within(env.ACCOUNT, place.region, env).getByName(objectNameOf(place));
  return { operate: (operation: string, input: string) => stub.operate(place.id, operation, input) };
}
