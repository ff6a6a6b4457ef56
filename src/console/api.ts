/**
 * The JSON API for operating accounts: how they are doing, their dead letters, their identity book. Who may call it is the app's to say.
 */
import { Hono, type HonoRequest } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import * as z from "zod";
import { deadQuery } from "../account/dead-letters/dead-letters.ts";
import { eraseRequest } from "../account/erasure/request.ts";
import { MOST_ROWS } from "../account/people/seed.ts";
import type { AccountOperations } from "../account/rpc.ts";
import { findAccount } from "../config/account.ts";
import type { Account, Config } from "../config/model.ts";
import { encode } from "../contract/verify/encoding.ts";

/** What the API needs of the app that it is mounted in. */
export interface ConsoleEnvironment {
  Bindings: Record<string, unknown>;
  Variables: { config: Config; operations: AccountOperations };
}

/** A whole number, written as digits alone. */
const number = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** What may stand behind `?`: anything else is refused, or a misspelt filter would select everything. */
const NO_QUERY = z.strictObject({});
const deadSearch = z.strictObject({
  source: z.string().optional(),
  type: z.string().optional(),
  reason: z.string().optional(),
  since: number.optional(),
  before: number.optional(),
  text: z.string().optional(),
  after: number.default(0),
});

/** Which dead letters are moved: without any filter only where `all` says that every one is meant. */
const moveRequest = deadQuery
  .extend({ all: z.literal(true).optional() })
  .refine((query) => Object.values(query).some((filter) => filter !== undefined));

