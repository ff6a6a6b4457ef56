/**
 * The JSON API for operators: a route for each operation of the tables. Who may call it is the app's to say.
 */
import type { Context, HonoRequest } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { Hono } from "hono/tiny";
import type { Operation, RefusalName } from "../account/operation.ts";
import { type AccountOperations, OPERATION_NAMES, OPERATIONS } from "../account/operations.ts";
import { findAccount } from "../config/account.ts";
import type { Account, Config } from "../config/model.ts";
import type { AuditEntry } from "../ingest/log.ts";
import { ofAccount, visibleTo } from "./access.ts";
import type { ConsoleEnvironment } from "./environment.ts";
import { problem } from "./problem.ts";
import type { StandingsOf } from "./readiness.ts";
import { answerTo, LARGEST_REQUEST, NO_FILTER } from "./refusals.ts";
import { WORKER_OPERATIONS } from "./worker-operations.ts";

/** What the API needs of the Worker. */
export interface ApiTools {
  /** The object of an account. */
  operationsOf(account: Account, env: Record<string, unknown>): AccountOperations;
  /** How the accounts are doing. */
  standings(c: Context<ConsoleEnvironment>, config: Config): StandingsOf;
  /** Milliseconds since 1970. */
  now(): number;
  /** Logs what was changed. */
  audit(entry: AuditEntry): void;
}

/** Routes below `/api/v1`. */
export function createConsoleApi({ operationsOf, standings, now, audit }: ApiTools): Hono<ConsoleEnvironment> {
  const withAccount = createMiddleware<ConsoleEnvironment, "/accounts/:account/*">(async (c, next) => {
    const found = await findAccount(c.var.config, c.req.param("account"));
    if (found === null) return problem(404, "not_found", "There is no such account.");
    if (!found.ok) return problem(503, "unusable", found.problem);
    c.set("operations", operationsOf(found.account, c.env));
    await next();
    c.header("cache-control", "no-store");
    return undefined;
  });

  const api = new Hono<ConsoleEnvironment>();
  api.use("/accounts/:account/*", ofAccount, withAccount);

  for (const name of OPERATION_NAMES) {
    const operation: Operation = OPERATIONS[name];
    const path = `/accounts/:account${operation.path}`;
    if (operation.method === "POST") {
      const maxSize = operation.limit ?? LARGEST_REQUEST;
      api.post(path, bodyLimit({ maxSize, onError: () => refuse(operation, "too_large", null) }));
    }
    api.on(operation.method, path, async (c) => {
      const input = operation.method === "GET" ? queryOf(c.req) : await bodyOf(c.req);
      const answer = input.ok ? await c.var.operations.operate(name, input.text) : { ...input, problem: null };
      if (answer.ok && answer.changed !== undefined && answer.changed > 0) {
        audit({ by: c.var.caller.name, account: c.req.param("account") ?? "", operation: name, changed: answer.changed });
      }
      if (answer.ok) return c.body(answer.value, operation.status, { "content-type": "application/json" });
      return refuse(operation, answer.refusal, answer.problem);
    });
  }

  for (const { method, path, output: _, run } of Object.values(WORKER_OPERATIONS)) {
    api.on(method, path, async (c) => {
      if (Object.keys(c.req.queries()).length > 0) return problem(400, "bad_query", NO_FILTER);
      c.header("cache-control", "no-store");
      const config = visibleTo(c.var.caller, c.var.config);
      return c.json(await run({ config, standings: standings(c, config), now: now() }));
    });
  }
  api.all("*", () => problem(404, "not_found", "The API has no such path, or not by this method."));
  return api;
}

/** A request's input as JSON text. */
type RequestInput = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly refusal: RefusalName };

/** Fields of the path and of the query, each given once. */
function queryOf(request: HonoRequest): RequestInput {
  const named = Object.entries<string>(request.param()).filter(([name]) => name !== "account");
  const filters = Object.entries(request.queries()).flatMap(([name, values]) => values.map((value) => [name, value] as const));
  const fields = [...named, ...filters];
  if (new Set(fields.map(([name]) => name)).size < fields.length) return { ok: false, refusal: "malformed" };
  return { ok: true, text: JSON.stringify(Object.fromEntries(fields)) };
}

/** A page of another origin cannot send `application/json` unless a preflight allows it, and none is answered. */
async function bodyOf(request: HonoRequest): Promise<RequestInput> {
  if (request.header("content-type") !== "application/json") return { ok: false, refusal: "not_json" };
  return { ok: true, text: await request.text().catch(() => "") };
}

/** The answer to a refused request. It names what is accepted, never what was sent. @param cause replaces the answer of the table */
function refuse(operation: Operation, refusal: RefusalName, cause: string | null): Response {
  const { status, error, message } = answerTo(operation, refusal, cause);
  return problem(status, error, message, refusal === "compacting" ? { "retry-after": "30" } : {});
}
