/**
 * Asks a vendor's API, no faster than it allows, and again where that can help.
 */
import type { Credentials, History, HistoryAnswer, HistoryRequest } from "../../contract/history.ts";

/** Milliseconds that an answer may take. */
const PATIENCE = 60_000;

/** Attempts at one request, and the first and the longest wait between two, milliseconds. */
const MOST_ATTEMPTS = 8;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 120_000;

/** Bytes of an answer. */
const LARGEST_ANSWER = 50 * 1024 * 1024;

/** What the client needs of the machine. */
export interface Machine {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Tells what is waited for. */
  readonly say?: (line: string) => void;
}

/** How a request ended. `refused`: it must be changed, or its page is gone. `unauthorized`: the key is not good for it. `failed`: no answer that can be used. */
export type VendorAnswer =
  | { readonly kind: "answer"; readonly answer: HistoryAnswer }
  | { readonly kind: "absent" | "refused" | "unauthorized" | "failed"; readonly problem: string };

/** Asks one vendor. */
export interface VendorClient {
  ask(request: HistoryRequest): Promise<VendorAnswer>;
}

/** Makes the client of a vendor. @param given of the operator's environment */
export function createVendorClient({ hosts, pace }: History, given: Credentials, machine: Machine): VendorClient {
  const hostOf = (host: string): string => {
    if (!hosts.includes(host)) throw new TypeError(`${host} is not among the hosts of this history`);
    return host.replace(/\{(\w+)\}/g, (_, name: string) => given[name] ?? "");
  };
  const gap = (pace.seconds * 1_000) / pace.requests;
  let next = 0;

  async function turn(): Promise<void> {
    const wait = next - machine.now();
    next = Math.max(next, machine.now()) + gap;
    if (wait > 0) await machine.wait(wait);
  }

  async function once(
    request: HistoryRequest,
  ): Promise<VendorAnswer | { readonly kind: "again"; readonly after: number | null; readonly problem: string }> {
    const { host, path, headers, body } = request;
    const url = new URL(`https://${hostOf(host)}`);
    const target = new URL(path, url);
    if (target.host !== url.host || !path.startsWith("/")) throw new TypeError("a path must stay on its host");
    const init: RequestInit =
      body === undefined
        ? { headers }
        : { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
    let response: Response;
    let text: string;
    try {
      response = await machine.fetch(target.href, { ...init, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
      text = await response.text();
    } catch {
      return { kind: "again", after: null, problem: `${url.host} gives no answer` };
    }
    const { status } = response;
    const problem = `${url.host} answers ${status} to ${target.pathname}`;
    if (status === 429 || status >= 500) return { kind: "again", after: retryAfter(response.headers, machine.now()), problem };
    if (status === 401 || status === 403) return { kind: "unauthorized", problem };
    if (status === 404) return { kind: "absent", problem };
    if (!response.ok) return { kind: "refused", problem };
    const value = text.length > LARGEST_ANSWER ? undefined : parseJson(text);
    if (value === undefined) return { kind: "failed", problem: `${problem}, which is no JSON of a size that can be read` };
    return { kind: "answer", answer: { body: value, headers: response.headers } };
  }

  return {
    ask: async (request) => {
      let wait = FIRST_WAIT;
      for (let attempt = 1; ; attempt += 1) {
        await turn();
        const ended = await once(request);
        if (ended.kind !== "again") return ended;
        if (attempt === MOST_ATTEMPTS) return { kind: "failed", problem: `${ended.problem}, ${attempt} times` };
        const pause = Math.min(ended.after ?? wait, LONGEST_WAIT);
        machine.say?.(`${ended.problem}: again in ${Math.ceil(pause / 1_000)} s`);
        await machine.wait(pause);
        wait = Math.min(2 * wait, LONGEST_WAIT);
      }
    },
  };
}

/** Seconds, fractions too, or a date; `null` if there is none. @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfter(headers: Headers, now: number): number | null {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
