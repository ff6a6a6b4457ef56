/**
 * The Worker of local runs: the same as in production, with a diagnosis of refused webhooks, and a composer in the console.
 */
import { accountObject } from "../account/stub.ts";
import { createApp } from "../app.ts";
import { type Swept, sweepAccounts } from "../sweep.ts";
import { diagnose } from "./diagnose.ts";

export { AccountCopy } from "../account/compaction/copy.ts";
export { AccountObject } from "../account/object.ts";
export { AccountDirectory } from "../config/directory/object.ts";

/** The command that runs the Worker, where it composes samples. */
interface Runner {
  readonly COMPOSER: Fetcher;
}

function hasRunner(env: object): env is Runner {
  return "COMPOSER" in env;
}

export default {
  fetch: createApp({
    accountObject,
    diagnose,
    composer: async (env) => {
      if (!hasRunner(env)) return null;
      const { composerPages } = await import("./composer.tsx");
      return composerPages(async (question) => {
        const answer = await env.COMPOSER.fetch("http://composer/", { method: "POST", body: JSON.stringify(question) });
        return answer.json();
      });
    },
  }).fetch,
  scheduled: async (_, env) => void (await sweep(env)),
} satisfies ExportedHandler<Record<string, unknown>>;

/** Plain workerd has no schedules: the command that starts it asks here, on a socket of its own. No request from outside comes here. */
export const Sweep = {
  fetch: async (_, env) => Response.json(await sweep(env)),
} satisfies ExportedHandler<Record<string, unknown>>;

function sweep(env: Record<string, unknown>): Promise<Swept> {
  return sweepAccounts(env, { objectOf: (place) => accountObject(place, env) });
}
