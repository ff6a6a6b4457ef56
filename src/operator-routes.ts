/**
 * The routes of operators: health, metrics and the API. Loaded when the first request for one of them arrives.
 */
import type { Context } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { Hono } from "hono/tiny";
import type { AccountOperations } from "./account/operations.ts";
import type { Account, Config } from "./config/model.ts";
import { type ConsoleEnvironment, createConsoleApi } from "./console/api.ts";
import { conflictGauge, openConflicts } from "./console/conflicts.ts";
import { isSecret } from "./contract/verify/equality.ts";
import { isForwarded } from "./ingest/loopback.ts";
import { EXPOSITION_TYPE } from "./ingest/metrics.ts";
import { type Ending, publicAnswer } from "./ingest/outcomes.ts";

type Environment = ConsoleEnvironment;

/** What the routes share with those of webhooks. */
export interface OperatorTools {
  /** Gives a new stub of an account's object. */
  accountObject(account: Account, env: Record<string, unknown>): AccountOperations;
  configOf(env: Record<string, unknown>): Promise<Config>;
  /** Why a request is not for this Worker; `null` if it is. */
  refusalOf(request: Request, config: Config): Ending | null;
  /** Counts and logs an ending, and gives its answer. */
  finish(ending: Ending, at: number): Promise<Response>;
  /** Counts and logs an ending. */
  record(ending: Ending, at: number): Promise<void>;
  /** The answer to a defect. */
  fail(error: unknown): Response;
  /** The counters in Prometheus format. */
  expose(): string;
  now(): number;
}

/** Makes the routes. */
export function createOperatorRoutes(tools: OperatorTools): Hono<Environment> {
  const { configOf, refusalOf, finish, record, fail, expose, now, accountObject } = tools;
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

  app.get("/healthz", (c) => {
    const ok = c.var.config.problems.length === 0;
    return c.json({ ok }, ok ? 200 : 503);
  });
  const conflictsIn = (c: Context<Environment>) => openConflicts(c.var.config, (account) => accountObject(account, c.env));
  app.get("/healthz/details", operatorsOnly, async (c) => c.json(detailsOf(c.var.config, await conflictsIn(c))));
  app.get("/metrics", operatorsOnly, async (c) =>
    c.body(expose() + conflictGauge(await conflictsIn(c)), 200, { "content-type": EXPOSITION_TYPE }),
  );
  app.use("/api/*", operatorsOnly);
  app.route("/api", createConsoleApi(accountObject));

  app.notFound(() => finish({ outcome: "unknown_route" }, now()));
  app.onError(async (error) => {
    if (error instanceof HTTPException) {
      await record({ outcome: "unauthorized" }, now());
      return error.getResponse();
    }
    return fail(error);
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
