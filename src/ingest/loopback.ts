/**
 * Requests that reached a local run from this machine, under a name that no one else can own: a page of the web whose name was pointed here
 * (DNS rebinding) still sends its own name.
 */

/** 127.0.0.0/8, ::1 and localhost, with any port. */
const LOOPBACK = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)(:\d{1,5})?$/i;

/** Added by proxies and tunnels: whoever sent the request is elsewhere. */
const FORWARDED = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "cf-connecting-ip"];

/** Is every name under which the request asks for us a loopback host: its URL's, and that of its `Host` header where it has one? */
export function isForLoopback(request: Request): boolean {
  const { host, username, password } = new URL(request.url);
  return [host, request.headers.get("host") ?? host].every((name) => LOOPBACK.test(name)) && username + password === "";
}

/** Does a header say that the request was passed on? */
export function isForwarded(request: Request): boolean {
  return FORWARDED.some((name) => request.headers.has(name));
}
