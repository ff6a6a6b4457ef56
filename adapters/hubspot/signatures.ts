/**
 * HubSpot's three versions of signatures.
 *
 * @see https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests
 */
import * as z from "zod";
import { bare, digest, hmac, type Verifier } from "../../src/contract/verify.ts";

/** The option of a source: the version that it accepts. */
export const signatureVersion = z
  .enum(["v3", "v2", "v1"])
  .default("v3")
  .describe(
    "version of the signature: `v3`, `v2` or `v1`; `v2` and `v1` sign no time, so old requests can be replayed: use them only for webhooks without v3",
  );

const older = { header: "x-hubspot-signature", encoding: "hex", covers: "body", layout: bare() } as const;

const VERIFIERS: Readonly<Record<z.output<typeof signatureVersion>, Verifier>> = {
  // HubSpot signs some characters of the URL decoded; the URL of a source has none of them.
  v3: hmac({
    hash: "SHA-256",
    header: "x-hubspot-signature-v3",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    timestamp: { header: "x-hubspot-request-timestamp" },
    unit: "milliseconds",
    tolerance: 300,
    message: ({ method, url, body, timestamp }) => [method, url, body, timestamp],
  }),
  v2: digest({ ...older, message: ({ secret, method, url, body }) => [secret, method, url, body] }),
  v1: digest({ ...older, message: ({ secret, body }) => [secret, body] }),
};

/** The verifier of this version. */
export function verifierOf(version: z.output<typeof signatureVersion>): Verifier {
  return VERIFIERS[version];
}
