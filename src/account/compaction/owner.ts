/** What a copy asks the account object that it is of. */
export interface CopyOwner {
  /** Is a compaction going on? */
  isMoving(): Promise<boolean>;
}

interface Bindings {
  readonly ACCOUNT: DurableObjectNamespace<Rpc.DurableObjectBranded & CopyOwner>;
}

function isBound(env: object): env is Bindings {
  return "ACCOUNT" in env;
}

/**
 * The account object that a copy is of.
 * @param owner its id
 * @throws Error when the Worker was deployed without its bindings
 */
export function ownerOf(owner: string, env: Record<string, unknown>): CopyOwner {
  if (!isBound(env)) throw new Error("ACCOUNT is not bound: this environment of wrangler.toml lacks its durable_objects");
  return env.ACCOUNT.get(env.ACCOUNT.idFromString(owner));
}
