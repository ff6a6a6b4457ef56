/**
 * Who may ask for what: the operator's routes are closed to whoever has no token.
 */
import type { Context } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { createMiddleware } from "hono/factory";
import { isSecret } from "../contract/verify/equality.ts";
import { isForwarded } from "../ingest/loopback.ts";
import type { ConsoleEnvironment } from "./api.ts";

/** Who asks. */
export interface Caller {
  /** The variable of the token; `local` for a local run without one. */
  readonly name: string;
}

/** The answer to a request without a token, or with a wrong one. */
export const UNAUTHORIZED = {
  error: "unauthorized",
  message: "Send the ADMIN_TOKEN of this Worker as a Bearer token.",
};

const refusal = { message: UNAUTHORIZED };

const withToken = bearerAuth({
  verifyToken: async (token, c: Context<ConsoleEnvironment>) => {
    const { adminToken } = c.var.config;
    c.set("caller", { name: "ADMIN_TOKEN" });
    return isSecret(token, adminToken === null ? [] : [adminToken]);
  },
  noAuthenticationHeader: refusal,
  invalidAuthenticationHeader: refusal,
  invalidToken: refusal,
});

/** Requires a token. A local run is open to this machine, but not to requests that a tunnel forwards. */
export const operatorsOnly = createMiddleware<ConsoleEnvironment>((c, next) => {
  const isOpen = c.var.config.runtime === "local" && !isForwarded(c.req.raw);
  if (!isOpen) return withToken(c, next);
  c.set("caller", { name: "local" });
  return next();
});
