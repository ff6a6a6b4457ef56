/**
 * Verification by options: the schema of the options, and the verifier they describe.
 */
import * as z from "zod";
import { base64, basicAuth, hex, hmac, pathToken, prefixed, token, utf8, type Verifier } from "../../src/contract/verify.ts";

const HASHES = { sha1: "SHA-1", sha256: "SHA-256", sha512: "SHA-512" } as const;
const KEYS = { text: utf8(), base64: base64(), hex: hex() };

/** The placeholders of `message`. */
const PARTS = new Map((["body", "timestamp", "id", "method", "url", "path"] as const).map((name) => [`{${name}}`, name]));

const OF_HMAC = ["hash", "encoding", "key", "message", "timestamp_header", "timestamp_unit", "tolerance", "id_header"] as const;

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,100}$/)
  .toLowerCase();

/** The options of verification. Every scheme verifies. */
export const proofOptions = {
  scheme: z
    .enum(["hmac", "token", "basic", "path"])
    .default("hmac")
    .describe(
      "`hmac`: a signature; `token`: the secret in a header; `basic`: user and password; `path`: the secret at the end of the URL",
    ),
  header: headerName
    .optional()
    .describe("header that holds the signature (default `x-signature`) or the token (required for `token`)"),
  prefix: z.string().max(50).optional().describe("text before the signature or the token, such as `sha256=` or `Bearer `"),
  hash: z.enum(["sha1", "sha256", "sha512"]).optional().describe("hash of the HMAC: `sha1`, `sha256` (default) or `sha512`"),
  encoding: z
    .enum(["hex", "base64", "base64url"])
    .optional()
    .describe("encoding of the signature: `hex` (default), `base64` or `base64url`"),
  key: z.enum(["text", "base64", "hex"]).optional().describe("encoding of the secret: `text` (default), `base64` or `hex`"),
  message: z
    .string()
    .max(200)
    .optional()
    .describe("signed text: `{body}` once (the default), with `{timestamp}`, `{id}`, `{method}`, `{url}` or `{path}`"),
  timestamp_header: headerName.optional().describe("header that holds the signed time of sending"),
  timestamp_unit: z
    .enum(["iso", "seconds", "milliseconds"])
    .optional()
    .describe("format of that time: `seconds` (default) or `milliseconds` since 1970, or `iso` for ISO 8601"),
  tolerance: z
    .number()
    .min(1)
    .max(3600)
    .optional()
    .describe("seconds by which that time may differ from now: 1 to 3600, default 300"),
  id_header: headerName.optional().describe("header that holds a signed delivery id"),
};

const ownOptions = z.object(proofOptions);

type ProofOptions = z.output<typeof ownOptions>;

/** Contradictions in the options: the option's name and the reason. */
export function contradictionsIn(
  o: ProofOptions & { readonly deletes: readonly string[] },
): readonly (readonly [string, string])[] {
  const { scheme, message = "{body}" } = o;
  const tokens: readonly string[] = message.match(/\{[^}]*\}/g) ?? [];
  const found: [string, string][] = [];
  const refuse = (name: keyof typeof o, reason: string, applies: boolean) => {
    if (applies) found.push([name, reason]);
  };
  for (const name of OF_HMAC) refuse(name, "belongs to the scheme hmac", scheme !== "hmac" && o[name] !== undefined);
  for (const name of ["header", "prefix"] as const)
    refuse(name, "belongs to the schemes hmac and token", (scheme === "basic" || scheme === "path") && o[name] !== undefined);
  refuse("header", "is needed by the scheme token", scheme === "token" && o.header === undefined);
  refuse("deletes", "needs the scheme hmac: nothing else proves the body", scheme !== "hmac" && o.deletes.length > 0);
  refuse("message", "must hold {body} once", tokens.filter((part) => part === "{body}").length !== 1);
  const isUnknown = tokens.some((part) => !PARTS.has(part));
  refuse("message", "holds something else in braces", isUnknown);
  for (const name of ["timestamp", "id"] as const) {
    const isSet = o[`${name}_header`] !== undefined;
    refuse("message", `must hold {${name}} exactly where ${name}_header is set`, tokens.includes(`{${name}}`) !== isSet);
  }
  for (const name of ["timestamp_unit", "tolerance"] as const)
    refuse(name, "needs timestamp_header", o[name] !== undefined && o.timestamp_header === undefined);
  return found;
}

/** The verifier that the options describe. */
export function verifierOf(o: ProofOptions): Verifier {
  switch (o.scheme) {
    case "basic":
      return basicAuth();
    case "path":
      return pathToken();
    case "token":
      return token({ header: o.header ?? "authorization", prefix: o.prefix ?? "" });
    case "hmac":
      return hmac({
        hash: HASHES[o.hash ?? "sha256"],
        header: o.header ?? "x-signature",
        encoding: o.encoding ?? "hex",
        covers: "body",
        layout: prefixed(o.prefix ?? ""),
        key: KEYS[o.key ?? "text"],
        message: (parts) =>
          (o.message ?? "{body}").split(/(\{\w+\})/).map((text) => {
            const part = PARTS.get(text);
            return part === undefined ? text : parts[part];
          }),
        ...(o.timestamp_header === undefined
          ? {}
          : { timestamp: { header: o.timestamp_header }, unit: o.timestamp_unit ?? "seconds", tolerance: o.tolerance ?? 300 }),
        ...(o.id_header === undefined ? {} : { id: { header: o.id_header } }),
      });
  }
}
