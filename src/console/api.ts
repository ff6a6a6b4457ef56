/**
 * The JSON API for operating accounts: how they are doing, their dead letters, their identity book. Who may call it is the app's to say.
 */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import * as z from "zod";
import { deadQuery } from "../account/dead.ts";
import { eraseRequest } from "../account/erase.ts";
import type { AccountOperations } from "../account/rpc.ts";
import { MOST_ROWS } from "../account/seed.ts";
import { type Account, type Config, findAccount } from "../config.ts";
import { encode } from "../contract/verify/encoding.ts";

/** What the API needs of the app that it is mounted in. */
export interface ConsoleEnvironment {
  Bindings: Record<string, unknown>;
  Variables: { config: Config; operations: AccountOperations };
}

const number = z.coerce.number().pipe(z.int().nonnegative());

const search = z.object({
  source: z.string().optional(),
  type: z.string().optional(),
  reason: z.string().optional(),
  since: z.coerce.number().optional(),
  before: z.coerce.number().optional(),
  text: z.string().optional(),
});

const seedRequest = z.strictObject({ rows: z.array(z.unknown()).min(1).max(MOST_ROWS) });
const pullRequest = z.strictObject({ source: z.string(), page: z.string().max(500).nullable() });
const exportPlace = z.union([
  z.literal(""),
  z
    .string()
    .max(500)
    .regex(/^(people|addresses)\//),
]);

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

  api.get("/accounts/:account/health", async (c) => c.json(await c.var.operations.health()));

  api.get("/accounts/:account/dead", async (c) => {
    const after = number.safeParse(c.req.query("after") ?? "0");
    const query = deadQuery.safeParse(search.safeParse(c.req.query()).data);
    if (!after.success || !query.success) return c.json(BAD_QUERY, 400);
    return c.json(await c.var.operations.findDead(query.data, after.data));
  });

  api.get("/accounts/:account/dead/:number", async (c) => {
    const wanted = number.safeParse(c.req.param("number"));
    const found = wanted.success ? await c.var.operations.showDead(wanted.data) : null;
    if (found === null) return c.json({ error: "not_found", message: "There is no dead letter of this number." }, 404);
    const { body, ...rest } = found;
    return c.json({ ...rest, body: encode(body, "base64") });
  });

  for (const action of ["replay", "discard"] as const) {
    api.post(`/accounts/:account/dead/${action}`, async (c) => {
      // A page of another origin cannot send this type without being asked for permission first, which nobody gives.
      if (c.req.header("content-type") !== "application/json") return c.json(BAD_QUERY, 415);
      const query = deadQuery.safeParse(await c.req.json().catch(() => null));
      if (!query.success) return c.json(BAD_QUERY, 400);
      const { operations } = c.var;
      const moved = action === "replay" ? await operations.replayDead(query.data) : await operations.discardDead(query.data);
      return c.json({ moved });
    });
  }

  api.get("/accounts/:account/identities", async (c) => {
    const after = exportPlace.safeParse(c.req.query("after") ?? "");
    if (!after.success) return c.json({ error: "bad_query", message: "after: take it from the page before" }, 400);
    return c.json(await c.var.operations.exportIdentities(after.data));
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

  api.get("/accounts/:account/erase", async (c) => c.json(await c.var.operations.erasing()));

  api.post("/accounts/:account/erase", async (c) => {
    if (c.req.header("content-type") !== "application/json") return c.json(BAD_ERASURE, 415);
    const request = eraseRequest.safeParse(await c.req.json().catch(() => null));
    if (!request.success) return c.json(BAD_ERASURE, 400);
    return c.json(await c.var.operations.erase(request.data), 202);
  });

  api.post("/accounts/:account/compact", async (c) => {
    if (c.req.header("content-type") !== "application/json") return c.json(BAD_COMPACTION, 415);
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

/** Bytes of one request that fills the book. */
const LARGEST_SEED = 2 * 1024 * 1024;

const BAD_ROWS = {
  error: "bad_rows",
  message: `Send application/json of 2 MB at most: { "rows": [ … ] }, 1 to ${MOST_ROWS} objects with source or vendor, kind, id, email, user_id, trust, at.`,
};

const BAD_QUERY = {
  error: "bad_query",
  message: "Send application/json with any of: numbers, source, type, reason, since, before (milliseconds since 1970), text.",
};
