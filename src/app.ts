/**
 * The routes of the Worker: webhooks, health, metrics and the operator's API.
 */
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { Hono } from "hono/tiny";
import type { AccountOperations } from "./account/operations.ts";
import type { AccountMethods } from "./account/rpc.ts";
import { loadConfig, readConfig } from "./config/load.ts";
import type { Account, Config } from "./config/model.ts";
import { ofWorker, operatorsOnly, UNAUTHORIZED } from "./console/access.ts";
import { accountMetrics, openConflicts } from "./console/account-metrics.ts";
import { createConsoleApi } from "./console/api.ts";
import type { ConsoleEnvironment } from "./console/environment.ts";
import { createMcp, limitMessages } from "./console/mcp.ts";
import { problem } from "./console/problem.ts";
import { askAll, isConfigured, readiness, repeated } from "./console/readiness.ts";
import type { Adapter } from "./contract/interface.ts";
import { type BodyShares, bodyBudget } from "./ingest/body-budget.ts";
import { type Clock, platformTimer } from "./ingest/clock.ts";
import type { Diagnose } from "./ingest/diagnosis.ts";
import { createLog } from "./ingest/log.ts";
import { isForLoopback } from "./ingest/loopback.ts";
import { createMetrics } from "./ingest/metrics.ts";
import { END, EXPOSITION_TYPE } from "./ingest/open-metrics.ts";
import { type Ending, toResponse } from "./ingest/outcomes.ts";
import { receive } from "./ingest/receive.ts";
import type { ReceiveTools } from "./ingest/receive-tools.ts";
import { remoteKeys } from "./ingest/remote-keys.ts";
import { type Route, routeOf } from "./ingest/request-head.ts";
import { senderOf } from "./ingest/sender.ts";
import type { WriteLine } from "./log-line.ts";

type Environment = ConsoleEnvironment;

/** What the app needs from its platform. Tests replace parts of it. */
export interface Edge {
  /** Gives a new stub of an account's object. */
  accountObject(account: Account, env: Record<string, unknown>): AccountMethods & AccountOperations;
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
  /** Explains why a webhook could not be verified. Used in local runs only. */
  readonly diagnose?: Diagnose;
}

/** The bindings of the Worker. */
type Bindings = Record<string, unknown>;

/** The routes of the Worker. */
export interface App {
  fetch(request: Request, env: Bindings): Promise<Response>;
}

/**
 * Makes the routes of the Worker. An isolate has one app: its counters and its body budget are those of the isolate.
 * @example export default { fetch: createApp({ accountObject }).fetch }
 */
