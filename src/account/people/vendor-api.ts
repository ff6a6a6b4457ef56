/**
 * Requests to the vendors' own APIs: https, to hosts that the adapter declares, never to one that a request or an answer names.
 */
import type { VendorApi } from "../../config/model.ts";
import type { RemoteRequest } from "../../contract/remote.ts";
import { concat } from "../state/store.ts";

/** The platform's `fetch`, or a test's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What one answer may cost. */
export interface VendorLimits {
  /** Bytes. */
  readonly largest: number;
  /** Until the end of the body, milliseconds. */
  readonly timeout: number;
}

/** The end of asking. */
export type VendorAnswer =
  | { readonly kind: "answer"; readonly body: unknown }
  /** The vendor knows no such thing. */
  | { readonly kind: "nothing" }
  /** The vendor refused the key: a person must act. */
  | { readonly kind: "refused"; readonly status: number }
  /** No answer, too late, too large, or none that can be read. */
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
  // A path cannot lead to another host, whatever an id that stands in it looks like.
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

/** The whole body as text; `null` where it is larger. */
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
