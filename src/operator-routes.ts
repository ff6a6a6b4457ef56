/**
 * The routes of operators: health, metrics, the API and the console. Loaded when the first request for one of them arrives.
 */
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { Hono } from "hono/tiny";
import type { AccountOperations, AccountRemoval } from "./account/operations.ts";
import type { AccountWatch } from "./account/watchers.ts";
import type { AccountPlace, Config } from "./config/model.ts";
import { type AccessContext, ofWorker, operatorsOnly, UNAUTHORIZED } from "./console/access.ts";
import { accountMetrics, openConflicts } from "./console/account-metrics.ts";
import { createConsoleApi } from "./console/api.ts";
import { askPage, type StandingsPage } from "./console/directory/standings.ts";
import type { ConsoleEnvironment } from "./console/environment.ts";
import { createMcp, limitMessages } from "./console/mcp.ts";
import type { ComposerOf } from "./console/pages/view.ts";
import { problem } from "./console/problem.ts";
import { askAll, isConfigured, readiness, repeated, type Standings } from "./console/readiness.ts";
import type { Clock } from "./ingest/clock.ts";
import type { Log } from "./ingest/log.ts";
import { END, EXPOSITION_TYPE } from "./ingest/open-metrics.ts";
import { type Ending, toResponse } from "./ingest/outcomes.ts";

type Environment = ConsoleEnvironment;

/** What the routes share with those of webhooks. */
export interface OperatorTools {
  /** Gives a new stub of an account's object. */
  accountObject(account: AccountPlace, env: Record<string, unknown>): AccountOperations & AccountRemoval & AccountWatch;
  configOf(env: Record<string, unknown>): Promise<Config>;
  /** Why a request is not for this Worker; `null` if it is. */
  refusalOf(request: Request, config: Config): Ending | null;
  /** Counts and logs an ending, and gives its answer. */
  finish(ending: Ending, at: number): Promise<Response>;
  /** Counts and logs an ending. */
  record(ending: Ending, at: number): Promise<void>;
  /** The answer to a defect. */
  fail(error: unknown): Response;
  /** The counters in the format of OpenMetrics. */
  expose(): string;
  /** Logs what an operator changed. */
  readonly audit: Log["audit"];
  now(): number;
  readonly after: Clock["after"];
  /** The console's page that sends samples, in local runs. */
  readonly composer: ComposerOf | null;
}

/** The routes of operators. */
export interface OperatorRoutes {
  /** @param access what Cloudflare Access says of the request; `null` if it did not let it through */
  fetch(request: Request, env: Record<string, unknown>, access: AccessContext | null): Promise<Response>;
}

