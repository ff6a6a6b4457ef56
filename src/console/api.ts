/**
 * The JSON API for operating accounts: how they are doing, and their dead letters. Who may call it is the app's to say.
 */
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import * as z from "zod";
import { deadQuery } from "../account/dead.ts";
import type { AccountOperations } from "../account/rpc.ts";
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
  return api;
}

const BAD_QUERY = {
  error: "bad_query",
  message: "Send application/json with any of: numbers, source, type, reason, since, before (milliseconds since 1970), text.",
};