export function createApp(edge: Edge): App {
  const now = edge.now ?? Date.now;
  const log = createLog(edge.write);
  const metrics = createMetrics();
  const clock: Clock = { now, after: edge.after ?? platformTimer };
  const budget = bodyBudget(now, edge.bodies);
  const keys = remoteKeys({ now, ...(edge.fetch === undefined ? {} : { fetch: edge.fetch }) });

  const record = async (ending: Ending, at: number, isEach = true): Promise<void> => {
    metrics.count(ending, now() - at);
    await log.request(ending, at, isEach);
  };

  const finish = async (ending: Ending, at: number, isEach?: boolean): Promise<Response> => {
    // First: if making the answer fails, the log must not say that it was given.
    const response = toResponse(ending);
    await record(ending, at, isEach);
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

  const receiveHook = async (request: Request, route: Route, env: Bindings): Promise<Response> => {
    const config = await configOf(env);
    const receivedAt = now();
    const tools: ReceiveTools = {
      config,
      budget,
      keys: keys.for(senderOf(request, `${route.account}/${route.source}`)),
      now: receivedAt,
      clock,
      accountObject: (found) => edge.accountObject(found, env),
      ...(edge.diagnose === undefined ? {} : { diagnose: edge.diagnose }),
    };
    const ending = refusalOf(request, config) ?? (await receive(request, route, tools));
    const response = await finish(ending, receivedAt, config.runtime === "local");
    return request.method === "HEAD" ? new Response(null, response) : response;
  };

  const fail = (error: unknown): Response => {
    log.defect(error);
    metrics.count({ outcome: "defect" });
    return toResponse({ outcome: "defect" });
  };

  // Of Hono's presets, the smallest: what operators ask for needs no faster router.
  const app = new Hono<Environment>();
  app.use(secureHeaders());
  app.use(async (c, next) => {
    c.set("config", await configOf(c.env));
    const refusal = refusalOf(c.req.raw, c.var.config);
    if (refusal !== null) return finish(refusal, now());
    await next();
    return undefined;
  });

  const ask = (c: Context<Environment>, config: Config) =>
    askAll(config, (account) => edge.accountObject(account, c.env), clock.after);
  const repeat = repeated(now);
  app.get("/healthz", (c) => answerOk(c, isConfigured(c.var.config)));
  app.get("/readyz", async (c) => {
    const { config } = c.var;
    if (!isConfigured(config)) return answerOk(c, false);
    const standings = await repeat(config, () => ask(c, config));
    return answerOk(
      c,
      [...standings.values()].every((standing) => readiness(standing, now()) === null),
    );
  });
  const conflictsIn = async (c: Context<Environment>) => openConflicts(await ask(c, c.var.config));
  app.get("/healthz/details", operatorsOnly, ofWorker, async (c) => c.json(detailsOf(c.var.config, await conflictsIn(c))));
  app.get("/metrics", operatorsOnly, ofWorker, async (c) =>
    c.body(metrics.expose() + accountMetrics(await ask(c, c.var.config), now()) + END, 200, { "content-type": EXPOSITION_TYPE }),
  );
  app.use("/api/*", operatorsOnly);
  app.all("/mcp", operatorsOnly, limitMessages, createMcp({ operationsOf: edge.accountObject, audit: log.audit }));
  const { audit } = log;
  app.route(
    "/api/v1",
    createConsoleApi({ operationsOf: edge.accountObject, standings: (c, config) => () => ask(c, config), now, audit }),
  );

  app.notFound(() => finish({ outcome: "unknown_route" }, now()));
  app.onError(async (error, c) => {
    if (error instanceof HTTPException) {
      const { status, headers } = error.getResponse();
      await record({ outcome: status === 403 ? "forbidden" : "unauthorized" }, now());
      const isApi = c.req.path.startsWith("/api/");
      if (status === 403) return isApi ? error.getResponse() : toResponse({ outcome: "forbidden" });
      if (isApi) {
        const { error: code, message } = UNAUTHORIZED;
        return problem(status, code, message, { "www-authenticate": headers.get("www-authenticate") ?? "Bearer" });
      }
      return error.getResponse();
    }
    return fail(error);
  });

  return {
    // Webhooks pass by Hono: matching thirty routes, and the middlewares of the others, would take longer than verifying.
    fetch: async (request, env) => {
      const route = routeOf(request.url);
      return route === null ? app.fetch(request, env) : receiveHook(request, route, env).catch(fail);
    },
  };
}

function answerOk(c: Context<Environment>, ok: boolean): Response {
  return c.json({ ok }, ok ? 200 : 503, { "cache-control": "no-store" });
}

/** The configuration for `/healthz/details`: names and problems, no secrets. @param conflicts how many are open, by account */
function detailsOf(config: Config, conflicts: ReadonlyMap<string, number>) {
  return {
    ok: isConfigured(config),
    runtime: config.runtime,
    region: config.region,
    problems: config.problems,
    warnings: config.warnings,
    accounts: Array.from(config.accounts, ([name, state]) =>
      state.ok
        ? {
            name,
            ok: true,
            region: state.account.region,
            identifiers: state.account.identifiers,
            apiKey: state.account.apiKey !== null,
            conflicts: conflicts.get(name) ?? null,
            sources: Array.from(state.account.sources, ([source, found]) =>
              found.ok
                ? { name: source, ok: true, adapter: found.source.adapter.id }
                : { name: source, ok: false, problem: found.problem },
            ),
          }
        : { name, ok: false, problem: state.problem },
    ),
  };
}