/** Makes the routes. */
export function createOperatorRoutes(tools: OperatorTools): OperatorRoutes {
  const { configOf, refusalOf, finish, record, fail, expose, audit, now, after, accountObject, composer } = tools;
  // Of Hono's presets, the smallest: what operators ask for needs no faster router.
  const app = new Hono<Environment>();
  const letThrough = new WeakMap<Request, AccessContext>();
  app.use((c, next) => (isConsole(c.req.path) ? next() : withSecureHeaders(c, next)));
  app.use(async (c, next) => {
    c.set("config", await configOf(c.env));
    const refusal = refusalOf(c.req.raw, c.var.config);
    if (refusal !== null) return finish(refusal, now());
    await next();
    return undefined;
  });

  const ask = (c: Context<Environment>, config: Config) => askAll(config, (account) => accountObject(account, c.env), after);
  const askPageOf = (c: Context<Environment>, page: number) =>
    askPage(c.var.config, page, { objectOf: (place) => accountObject(place, c.env), now, after });
  const repeat = repeated<StandingsPage>(now);
  app.get("/healthz", (c) => answerOk(c, isConfigured(c.var.config)));
  app.get("/readyz", async (c) => {
    const { config } = c.var;
    const page = pageOf(c);
    if (page === null) return noPage();
    if (!isConfigured(config)) return answerOk(c, false);
    const look = () =>
      lookAt(
        page,
        () => ask(c, config),
        () => askPageOf(c, page),
      );
    const { standings, pages, leftOut, isReached } = await repeat(config, page, look, (looked) => page <= looked.pages);
    if (page > pages) return noPage();
    const isReady = isReached !== false && [...standings.values()].every((standing) => readiness(standing, now()) === null);
    // How many they are is not everybody's to know.
    return answerOk(c, isReady, leftOut > 0);
  });
  const conflictsIn = async (c: Context<Environment>) => openConflicts(await ask(c, c.var.config));
  app.get("/healthz/details", operatorsOnly, ofWorker, async (c) =>
    c.json(detailsOf(c.var.config, await conflictsIn(c), await directoryOf(c.var.config))),
  );
  app.get("/metrics", operatorsOnly, ofWorker, async (c) => {
    const page = pageOf(c);
    if (page === null) return noPage();
    const looked = await lookAt(
      page,
      () => ask(c, c.var.config),
      () => askPageOf(c, page),
    );
    if (page > looked.pages) return noPage();
    // The counters of the isolate are on the first page alone: on each they would count several times.
    const counters = page === 1 ? expose() : "";
    return c.body(counters + accountMetrics(looked, now()) + END, 200, { "content-type": EXPOSITION_TYPE });
  });
  app.use("/api/*", operatorsOnly);
  app.all("/mcp", operatorsOnly, limitMessages, createMcp({ operationsOf: accountObject, audit }));
  app.route(
    "/api/v1",
    createConsoleApi({ operationsOf: accountObject, standings: (c, config) => () => ask(c, config), now, audit }),
  );

  app.all("/console/*", async (c) => {
    // What programs do not need is loaded when a page is opened.
    const { serveConsole } = await import("./console/pages/site.tsx");
    return serveConsole(c.req.raw, {
      config: c.var.config,
      operationsOf: (account) => accountObject(account, c.env),
      standings: () => ask(c, c.var.config),
      now,
      audit,
      access: letThrough.get(c.req.raw) ?? null,
      refuse: () => record({ outcome: "unauthorized" }, now()),
      composer: c.var.config.runtime === "local" && composer !== null ? await composer(c.env) : null,
    });
  });

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
    fetch: async (request, env, access) => {
      if (access !== null) letThrough.set(request, access);
      return app.fetch(request, env);
    },
  };
}

const withSecureHeaders = secureHeaders();

/** The console has headers of its own. */
function isConsole(path: string): boolean {
  return path === "/console" || path.startsWith("/console/");
}

function answerOk(c: Context<Environment>, ok: boolean, isPart = false): Response {
  return c.json({ ok, ...(isPart ? { more: true } : {}) }, ok ? 200 : 503, { "cache-control": "no-store" });
}

/** Asks the accounts of a page: on the first one all that are declared, on each a part of the directory. */
async function lookAt(
  page: number,
  ofDeclared: () => Promise<Standings>,
  ofPage: () => Promise<StandingsPage>,
): Promise<StandingsPage> {
  const [declared, found] = await Promise.all([page === 1 ? ofDeclared() : [], ofPage()]);
  return { ...found, standings: new Map([...declared, ...found.standings]) };
}

/** The page that is asked for; `null` if that is no number. */
function pageOf(c: Context<Environment>): number | null {
  const page = c.req.query("page") ?? "1";
  return /^[1-9]\d{0,3}$/.test(page) ? Number(page) : null;
}

function noPage(): Response {
  return problem(404, "not_found", "There is no such page.");
}

/** The directory for `/healthz/details`: how many accounts it has, and what keeps any from being served. */
async function directoryOf({ directory, accounts, formerNames }: Config) {
  if (directory === null) return null;
  if (directory.problem !== null) return { accounts: null, problems: [directory.problem] };
  try {
    const places = await directory.places();
    const shadowed = places.filter(({ name }) => accounts.has(name) || formerNames.has(name));
    const text = "is declared and in the directory: the declared one is served. Rename or remove one of the two";
    return { accounts: places.length, problems: shadowed.map(({ name }) => `account ${name}: ${text}`) };
  } catch {
    return { accounts: null, problems: ["the directory of accounts does not answer"] };
  }
}

/** The configuration for `/healthz/details`: names and problems, no secrets. @param conflicts how many are open, by account */
function detailsOf(config: Config, conflicts: ReadonlyMap<string, number>, directory: Awaited<ReturnType<typeof directoryOf>>) {
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
            ...(state.account.shardOf === null ? {} : { shardOf: state.account.shardOf.name }),
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
    directory,
    elsewhere: Array.from(config.elsewhere, ([name, origin]) => ({ name, webhooks: `${origin}/hooks/${name}/<source>` })),
  };
}
