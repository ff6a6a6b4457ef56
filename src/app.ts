/**
 * The Worker: webhooks here, everything else by the routes of operators.
 */
import type { AccountOperations, AccountRemoval } from "./account/operations.ts";
import type { AccountMethods } from "./account/rpc.ts";
import type { AccountWatch } from "./account/watchers.ts";
import { findAccount } from "./config/account.ts";
import { loadConfig, readConfig } from "./config/load.ts";
import type { AccountPlace, Config } from "./config/model.ts";
import { homeOf } from "./config/shards.ts";
import type { ComposerOf } from "./console/pages/view.ts";
import type { Adapter } from "./contract/interface.ts";
import { type BodyShares, bodyBudget } from "./ingest/body-budget.ts";
import { type Clock, platformTimer } from "./ingest/clock.ts";
import type { Diagnose } from "./ingest/diagnosis.ts";
import { countFailures, type FailureReport } from "./ingest/failures.ts";
import { createHandOver } from "./ingest/hand-over.ts";
import { createLog } from "./ingest/log.ts";
import { isForLoopback } from "./ingest/loopback.ts";
import { createMetrics } from "./ingest/metrics.ts";
import { type Ending, toResponse } from "./ingest/outcomes.ts";
import { receive } from "./ingest/receive.ts";
import type { ReceiveTools } from "./ingest/receive-tools.ts";
import { remoteKeys } from "./ingest/remote-keys.ts";
import { requestClock } from "./ingest/request-clock.ts";
import { type Route, routeOf } from "./ingest/request-head.ts";
import { senderOf } from "./ingest/sender.ts";
import type { WriteLine } from "./log-line.ts";

/** What the app needs from its platform. Tests replace parts of it. */
export interface Edge {
  /** Gives a new stub of an account's object. */
  accountObject(
    account: AccountPlace,
    env: Record<string, unknown>,
  ): AccountMethods & AccountOperations & AccountRemoval & AccountWatch;
  /** Default: the adapters of the generated registry that the configuration declares. */
  readonly adapters?: ReadonlyMap<string, Adapter>;
  /** Milliseconds since 1970. Default: the platform's clock. */
  readonly now?: () => number;
  /** Default: the console. */
  readonly write?: WriteLine;
  /** Default: the platform's timers. */
  readonly after?: Clock["after"];
  /** Limits of bodies held at a time, bytes. Default: `BODY_SHARES`. */
  readonly bodies?: BodyShares;
  /** Fetches vendors' public keys. Default: the platform's `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Explains why a webhook could not be verified. Used in local runs only: the log then has every refused request. */
  readonly diagnose?: Diagnose;
  /** The console's page that sends samples. Used in local runs only. */
  readonly composer?: ComposerOf;
}

/** The bindings of the Worker. */
type Bindings = Record<string, unknown>;

/** The routes of the Worker. */
export interface App {
  fetch(request: Request, env: Bindings, context?: Background): Promise<Response>;
}

/** Keeps the isolate at work after the answer, and knows who passed Cloudflare Access. */
type Background = Pick<ExecutionContext, "waitUntil" | "access">;

/**
 * Makes the routes of the Worker. An isolate has one app: its counters and its body budget are those of the isolate.
 * @example export default { fetch: createApp({ accountObject }).fetch }
 */
export function createApp(edge: Edge): App {
  const now = edge.now ?? Date.now;
  const log = createLog(edge.write);
  const metrics = createMetrics();
  const failures = countFailures();
  const clock: Clock = { now, after: edge.after ?? platformTimer };
  const budget = bodyBudget(now, edge.bodies);
  const handOver = createHandOver(now);
  const keys = remoteKeys({ now, ...(edge.fetch === undefined ? {} : { fetch: edge.fetch }) });

  const record = (ending: Ending, at: number, isEach = false): Promise<void> | null => {
    metrics.count(ending, now() - at);
    return log.request(ending, at, isEach);
  };

  const finish = async (ending: Ending, at: number, isEach?: boolean): Promise<Response> => {
    // First: if making the answer fails, the log must not say that it was given.
    const response = toResponse(ending);
    const logged = record(ending, at, isEach);
    if (logged !== null) await logged;
    return response;
  };

  const configOf = async (env: Bindings): Promise<Config> => {
    const config = edge.adapters === undefined ? await loadConfig(env) : readConfig(env, edge.adapters);
    log.configuration(config);
    log.sumUp(now());
    return config;
  };

  /** Why a request is not for this Worker; `null` if it is. */
  const refusalOf = (request: Request, { runtime }: Config): Ending | null => {
    if (!URL.canParse(request.url)) return { outcome: "malformed_url" };
    return runtime === "local" && !isForLoopback(request) ? { outcome: "foreign_host" } : null;
  };

  const tell = async (report: FailureReport, config: Config, env: Bindings): Promise<void> => {
    const state = await findAccount(config, report.account);
    if (!state?.ok || state.account.alerts === null) return;
    await edge.accountObject(homeOf(state.account, report.source), env).failed(report.source, report.since, report.count);
  };

  const receiveHook = async (request: Request, route: Route, env: Bindings, context?: Background): Promise<Response> => {
    const config = await configOf(env);
    const receivedAt = now();
    const tools: ReceiveTools = {
      config,
      budget,
      keys: keys.for(() => senderOf(request, `${route.account}/${route.source}`)),
      now: receivedAt,
      clock: requestClock(clock),
      accountObject: (found) => edge.accountObject(found, env),
      handOver,
      waitUntil: (work) => context?.waitUntil(work),
      ...(edge.diagnose === undefined ? {} : { diagnose: edge.diagnose }),
    };
    const ending = refusalOf(request, config) ?? (await receive(request, route, tools));
    const response = await finish(ending, receivedAt, config.runtime === "local");
    const report = failures.after(ending, receivedAt);
    // Nothing waits for it, and nothing depends on it but an alert.
    if (report) context?.waitUntil(tell(report, config, env).catch(() => {}));
    return request.method === "HEAD" ? new Response(null, response) : response;
  };

  const fail = (error: unknown): Response => {
    log.defect(error);
    metrics.count({ outcome: "defect" });
    return toResponse({ outcome: "defect" });
  };

  const operators = onDemand(async () => {
    const { createOperatorRoutes } = await import("./operator-routes.ts");
    return createOperatorRoutes({
      configOf,
      refusalOf,
      finish,
      record: async (ending, at) => {
        await record(ending, at);
      },
      fail,
      expose: () => metrics.expose(),
      audit: log.audit,
      now,
      after: clock.after,
      accountObject: edge.accountObject,
      composer: edge.composer ?? null,
    });
  });

  return {
    // Webhooks pass by Hono: matching thirty routes, and the middlewares of the others, would take longer than verifying.
    fetch: async (request, env, context) => {
      const route = routeOf(request.url);
      if (route !== null) return receiveHook(request, route, env, context).catch(fail);
      return (await operators()).fetch(request, env, context?.access ?? null);
    },
  };
}

/** Loads at the first call, and again after a failure. */
function onDemand<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loading: Promise<Loaded> | null = null;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}
