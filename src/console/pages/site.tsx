/**
 * The console: pages on which operators see and act, made on the server. They use the operations of the API.
 */

import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { secureHeaders } from "hono/secure-headers";
import { Hono } from "hono/tiny";
import type { AccountOperations, AccountRemoval } from "../../account/operations.ts";
import type { AccountWatch } from "../../account/watchers.ts";
import { findAccount } from "../../config/account.ts";
import type { AccountPlace, Config } from "../../config/model.ts";
import { isSecret } from "../../contract/verify/equality.ts";
import type { AuditEntry } from "../../ingest/log.ts";
import { type AccessContext, isByAccess, isOpen, personOf } from "../access.ts";
import type { StandingsOf } from "../readiness.ts";
import { LARGEST_REQUEST } from "../refusals.ts";
import { beginSession, isSession, SESSION_SECONDS } from "../session.ts";
import { listAccounts } from "../worker-operations.ts";
import { SCRIPT, STYLE } from "./assets.ts";
import { type Frame, Layout } from "./layout.tsx";
import { overviewView } from "./overview.tsx";
import { refusalView } from "./parts.tsx";
import { FORMS, ROOMS } from "./rooms.ts";
import { signInView } from "./sign-in.tsx";
import { asking, type ComposerPages, type Room, type Shown, type View } from "./view.ts";

/** What the console needs of the Worker. */
export interface ConsoleTools {
  readonly config: Config;
  /** The object of an account. */
  operationsOf(account: AccountPlace): AccountOperations & AccountRemoval & AccountWatch;
  /** How the accounts are doing. */
  readonly standings: StandingsOf;
  /** Milliseconds since 1970. */
  now(): number;
  /** Logs what an operator changed. */
  audit(entry: AuditEntry): void;
  /** What Cloudflare Access says of the request; `null` if it did not let it through. */
  readonly access: AccessContext | null;
  /** The page that sends samples; `null` where there is none. */
  readonly composer: ComposerPages | null;
  /** Called where a token is wrong. */
  refuse(): Promise<void>;
}

/** The cookie of a session; the browser sees it as `__Host-tributary`. */
const COOKIE = "tributary";

/** Nothing but the Worker's own stylesheet and script; a form leads nowhere else; no other page may show these. */
const withHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    scriptSrc: ["'self'"],
    imgSrc: ["data:"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  xFrameOptions: "DENY",
  // Under the default, no-referrer, browsers send forms with "Origin: null".
  // @see https://fetch.spec.whatwg.org/#append-a-request-origin-header
  referrerPolicy: "same-origin",
});

/** Answers a request for a page below `/console`. */
export async function serveConsole(request: Request, tools: ConsoleTools): Promise<Response> {
  return siteOf(tools).fetch(request);
}

