/**
 * Requests for the tests of the verifiers, and the whole verdict on them.
 */
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import type { SignedRequest, Verdict, Verifier } from "../../src/contract/verify/verifier.ts";

/** The time of these tests, milliseconds since 1970: not a whole second. */
export const NOW = 1_700_000_000_250;

/** What a test says about a request; a POST without anything otherwise. */
interface RequestInput {
  readonly url?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>> | URLSearchParams;
  readonly pathToken?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

export function requestWith({ url = "", headers = {}, query = {}, pathToken, body = "" }: RequestInput): SignedRequest {
  return {
    method: "POST",
    url,
    headers: new Headers(headers),
    query: new URLSearchParams(query),
    pathToken: pathToken ?? null,
    body: typeof body === "string" ? utf8Bytes(body) : body,
  };
}

/** The request with some headers replaced; `null` takes one away. */
export function withHeaders(request: SignedRequest, changes: Readonly<Record<string, string | null>>): SignedRequest {
  const headers = new Headers(request.headers);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  return { ...request, headers };
}

/** The end of `verify`, in one word: it is asked alone, and the head may only refuse what it refuses, for the same reason. */
export async function outcomeOf(
  verifier: Verifier,
  request: SignedRequest,
  secrets: readonly string[],
  now: number = NOW,
): Promise<string> {
  const { body: _unread, ...head } = request;
  const early = verifier.precheck(head, now);
  const verdict = await verifier.verify(request, secrets, now);
  return early.ok || word(early) === word(verdict) ? word(verdict) : `${word(early)} by the head, ${word(verdict)} by the body`;
}

function word(verdict: Verdict): string {
  return verdict.ok ? "accepted" : verdict.refusal;
}
