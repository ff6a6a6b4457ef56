/**
 * The routes of the Worker: webhooks, health, metrics and the operator's API.
 */
import type { Context } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { Hono } from "hono/tiny";
import type { AccountOperations } from "./account/operations.ts";
import type { AccountMethods } from "./account/rpc.ts";
import { loadConfig, readConfig } from "./config/load.ts";
import type { Account, Config } from "./config/model.ts";
import { type ConsoleEnvironment, createConsoleApi } from "./console/api.ts";
import { conflictGauge, openConflicts } from "./console/conflicts.ts";
import type { Adapter } from "./contract/interface.ts";
import { isSecret } from "./contract/verify/equality.ts";
import { type BodyShares, bodyBudget } from "./ingest/body-budget.ts";
import { type Clock, platformTimer } from "./ingest/clock.ts";
import type { Diagnose } from "./ingest/diagnosis.ts";
import { createLog } from "./ingest/log.ts";
import { isForLoopback, isForwarded } from "./ingest/loopback.ts";
import { createMetrics, EXPOSITION_TYPE } from "./ingest/metrics.ts";
import { type Ending, publicAnswer, toResponse } from "./ingest/outcomes.ts";
import { receive } from "./ingest/receive.ts";
import { remoteKeys } from "./ingest/remote-keys.ts";
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
  /** Explains why a webhook could not be verified. Used in local runs only: the log then has every refused request. */
  readonly diagnose?: Diagnose;
}

/**
 * Makes the routes of the Worker. An isolate has one app: its counters and its body budget are those of the isolate.
 * @example export default { fetch: createApp({ accountObject }).fetch }
 */
export function createApp(edge: Edge): Hono<Environment> {
  const now = edge.now ?? Date.now;
  const log = createLog(edge.write, edge.diagnose === undefined ? "first" : "every");
  const metrics = createMetrics();
  const clock: Clock = { now, after: edge.after ?? platformTimer };
  const budget = bodyBudget(now, edge.bodies);
  const keys = remoteKeys({ now, ...(edge.fetch === undefined ? {} : { fetch: edge.fetch }) });

  const record = async (ending: Ending, at: number): Promise<void> => {
    metrics.count(ending);
    await log.request(ending, at);
  };

  const finish = async (ending: Ending, at: number): Promise<Response> => {
    // First: if making the answer fails, the log must not say that it was given.
    const response = toResponse(ending);
    await record(ending, at);
    return response;
  };

  const receiveHook = async (c: Context<Environment, "/hooks/:account/:source/:token?">): Promise<Response> => {
    const { account, source, token = null } = c.req.param();
    const receivedAt = now();
    const ending = await receive(
      c.req.raw,
      { account, source, token },
      {
        config: c.var.config,
        budget,
        keys: keys.for(senderOf(c.req.raw, `${account}/${source}`)),
        now: receivedAt,
        clock,
        accountObject: (found) => edge.accountObject(found, c.env),
        ...(edge.diagnose === undefined ? {} : { diagnose: edge.diagnose }),
      },
    );
    return finish(ending, receivedAt);
  };

  // Of Hono's presets, the smallest: thirty routes need no faster router.
  const app = new Hono<Environment>();
  app.use(secureHeaders());
  app.use(async (c, next) => {
    c.set("config", edge.adapters === undefined ? await loadConfig(c.env) : readConfig(c.env, edge.adapters));
    log.configuration(c.var.config);
    log.sumUp(now());
    if (!URL.canParse(c.req.raw.url)) return finish({ outcome: "malformed_url" }, now());
    if (c.var.config.runtime === "local" && !isForLoopback(c.req.raw)) return finish({ outcome: "foreign_host" }, now());
    await next();
    return undefined;
  });

  // The router ignores a final slash, which is easily added when a URL is copied.
  app.all("/hooks/:account/:source/:token?", receiveHook);

  app.get("/healthz", (c) => {
    const ok = c.var.config.problems.length === 0;
    return c.json({ ok }, ok ? 200 : 503);
  });
  const conflictsIn = (c: Context<Environment>) => openConflicts(c.var.config, (account) => edge.accountObject(account, c.env));
  app.get("/healthz/details", operatorsOnly, async (c) => c.json(detailsOf(c.var.config, await conflictsIn(c))));
  app.get("/metrics", operatorsOnly, async (c) =>
    c.body(metrics.expose() + conflictGauge(await conflictsIn(c)), 200, { "content-type": EXPOSITION_TYPE }),
  );
  app.use("/api/*", operatorsOnly);
  app.route("/api", createConsoleApi(edge.accountObject));

  app.notFound(() => finish({ outcome: "unknown_route" }, now()));
  app.onError(async (error) => {
    if (error instanceof HTTPException) {
      await record({ outcome: "unauthorized" }, now());
      return error.getResponse();
    }
    log.defect(error);
    metrics.count({ outcome: "defect" });
    return toResponse({ outcome: "defect" });
  });
  return app;
}

const refusal = { message: publicAnswer("unauthorized") };

const withAdminToken = bearerAuth({
  verifyToken: (token, c: Context<Environment>) =>
    isSecret(token, c.var.config.adminToken === null ? [] : [c.var.config.adminToken]),
  noAuthenticationHeader: refusal,
  invalidAuthenticationHeader: refusal,
  invalidToken: refusal,
});

/** Requires the ADMIN_TOKEN. A local run is open to this machine, but not to requests that a tunnel forwards. */
const operatorsOnly = createMiddleware<Environment>((c, next) => {
  const isOpen = c.var.config.runtime === "local" && !isForwarded(c.req.raw);
  return isOpen ? next() : withAdminToken(c, next);
});

/** The configuration for `/healthz/details`: names and problems, no secrets. @param conflicts how many are open, by account */
function detailsOf(config: Config, conflicts: ReadonlyMap<string, number>) {
  return {
    ok: config.problems.length === 0,
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