const compactRequest = z.strictObject({});
const seedRequest = z.strictObject({ rows: z.array(z.unknown()).min(1).max(MOST_ROWS) });
const pullRequest = z.strictObject({ source: z.string(), page: z.string().max(500).nullable() });
const exportSearch = z.strictObject({
  after: z
    .union([
      z.literal(""),
      z
        .string()
        .max(500)
        .regex(/^(people|addresses)\//),
    ])
    .default(""),
});

/** The query of a request; `null` where a filter is unknown, given twice, or not what it must be. */
function queryOf<Schema extends z.ZodObject>(request: HonoRequest, schema: Schema): z.output<Schema> | null {
  const given = Object.entries(request.queries());
  const query = schema.safeParse(Object.fromEntries(given.map(([name, [value]]) => [name, value])));
  return query.success && given.every(([, values]) => values.length === 1) ? query.data : null;
}

/** The answer to a query that cannot be used. It names what is known, never what was sent. */
function badQuery(schema: z.ZodObject) {
  const known = Object.keys(schema.shape).join(", ");
  return { error: "bad_query", message: known === "" ? "No filter is known here." : `Each at most once: ${known}.` };
}

/** Routes below `/accounts/:account`. @param operationsOf the object of an account */
export function createConsoleApi(
  operationsOf: (account: Account, env: Record<string, unknown>) => AccountOperations,
): Hono<ConsoleEnvironment> {
  const withAccount = createMiddleware<ConsoleEnvironment, "/accounts/:account/*">(async (c, next) => {
    const found = await findAccount(c.var.config, c.req.param("account"));
    if (found === null) return c.json({ error: "not_found", message: "There is no such account." }, 404);
    if (!found.ok) return c.json({ error: "unusable", message: found.problem }, 503);
    const operations = operationsOf(found.account, c.env);
    if (await operations.isMoving()) return c.json(COMPACTING, 503, { "retry-after": "30" });
    c.set("operations", operations);
    await next();
    c.header("cache-control", "no-store");
    return undefined;
  });

  const api = new Hono<ConsoleEnvironment>();
  api.use("/accounts/:account/*", withAccount);

  const withoutQuery = createMiddleware<ConsoleEnvironment>(async (c, next) => {
    if (queryOf(c.req, NO_QUERY) === null) return c.json(badQuery(NO_QUERY), 400);
    await next();
    return undefined;
  });

  const withLittle = bodyLimit({ maxSize: LARGEST_REQUEST, onError: (c) => c.json(TOO_LARGE, 413) });

  api.get("/accounts/:account/health", withoutQuery, async (c) => c.json(await c.var.operations.health()));

  api.get("/accounts/:account/dead", async (c) => {
    const { after = 0, ...search } = queryOf(c.req, deadSearch) ?? { after: null };
    const query = deadQuery.safeParse(search);
    if (after === null || !query.success) return c.json(badQuery(deadSearch), 400);
    return c.json(await c.var.operations.findDead(query.data, after));
  });

  api.get("/accounts/:account/dead/:number", withoutQuery, async (c) => {
    const wanted = number.safeParse(c.req.param("number"));
    const found = wanted.success ? await c.var.operations.showDead(wanted.data) : null;
    if (found === null) return c.json({ error: "not_found", message: "There is no dead letter of this number." }, 404);
    const { body, ...rest } = found;
    return c.json({ ...rest, body: encode(body, "base64") });
  });

  for (const action of ["replay", "discard"] as const) {
    api.post(`/accounts/:account/dead/${action}`, withLittle, async (c) => {
      // A page of another origin cannot send this type without being asked for permission first, which nobody gives.
      if (c.req.header("content-type") !== "application/json") return c.json(BAD_MOVE, 415);
      const request = moveRequest.safeParse(await c.req.json().catch(() => null));
      if (!request.success) return c.json(BAD_MOVE, 400);
      const { all: _, ...query } = request.data;
      const { operations } = c.var;
      const moved = action === "replay" ? await operations.replayDead(query) : await operations.discardDead(query);
      return c.json({ moved });
    });
  }

  api.get("/accounts/:account/identities", async (c) => {
    const query = queryOf(c.req, exportSearch);
    if (query === null) return c.json({ error: "bad_query", message: "after, alone: take it from the page before." }, 400);
    return c.json(await c.var.operations.exportIdentities(query.after));
  });

  const withRows = bodyLimit({ maxSize: LARGEST_SEED, onError: (c) => c.json(BAD_ROWS, 413) });
  api.post("/accounts/:account/identities", withRows, async (c) => {
    if (c.req.header("content-type") !== "application/json") return c.json(BAD_ROWS, 415);
    const request = seedRequest.safeParse(await c.req.json().catch(() => null));
    if (!request.success) return c.json(BAD_ROWS, 400);
    const answer = await c.var.operations.seedIdentities(request.data.rows);
    return answer === null ? c.json({ error: "unusable", message: "The account cannot be read." }, 503) : c.json(answer);
  });

  api.post("/accounts/:account/identities/pull", withRows, async (c) => {
    if (c.req.header("content-type") !== "application/json") return c.json(BAD_ROWS, 415);
    const request = pullRequest.safeParse(await c.req.json().catch(() => null));
    if (!request.success)
      return c.json({ error: "bad_query", message: "Send source, and page as the page before gave it." }, 400);
    const { ok, ...answer } = await c.var.operations.pullIdentities(request.data.source, request.data.page);
    return c.json(answer, ok ? 200 : 409);
  });

  api.get("/accounts/:account/erase", withoutQuery, async (c) => c.json(await c.var.operations.erasing()));

  api.post("/accounts/:account/erase", withLittle, async (c) => {
    if (c.req.header("content-type") !== "application/json") return c.json(BAD_ERASURE, 415);
    const request = eraseRequest.safeParse(await c.req.json().catch(() => null));
    if (!request.success) return c.json(BAD_ERASURE, 400);
    return c.json(await c.var.operations.erase(request.data), 202);
  });

  api.post("/accounts/:account/compact", withLittle, async (c) => {
    if (c.req.header("content-type") !== "application/json") return c.json(BAD_COMPACTION, 415);
    if (!compactRequest.safeParse(await c.req.json().catch(() => null)).success) return c.json(BAD_COMPACTION, 400);
    await c.var.operations.compact();
    return c.json({}, 202);
  });
  return api;
}

const BAD_ERASURE = {
  error: "bad_erasure",
  message:
    "Send application/json with exactly one of userId, email, id (source:kind:id), and customerio: none, delete or suppress; compact: true moves the database afterwards.",
};

const BAD_COMPACTION = { error: "bad_compaction", message: "Send application/json: {}" };

const COMPACTING = {
  error: "compacting",
  message: "The account's database moves into a new file; vendors are asked to send again. Ask again in a minute.",
};

/** Bytes of a request that holds no rows. */
const LARGEST_REQUEST = 64 * 1024;

const TOO_LARGE = { error: "too_large", message: `Send at most ${LARGEST_REQUEST} bytes.` };

/** Bytes of one request that fills the book. */
const LARGEST_SEED = 2 * 1024 * 1024;

const BAD_ROWS = {
  error: "bad_rows",
  message: `Send application/json of 2 MB at most: { "rows": [ … ] }, 1 to ${MOST_ROWS} objects with source or vendor, kind, id, email, user_id, trust, at.`,
};

const BAD_MOVE = {
  error: "bad_query",
  message:
    'Send application/json with any of: numbers, source, type, reason, since, before (milliseconds since 1970), text; or { "all": true }.',
};
