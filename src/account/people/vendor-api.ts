/**
 * Requests to vendors' APIs: https, only to hosts that the adapter declares, never to a host from a request or an answer.
 */
import type { VendorApi } from "../../config/model.ts";
import type { RemoteRequest } from "../../contract/remote.ts";
import { concat } from "../state/store.ts";

/** The platform's `fetch`, or a test's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Limits of one answer. */
export interface VendorLimits {
  /** Bytes. */
  readonly largest: number;
  /** For the whole answer, milliseconds. */
  readonly timeout: number;
}

/** The result of a request. */
export type VendorAnswer =
  | { readonly kind: "answer"; readonly body: unknown }
  /** The vendor has no such record. */
  | { readonly kind: "nothing" }
  /** The vendor refused the key: the operator must act. */
  | { readonly kind: "refused"; readonly status: number }
  /** No answer, or one that is late, too large, or unreadable. */
  | { readonly kind: "failed"; readonly status: number | null };

/** Makes a request that an adapter declared. Never throws. */
export async function askVendor(
  { host, path, headers }: RemoteRequest,
  api: VendorApi,
  { largest, timeout }: VendorLimits,
  fetch: Fetch,
): Promise<VendorAnswer> {
  const name = api.hosts.get(host);
  const url = `https://${name}${path}`;
  // An id in the path must not lead to another host.
  if (name === undefined || !path.startsWith("/") || !URL.canParse(url) || new URL(url).host !== name) {
    return { kind: "failed", status: null };
  }
  try {
    const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(timeout) });
    const { status } = response;
    const body = status === 200 ? await readBody(response, largest) : null;
    if (body !== null) return { kind: "answer", body: JSON.parse(body) };
    await response.body?.cancel();
    if (status === 404 || status === 410) return { kind: "nothing" };
    return status === 401 || status === 403 ? { kind: "refused", status } : { kind: "failed", status };
  } catch {
    return { kind: "failed", status: null };
  }
}

/** The body as text; `null` if it is too large. */
async function readBody(response: Response, largest: number): Promise<string | null> {
  if (response.body === null) return null;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  // Ending the loop early cancels the rest.
  for await (const part of response.body) {
    size += part.byteLength;
    if (size > largest) return null;
    parts.push(part);
  }
  return new TextDecoder().decode(concat(parts));
}
