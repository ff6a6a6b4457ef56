/**
 * The Worker as it is deployed.
 */
import { accountObject } from "./account/stub.ts";
import { createApp } from "./app.ts";
import { type Swept, sweepAccounts } from "./sweep.ts";

export { AccountCopy } from "./account/compaction/copy.ts";
export { AccountObject } from "./account/object.ts";
export { AccountDirectory } from "./config/directory/object.ts";

export default {
  fetch: createApp({ accountObject }).fetch,
  scheduled: async (_, env) => void (await sweep(env)),
} satisfies ExportedHandler<Record<string, unknown>>;

/** Plain workerd has no schedules: the command that starts it asks here, on a socket of its own. No request from outside comes here. */
export const Sweep = {
  fetch: async (_, env) => Response.json(await sweep(env)),
} satisfies ExportedHandler<Record<string, unknown>>;

function sweep(env: Record<string, unknown>): Promise<Swept> {
  return sweepAccounts(env, { objectOf: (place) => accountObject(place, env) });
}
