/**
 * The JSON API for operators: a route for each operation of the tables. Who may call it is the app's to say.
 */
import type { Context, HonoRequest } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { Hono } from "hono/tiny";
import type { Operation, Refusal, RefusalName } from "../account/operation.ts";
import { type AccountOperations, OPERATION_NAMES, OPERATIONS } from "../account/operations.ts";
import { findAccount } from "../config/account.ts";
import type { Account, Config } from "../config/model.ts";
import type { AuditEntry } from "../ingest/log.ts";
import { ofAccount, visibleTo } from "./access.ts";
import type { ConsoleEnvironment } from "./environment.ts";
import { problem } from "./problem.ts";
import type { StandingsOf } from "./readiness.ts";
import { WORKER_OPERATIONS } from "./worker-operations.ts";

/** Bytes of a request, unless its operation takes more. */
const LARGEST_REQUEST = 64 * 1024;

/** The status of each refusal. */
export const REFUSAL_STATUS: Readonly<Record<RefusalName, number>> = {
  malformed: 400,
  absent: 404,
  conflict: 409,
  too_large: 413,
  not_json: 415,
  unusable: 503,
  compacting: 503,
};

const COMPACTING = {
  error: "compacting",
  message: "The account's database moves into a new file; vendors are asked to send again. Ask again in a minute.",
};

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
  const { error, message } = answerTo(operation, refusal, cause);
  return problem(REFUSAL_STATUS[refusal], error, message, refusal === "compacting" ? { "retry-after": "30" } : {});
}

/** What a refusal is called, and what to do about it. @param cause replaces the answer of the table */
export function answerTo(
  operation: Operation,
  refusal: RefusalName,
  cause: string | null,
): { readonly error: string; readonly message: string } {
  if (cause !== null) return { error: refusal, message: cause };
  if (refusal === "compacting") return COMPACTING;
  const { refusals, limit = LARGEST_REQUEST } = operation;
  if (refusal === "too_large")
    return named(refusals.too_large) ?? { error: "too_large", message: `Send at most ${limit} bytes.` };
  return named(refusals[refusal]) ?? named(refusals.malformed) ?? badQuery(operation);
}

/** A refusal whose answer the table has; `null` where only the account knows the cause. */
function named(refusal: Refusal | undefined): { readonly error: string; readonly message: string } | null {
  return refusal === undefined || "problem" in refusal ? null : refusal;
}

const NO_FILTER = "No filter is known here.";

function badQuery({ input, path }: Operation): { readonly error: string; readonly message: string } {
  const known = Object.keys(input.shape).filter((name) => !path.split("/").includes(`:${name}`));
  return { error: "bad_query", message: known.length === 0 ? NO_FILTER : `Each at most once: ${known.join(", ")}.` };
}
