import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";

/** A POST of this body with these headers. @param url where the signature covers it */
export function requestWith(body: string, headers: Readonly<Record<string, string>>, url = ""): SignedRequest {
  return {
    method: "POST",
    url,
    headers: new Headers(headers),
    query: new URLSearchParams(),
    pathToken: null,
    body: utf8Bytes(body),
  };
}
