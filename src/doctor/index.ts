/**
 * The Worker of local runs: the same as in production, with a diagnosis of refused webhooks, and a composer in the console.
 */
import { accountObject } from "../account/stub.ts";
import { createApp } from "../app.ts";
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
};
