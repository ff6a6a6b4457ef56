/**
 * Sends requests to Customer.io. No other file does.
 */
import { VERSION } from "../version.ts";
import { hostOf, type Region } from "./regions.ts";

/** The answer to a request, or why there is none. The caller decides what a status means. */
export type Answer =
  | {
      readonly kind: "status";
      readonly status: number;
      /** Milliseconds until the next try, at most an hour; `null` if the API does not say. */
      readonly retryAfter: number | null;
      /** The beginning of an error's body, for an operator: at most 500 printable ASCII characters. Empty for 2xx. */
      readonly detail: string;
    }
  | { readonly kind: "network"; readonly detail: "timeout" | "connection" };

/** Sends JSON, as text or UTF-8 bytes, to a path. Never rejects. */
export type Send = (path: `/v1/${string}`, body: string | Uint8Array<ArrayBuffer>) => Promise<Answer>;

/** Options of a sender. */
export interface SenderOptions {
  readonly region: Region;
  readonly apiKey: string;
  /** The global `fetch`, or that of a service binding. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Timeout of a request with its answer, milliseconds. Default: 10 seconds. */
  readonly timeout?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const TIMEOUT = 10_000;

/** Longest `Retry-After` that is respected, milliseconds. */
const LONGEST_RETRY_AFTER = 3_600_000;

/** Most bytes of an error's body that are read, and most characters that are kept. */
const DETAIL_BYTES = 4_096;
const DETAIL_CHARACTERS = 500;

/** Makes the sender of one account. */
export function createSender({ region, apiKey, fetch, timeout = TIMEOUT, now = Date.now }: SenderOptions): Send {
  const headers = {
    Authorization: `Basic ${base64(`${apiKey}:`)}`,
    "Content-Type": "application/json",
    // Without it the API answers 200 to calls that it drops.
    "X-Strict-Mode": "1",
    "User-Agent": `tributary/${VERSION}`,
  };
  return async (path, body) => {
    const signal = AbortSignal.timeout(timeout);
    try {
      // A redirect could send personal data and the key to another host.
      const response = await fetch(hostOf(region) + path, {
        method: "POST",
        headers,
        body,
        redirect: "manual",
        signal,
      });
      const retryAfter = readRetryAfter(response.headers.get("Retry-After"), now());
      return { kind: "status", status: response.status, retryAfter, detail: await readDetail(response, signal) };
    } catch {
      return { kind: "network", detail: signal.aborted ? "timeout" : "connection" };
    }
  };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/**
 * Reads `Retry-After`: seconds, or a date in the form that servers must send.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
function readRetryAfter(value: string | null, now: number): number | null {
  const text = value?.trim() ?? "";
  const date = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text);
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : date ? Date.parse(text) - now : Number.NaN;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER);
}

/** Reads the beginning of an error's body and cancels the rest. A failure while reading does not change the status. */
async function readDetail({ ok, body }: Response, signal: AbortSignal): Promise<string> {
  if (body === null) return "";
  const reader = body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => {});
  // Ends a read that waits for a body that never arrives.
  signal.addEventListener("abort", cancel);
  let text = "";
  try {
    const decoder = new TextDecoder();
    for (let bytes = 0; !ok && !signal.aborted && bytes < DETAIL_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
      text += decoder.decode(value.subarray(0, DETAIL_BYTES), { stream: true });
    }
  } catch {
    // The detail is the text that was read before.
  }
  signal.removeEventListener("abort", cancel);
  cancel();
  return text
    .replace(/[^\x21-\x7e]+/g, " ")
    .trim()
    .slice(0, DETAIL_CHARACTERS);
}
