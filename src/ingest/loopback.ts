/**
 * Recognises requests to a loopback host. A web page whose name was pointed to this machine (DNS rebinding) still sends its own name.
 */

/** 127.0.0.0/8, ::1 and localhost, with any port. */
const LOOPBACK = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)(:\d{1,5})?$/i;

/** Headers of proxies and tunnels: the sender is on another machine. */
const FORWARDED = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-forwarded-server",
  "x-real-ip",
  "true-client-ip",
  "cf-connecting-ip",
];

/** Whether the host of the URL, which must be valid, and of the `Host` header, if there is one, are loopback hosts. */
export function isForLoopback(request: Request): boolean {
  const { host, username, password } = new URL(request.url);
  return [host, request.headers.get("host") ?? host].every((name) => LOOPBACK.test(name)) && username + password === "";
}

/** Whether a header says that a proxy or tunnel forwarded the request. One that adds none of these headers cannot be recognised. */
export function isForwarded(request: Request): boolean {
  return FORWARDED.some((name) => request.headers.has(name));
}