function siteOf(tools: ConsoleTools): Hono {
  const { config, now, composer } = tools;
  const access = isByAccess(config, tools.access) ? tools.access : null;
  const signsOutBy = access === null ? "form" : "access";
  const site = new Hono().basePath("/console");
  site.use(withHeaders);
  site.use(async (c, next) => {
    await next();
    if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
  });
  site.get("/style.css", (c) => c.body(STYLE, 200, asset("text/css")));
  site.get("/script.js", (c) => c.body(SCRIPT, 200, asset("text/javascript")));

  const frameOf = (c: Context, account: string | null, page: string): Frame => ({
    accounts: [...config.accounts.keys()],
    account,
    page,
    signOut: isOpen(config, c.req.raw) ? "none" : signsOutBy,
  });
  const stranger: Frame = { accounts: [], account: null, page: "", signOut: "none" };
  const operatorOf = async (c: Context): Promise<string> => {
    if (isOpen(config, c.req.raw)) return "local";
    if (access === null) return "ADMIN_TOKEN";
    // Who it is matters to the audit alone: a page that only shows something does not wait for it.
    return c.req.method === "POST" ? personOf(access) : "access";
  };

  // Other origins can send forms here, and the browser adds what it knows: each request that changes something says whose page it is from.
  site.use(async (c, next) => {
    const isSafe = ["GET", "HEAD"].includes(c.req.method);
    return isSafe || isOwnOrigin(c.req.raw, config) ? next() : show(c, refusalView(FOREIGN), stranger);
  });
  site.use(bodyLimit({ maxSize: LARGEST_REQUEST, onError: (c) => show(c, refusalView(TOO_LARGE), stranger) }));

  site.post("/sign-in", async (c) => {
    const { adminToken } = config;
    const token = (await formOf(c)).get("token") ?? "";
    if (adminToken === null || !(await isSecret(token, [adminToken]))) {
      await tools.refuse();
      return show(c, signInView(true, adminToken === null), stranger);
    }
    const session = await beginSession(adminToken, now());
    setCookie(c, COOKIE, session, {
      prefix: "host",
      httpOnly: true,
      sameSite: "Strict",
      maxAge: SESSION_SECONDS,
      ...HOST_COOKIE,
    });
    return c.redirect("/console", 303);
  });
  site.post("/sign-out", (c) => {
    deleteCookie(c, COOKIE, { prefix: "host", ...HOST_COOKIE });
    return c.redirect("/console", 303);
  });
  site.use(async (c, next) => {
    const { adminToken } = config;
    if (isOpen(config, c.req.raw) || access !== null) return next();
    if (adminToken !== null && (await isSession(getCookie(c, COOKIE, "host") ?? "", adminToken, now()))) return next();
    return show(c, signInView(false, adminToken === null), stranger);
  });

  site.get("/", async (c) => {
    const { accounts } = await listAccounts.run({ config, standings: tools.standings, now: now() });
    const standings = await Promise.all(
      accounts.map(async (account) => {
        const found = await findAccount(config, account.name);
        // An object that does not answer in time is not asked for more.
        if (!found?.ok || account.pending === null) return { account, sources: null, minutes: null };
        const ask = asking(tools.operationsOf(found.account), () => undefined);
        const [sources, minutes] = await Promise.all([ask("sources", {}), ask("minutes", {})]);
        return {
          account,
          sources: sources.ok ? sources.value.sources : null,
          minutes: minutes.ok ? minutes.value.minutes : null,
        };
      }),
    );
    return show(c, overviewView(config, standings, originOf(c.req.raw)), frameOf(c, null, ""));
  });

  // Not a page: a socket that says when something changed. What changed is on the pages. Browsers let pages of other origins open sockets.
  site.get("/:account/live", async (c) => {
    const found = await findAccount(config, c.req.param("account"));
    if (!found?.ok || c.req.header("upgrade") !== "websocket") return show(c, refusalView(NO_PAGE), frameOf(c, null, ""));
    if (!isOwnOrigin(c.req.raw, config)) return show(c, refusalView(FOREIGN), stranger);
    const { status, webSocket } = await tools.operationsOf(found.account).watch();
    // An answer of which the headers can be set.
    return new Response(null, { status, webSocket });
  });

  const visit = (rooms: ReadonlyMap<string, Room>) => async (c: Context) => {
    const [account = "", page = ""] = [c.req.param("account"), c.req.param("page")];
    const room = rooms.get(page) ?? (page === "composer" ? composer?.[rooms === ROOMS ? "show" : "send"] : undefined);
    const found = room === undefined ? null : await findAccount(config, account);
    if (room === undefined || found === null) return show(c, refusalView(NO_PAGE), frameOf(c, null, ""));
    const frame = frameOf(c, account, page);
    const by = await operatorOf(c);
    if (!found.ok) return show(c, refusalView({ status: 503, message: found.problem }), frame);
    const shown = await room({
      account,
      query: new URL(c.req.url).searchParams,
      form: c.req.method === "POST" ? await formOf(c) : new URLSearchParams(),
      origin: originOf(c.req.raw),
      composes: composer !== null,
      ask: asking(tools.operationsOf(found.account), (operation, changed) => tools.audit({ by, account, operation, changed })),
    });
    return show(c, shown, frame);
  };
  // No account has this name, so none is hidden by it.
  site.on(["GET", "POST"], "/-/accounts", async (c) => {
    const { directoryPage } = await import("./directory.tsx");
    const by = await operatorOf(c);
    const shown = await directoryPage({
      query: new URL(c.req.url).searchParams,
      form: c.req.method === "POST" ? await formOf(c) : null,
      origin: originOf(c.req.raw),
      config,
      operationsOf: tools.operationsOf,
      now,
      audit: (account, operation) => tools.audit({ by, account, operation, changed: 1 }),
    });
    return show(c, shown, frameOf(c, null, ""));
  });
  site.get("/:account/:page", visit(ROOMS));
  site.post("/:account/:page", visit(FORMS));

  site.notFound((c) => show(c, refusalView(NO_PAGE), frameOf(c, null, "")));
  site.onError((error) => {
    throw error;
  });
  return site;
}

const HOST_COOKIE = { secure: true, path: "/" } as const;

const NO_PAGE = { status: 404, message: "There is no such page." } as const;

const FOREIGN = { status: 403, message: "This was not sent by a page of this Worker." } as const;

const TOO_LARGE = { status: 413, message: `Send at most ${LARGEST_REQUEST} bytes.` } as const;

function asset(type: string): Record<string, string> {
  return { "content-type": `${type}; charset=utf-8`, "cache-control": "max-age=300" };
}

async function show(c: Context, shown: Shown, frame: Frame): Promise<Response> {
  if (shown instanceof Response) return shown;
  if ("location" in shown) return c.redirect(shown.location, 303);
  const view: View = shown;
  const page = await (<Layout view={view} frame={frame} />);
  return c.html(`<!doctype html>${page}`, view.status ?? 200);
}

async function formOf(c: Context): Promise<URLSearchParams> {
  const isForm = (c.req.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded");
  return new URLSearchParams(isForm ? new TextDecoder().decode(await c.req.arrayBuffer()) : "");
}

/** Whether a page of this Worker sent the request. Behind a proxy that ends TLS only the host is known. */
function isOwnOrigin(request: Request, { runtime }: Config): boolean {
  const origin = request.headers.get("origin");
  if (origin === null || !URL.canParse(origin)) return false;
  const [from, to] = [new URL(origin), new URL(request.url)];
  return runtime === "cloudflare" ? from.origin === to.origin : from.host === to.host;
}

/** The address of the Worker as the operator reaches it. */
function originOf(request: Request): string {
  return new URL(request.url).origin;
}
