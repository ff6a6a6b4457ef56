/**
 * Verifies a secret that is sent in clear: in a header, the query or the body.
 */
import type { BodyFormat } from "../formats.ts";
import { fieldsOf } from "../parse.ts";
import { tooShort } from "./keys.ts";
import { write } from "./message.ts";
import { presented, sharedSecret } from "./shared-secret.ts";
import type { Verifier } from "./verifier.ts";

/** Place of the secret: a header, optionally after a prefix (`Bearer `), the query, or a field of the body. */
export type TokenPlace =
  | { readonly header: string; readonly prefix?: string }
  | { readonly query: string }
  | { readonly field: string; readonly format?: BodyFormat };

/** A secret that the vendor sends in clear. */
export function token(place: TokenPlace): Verifier {
  if ("header" in place) return inHeader(place.header.toLowerCase(), place.prefix ?? "");
  return "query" in place ? inQuery(place.query) : inField(place.field, place.format ?? "json");
}

function inHeader(header: string, prefix: string): Verifier {
  return sharedSecret({
    sensitive: { headers: [header] },
    unusable: (secret) =>
      prefix !== "" && secret.startsWith(prefix) ? `begins with "${prefix}", which does not belong to it` : tooShort(secret),
    present: ({ headers }) => {
      const text = headers.get(header);
      return text?.startsWith(prefix) === false ? { refusal: "malformed" } : presented(text?.slice(prefix.length) ?? null);
    },
    sign: (request, secret) => write(request, { header }, prefix + secret, "text"),
  });
}

function inQuery(name: string): Verifier {
  return sharedSecret({
    sensitive: { query: [name] },
    unusable: tooShort,
    present: ({ query }) => (query.getAll(name).length > 1 ? { refusal: "malformed" } : presented(query.get(name))),
    sign: (request, secret) => {
      const query = new URLSearchParams(request.query);
      query.set(name, secret);
      const url = request.url === "" ? "" : `${request.url.replace(/\?.*$/s, "")}?${query}`;
      return { ...request, query, url };
    },
  });
}

function inField(field: string, format: BodyFormat): Verifier {
  return sharedSecret({
    sensitive: {},
    parsesUnproven: true,
    unusable: tooShort,
    present: (_head, body) => (body === null ? null : presented(fieldsOf(body, format)(field))),
    sign: (request, secret) => write(request, { field }, secret, format),
  });
}
