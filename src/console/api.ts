/**
 * The JSON API for operators: a route for each operation of the tables. Who may call it is the app's to say.
 */
import type { Context, HonoRequest } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { Hono } from "hono/tiny";
import type { Operation, RefusalName } from "../account/operation.ts";
import { type AccountOperations, type AccountRemoval, OPERATION_NAMES, OPERATIONS } from "../account/operations.ts";
import { findAccount } from "../config/account.ts";
import type { AccountPlace, Config } from "../config/model.ts";
import { textOf, valueAt } from "../config/schema.ts";
import { homeOf } from "../config/shards.ts";
import type { AuditEntry } from "../ingest/log.ts";
import { ofAccount, ofWorker, visibleTo } from "./access.ts";
import { DIRECTORY_OPERATION_NAMES, DIRECTORY_OPERATIONS } from "./directory/operations.ts";
import type { DirectoryRefusal } from "./directory/result.ts";
import type { ConsoleEnvironment } from "./environment.ts";
import { problem } from "./problem.ts";
import type { StandingsOf } from "./readiness.ts";
import { answerTo, LARGEST_REQUEST, NO_FILTER, REFUSAL_STATUS } from "./refusals.ts";
import { WORKER_OPERATIONS } from "./worker-operations.ts";

/** What the API needs of the Worker. */
export interface ApiTools {
  /** The object of an account. */
  operationsOf(account: AccountPlace, env: Record<string, unknown>): AccountOperations & AccountRemoval;
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
    c.set("account", found.account);
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
      const { account } = c.var;
      // What is imported goes where the webhooks of its source go.
      const goesTo =
        name === "webhooks.import" && account.shards.size > 0 && input.ok ? homeOf(account, sourceIn(input.text)) : account;
      const answer = input.ok ? await operationsOf(goesTo, c.env).operate(name, input.text) : { ...input, problem: null };
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
      const config = await visibleTo(c.var.caller, c.var.config);
      return c.json(await run({ config, standings: standings(c, config), now: now() }));
    });
  }
  for (const name of DIRECTORY_OPERATION_NAMES) {
    const { method, path } = DIRECTORY_OPERATIONS[name];
    if (method === "POST") api.post(path, bodyLimit({ maxSize: LARGEST_REQUEST, onError: tooLarge }));
    api.on(method, path, ofWorker, async (c) => {
      const input = method === "GET" ? queryOf(c.req) : await bodyOf(c.req);
      if (!input.ok) return problem(REFUSAL_STATUS[input.refusal], input.refusal, method === "GET" ? NO_FILTER : NOT_JSON);
      // What only operators of a directory need is loaded when one asks.
      const { performOnDirectory } = await import("./directory/perform.ts");
      const result = await performOnDirectory(name, jsonOf(input.text), {
        config: c.var.config,
        operationsOf: (place) => operationsOf(place, c.env),
        now,
      });
      if (!result.ok) return refusedChange(result);
      c.header("cache-control", "no-store");
      if (method === "POST") audit({ by: c.var.caller.name, account: accountIn(input.text), operation: name, changed: 1 });
      return c.json(result.value);
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

const NOT_JSON = "Send application/json.";

function tooLarge(): Response {
  return problem(413, "too_large", `Send at most ${LARGEST_REQUEST} bytes.`);
}

/** The answer to a refused change of the directory, with everything that is wrong with an account. */
function refusedChange({ answer: { status, error, message }, findings }: DirectoryRefusal): Response {
  return problem(status, error, message, {}, findings === undefined ? {} : { findings });
}

/** The source that a body names; empty where it names none. */
function sourceIn(text: string): string {
  return textOf(valueAt(jsonOf(text), ["source"]));
}

/** The account that a body names; empty where it names none, or several. */
function accountIn(text: string): string {
  return textOf(valueAt(jsonOf(text), ["name"]));
}

/** `undefined`, which no schema takes, where the text is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
