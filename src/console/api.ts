/**
 * The JSON API for operating accounts: a route for each operation of the table. Who may call it is the app's to say.
 */
import type { HonoRequest } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { Hono } from "hono/tiny";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Operation, Refusal, RefusalName } from "../account/operation.ts";
import { type AccountOperations, OPERATION_NAMES, OPERATIONS } from "../account/operations.ts";
import { findAccount } from "../config/account.ts";
import type { Account, Config } from "../config/model.ts";

/** What the API needs of the app that it is mounted in. */
export interface ConsoleEnvironment {
  Bindings: Record<string, unknown>;
  Variables: { config: Config; operations: AccountOperations };
}

/** Bytes of a request, unless its operation takes more. */
const LARGEST_REQUEST = 64 * 1024;

const STATUS: Readonly<Record<RefusalName, ContentfulStatusCode>> = {
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

/** Routes below `/accounts/:account`. @param operationsOf the object of an account */
export function createConsoleApi(
  operationsOf: (account: Account, env: Record<string, unknown>) => AccountOperations,
): Hono<ConsoleEnvironment> {
  const withAccount = createMiddleware<ConsoleEnvironment, "/accounts/:account/*">(async (c, next) => {
    const found = await findAccount(c.var.config, c.req.param("account"));
    if (found === null) return c.json({ error: "not_found", message: "There is no such account." }, 404);
    if (!found.ok) return c.json({ error: "unusable", message: found.problem }, 503);
    c.set("operations", operationsOf(found.account, c.env));
    await next();
    c.header("cache-control", "no-store");
    return undefined;
  });

  const api = new Hono<ConsoleEnvironment>();
  api.use("/accounts/:account/*", withAccount);

  for (const name of OPERATION_NAMES) {
    const operation: Operation = OPERATIONS[name];
    const path = `/accounts/:account${operation.path}`;
    if (operation.method === "POST") {
      const maxSize = operation.limit ?? LARGEST_REQUEST;
      api.post(path, bodyLimit({ maxSize, onError: (c) => c.json(answerTo(operation, "too_large"), STATUS.too_large) }));
    }
    api.on(operation.method, path, async (c) => {
      const input = operation.method === "GET" ? queryOf(c.req) : await bodyOf(c.req);
      const answer = input.ok ? await c.var.operations.operate(name, input.text) : { ...input, problem: null };
      if (answer.ok) return c.body(answer.value, operation.status, { "content-type": "application/json" });
      const { refusal, problem } = answer;
      if (refusal === "compacting") c.header("retry-after", "30");
      return c.json(problem === null ? answerTo(operation, refusal) : { problem }, STATUS[refusal]);
    });
  }
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

/** The answer to a refused request. It names what is accepted, never what was sent. */
function answerTo(operation: Operation, refusal: RefusalName): Refusal {
  if (refusal === "compacting") return COMPACTING;
  const { refusals, limit = LARGEST_REQUEST } = operation;
  if (refusal === "too_large") return refusals.too_large ?? { error: "too_large", message: `Send at most ${limit} bytes.` };
  return refusals[refusal] ?? refusals.malformed ?? badQuery(operation);
}

function badQuery({ input, path }: Operation): Refusal {
  const known = Object.keys(input.shape).filter((name) => !path.split("/").includes(`:${name}`));
  return {
    error: "bad_query",
    message: known.length === 0 ? "No filter is known here." : `Each at most once: ${known.join(", ")}.`,
  };
}
