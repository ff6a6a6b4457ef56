/**
 * The head of a request, as verifiers read it.
 */
import type { Source } from "../config/model.ts";
import type { RequestHead } from "../contract/verify/verifier.ts";

/** What the path of a request names, decoded. */
export interface Route {
  readonly account: string;
  readonly source: string;
  readonly token: string | null;
}

/** `/hooks/<account>/<source>/<token>` of a URL, the token only where there is one. A final slash is easily added when a URL is copied. */
const HOOK = /^[a-z]+:\/\/[^/?#]*\/hooks\/([^/?#]+)\/([^/?#]+)(?:\/([^/?#]+))?\/?(?:[?#]|$)/;

/** What the path of a URL names, if it is one for webhooks; otherwise `null`. */
export function routeOf(url: string): Route | null {
  const [, account, source, token = null] = HOOK.exec(url) ?? [];
  if (account === undefined || source === undefined) return null;
  return { account: decoded(account), source: decoded(source), token: token === null ? null : decoded(token) };
}

function decoded(text: string): string {
  try {
    return text.includes("%") ? decodeURIComponent(text) : text;
  } catch {
    return text;
  }
}

/** The configured URL, with the token, and with a final slash if the vendor sends one. */
function signedUrl(publicUrl: string, { url: sent }: Request, token: string | null): string {
  const { pathname } = new URL(sent);
  const path = pathname.replace(/\/$/, "");
  const url = token === null ? publicUrl : publicUrl.replace(/\/$/, "") + path.slice(path.lastIndexOf("/"));
  return pathname.endsWith("/") && !url.endsWith("/") ? `${url}/` : url;
}

/** Of a request without a query. Nobody writes to a request's query. */
const NO_QUERY = new URLSearchParams();

/** Reads the head of a request. Its URL is the configured one, with the token and query as they were sent. */
export function headOf(request: Request, { token }: Route, { publicUrl }: Source): RequestHead {
  // The query byte for byte: parsing changes the encoding of some characters. The `Host` header is not used.
  const [address = ""] = request.url.split("#", 1);
  const query = address.includes("?") ? address.slice(address.indexOf("?")) : "";
  return {
    method: request.method,
    url: publicUrl === null ? "" : signedUrl(publicUrl, request, token) + query,
    headers: request.headers,
    query: query === "" ? NO_QUERY : new URLSearchParams(query),
    pathToken: token,
  };
}

/** The length that a request declares for its body, bytes; 0 if it declares none. */
export function declaredLength(request: Request): number {
  return Number(request.headers.get("content-length")) || 0;
}
