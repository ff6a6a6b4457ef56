/**
 * Who may ask for what: the operator's routes are closed to whoever has no token, and a token of an account opens that account alone.
 */
import type { Context } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { findAccount } from "../config/account.ts";
import type { Config } from "../config/model.ts";
import { isWithin, withShards } from "../config/shards.ts";
import { isSecret } from "../contract/verify/equality.ts";
import { isForwarded } from "../ingest/loopback.ts";
import type { Caller, ConsoleEnvironment } from "./environment.ts";
import { problem } from "./problem.ts";

/** The answer to a request without a token, or with a wrong one. */
export const UNAUTHORIZED = {
  error: "unauthorized",
  message: "Send the ADMIN_TOKEN of this Worker, or a token of the account, as a Bearer token.",
};

const LOCAL: Caller = { name: "local", account: null, scope: "operate" };

const refusal = { message: UNAUTHORIZED };

const withToken = bearerAuth({
  verifyToken: async (token, c: Context<ConsoleEnvironment>) => {
    const caller = await callerOf(token, c.var.config);
    if (caller !== null) c.set("caller", caller);
    return caller !== null;
  },
  noAuthenticationHeader: refusal,
  invalidAuthenticationHeader: refusal,
  invalidToken: refusal,
});

/** Whose token it is: all are compared, each in constant time; those of the directory by their hashes. */
async function callerOf(token: string, { adminToken, tokens, directory }: Config): Promise<Caller | null> {
  const admin = adminToken === null ? [] : [{ name: "ADMIN_TOKEN", account: null, scope: "operate", value: adminToken } as const];
  const known = [...admin, ...tokens];
  const answers = await Promise.all(known.map(({ value }) => isSecret(token, [value])));
  const found = known[answers.indexOf(true)];
  if (found !== undefined) return { name: found.name, account: found.account, scope: found.scope };
  return directory === null ? null : directory.callerOf(token);
}

/** Whether operators need no token: a local run that has none is open to this machine, but not to requests that a tunnel forwards. */
export function isOpen({ asksForToken }: Config, request: Request): boolean {
  return !asksForToken && !isForwarded(request);
}

/** What the platform says of a request that Cloudflare Access let through. No header of a request can say it. */
export interface AccessContext {
  /** The Audience tag of the application that it was let through for. */
  readonly aud: string;
  /** Who it was; `undefined` where no person signed in. */
  getIdentity(): Promise<{ readonly user_uuid?: unknown } | undefined>;
}

/** Whether Cloudflare Access let the request through, for the application that the configuration names. */
export function isByAccess({ accessAudience }: Config, access: AccessContext | null): boolean {
  return accessAudience !== null && access !== null && access.aud === accessAudience;
}

/** The person for the audit: the id that Access has for them, never a name or an address. `access` if it has none, or does not say. */
export async function personOf(access: AccessContext): Promise<string> {
  const identity = await access.getIdentity().catch(() => undefined);
  const id = typeof identity?.user_uuid === "string" ? identity.user_uuid : "";
  return PERSON_ID.test(id) ? `access:${id}` : "access";
}

const PERSON_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Requires any token, unless the run is open. */
export const operatorsOnly = createMiddleware<ConsoleEnvironment>((c, next) => {
  if (!isOpen(c.var.config, c.req.raw)) return withToken(c, next);
  c.set("caller", LOCAL);
  return next();
});

/** Requires, after `operatorsOnly`, a token that opens the Worker as a whole. */
export const ofWorker = createMiddleware<ConsoleEnvironment>(async (c, next) => {
  if (c.var.caller.account !== null) throw forbidden("This needs the ADMIN_TOKEN: it concerns all accounts.");
  await next();
});

/** Requires, after `operatorsOnly`, a token that opens the account of the path, and for everything but reading one that may operate it. */
export const ofAccount = createMiddleware<ConsoleEnvironment, "/accounts/:account/*">(async (c, next) => {
  const detail = obstacle(c.var.caller, c.req.param("account"), ["GET", "HEAD"].includes(c.req.method));
  if (detail !== null) throw forbidden(detail);
  await next();
});

/** Why a caller may not read or change an account, for people; `null` if it may. Whether another account exists is not told. */
export function obstacle({ account, scope }: Caller, wanted: string, isReading: boolean): string | null {
  if (account !== null && !isWithin(account, wanted)) return "This token opens another account.";
  if (isReading || scope === "operate") return null;
  return "This token only reads. Use the account's token that may operate it, or the ADMIN_TOKEN.";
}

/** The configuration as far as a caller may see it: for the token of an account, that account alone. */
export async function visibleTo({ account }: Caller, config: Config): Promise<Config> {
  if (account === null) return config;
  const found = await findAccount(config, account);
  return { ...config, accounts: new Map(found === null ? [] : withShards(account, found)) };
}

function forbidden(detail: string): HTTPException {
  return new HTTPException(403, { res: problem(403, "forbidden", detail) });
}
