/**
 * The whole way of a webhook in one test: what ingest takes from a vendor goes to the account object that the test holds.
 */
import type { AccountMethods } from "../../src/account/rpc.ts";
import { proofBindings } from "../../src/cli/proof.ts";
import { readConfig } from "../../src/config/load.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import type { RemoteKeys, SignedRequest } from "../../src/contract/verify/verifier.ts";
import { bodyBudget } from "../../src/ingest/body-budget.ts";
import { platformTimer } from "../../src/ingest/clock.ts";
import { createHandOver } from "../../src/ingest/hand-over.ts";
import { type Ending, toResponse } from "../../src/ingest/outcomes.ts";
import { receive } from "../../src/ingest/receive.ts";
import { requestClock } from "../../src/ingest/request-clock.ts";
import { secretName } from "../../src/secret-names.ts";

/** Where the sources of the demo account are, as the vendors know it. */
const ORIGIN = "https://hooks.example.com/hooks/demo/";

/** A Worker with one account, `demo`, and the account object that it asks. */
export interface TestWorker {
  /** Sends a signed request to a source. */
  send(source: string, request: SignedRequest): Promise<Ending>;
}

/**
 * A Worker that serves these sources with the demo secrets of their adapters.
 * @param sources options by name; `adapter` where that is not the name
 * @param now milliseconds since 1970
 * @param readNamed fetches an address that a request names; by default none answers
 * @throws TypeError where the configuration is unusable
 */
export function workerOf(
  adapters: readonly Adapter[],
  sources: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  accept: AccountMethods["accept"],
  now: () => number,
  readNamed: RemoteKeys["readNamed"] = async () => null,
): TestWorker {
  const registry = new Map(adapters.map((adapter) => [adapter.id, adapter]));
  const secrets = Object.entries(sources).map(([name, { adapter = name }]) => [
    secretName("demo", name),
    registry.get(String(adapter))?.secret.demo,
  ]);
  const declared = Object.fromEntries(
    Object.entries(sources).map(([name, options]) => {
      const adapter = registry.get(String(options.adapter ?? name));
      return [name, { ...adapter?.demoOptions, public_url: `${ORIGIN}${name}`, ...options }];
    }),
  );
  const config = readConfig(
    { ...proofBindings("local"), ACCOUNTS: { demo: { region: "us", sources: declared } }, ...Object.fromEntries(secrets) },
    registry,
  );
  const budget = bodyBudget(Date.now);
  const clock = { now: Date.now, after: platformTimer };
  const handOver = createHandOver(clock.now);
  return {
    send: async (source, { method, headers, query, pathToken, body }) => {
      const url = new URL(ORIGIN + source + (pathToken === null ? "" : `/${pathToken}`));
      url.search = query.toString();
      const ending = await receive(
        new Request(url, { method, headers, ...(method === "POST" ? { body } : {}) }),
        { account: "demo", source, token: pathToken },
        {
          config,
          budget,
          now: now(),
          clock: requestClock(clock),
          keys: { read: async () => null, readNamed },
          handOver,
          waitUntil: () => {},
          accountObject: () => ({ accept, acceptAll: async () => [], failed: async () => {} }),
        },
      );
      if (["misconfigured", "unusable", "unknown_source"].includes(ending.outcome)) throw new TypeError(ending.outcome);
      return ending;
    },
  };
}

/** What the sender of a request is answered. */
export async function answerTo(ending: Ending): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = toResponse(ending);
  const text = await response.text();
  return { status: response.status, body: /^[{[]/.test(text) ? JSON.parse(text) : text };
}

/** The demo's signature under this body; a POST of JSON. */
export async function signedWith(
  adapter: Adapter,
  body: string,
  now: number,
  { headers = {}, url = "" }: { readonly headers?: Readonly<Record<string, string>>; readonly url?: string } = {},
): Promise<SignedRequest> {
  const configured = adapter.configure(adapter.demoOptions);
  if (!configured.ok) throw new TypeError(configured.issue);
  return configured.adapter.verifier.sign(
    {
      method: "POST",
      url,
      headers: new Headers({ "content-type": "application/json", ...headers }),
      query: new URLSearchParams(),
      pathToken: null,
      body: utf8Bytes(body),
    },
    adapter.secret.demo,
    now,
  );
}
