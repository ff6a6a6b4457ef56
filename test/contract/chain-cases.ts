/**
 * Chains of certificates and tokens that carry them, and what a verifier must say of each, in workerd and in Node.
 */
import { CompactSign } from "jose";
import { APPLE_ROOT_G3, MARKS, ownerOf } from "../../adapters/app-store/chain.ts";
import { chainKey } from "../../src/contract/verify/certificate-chain.ts";
import { chainedToken } from "../../src/contract/verify/chained-token.ts";
import { demoPublicKeyBytes } from "../../src/contract/verify/demo-keys.ts";
import { demoPrivateKeyBytes } from "../../src/contract/verify/demo-private-keys.ts";
import { decode, encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import * as chains from "./chains.ts";
import { outcomeOf, requestWith } from "./verify-requests.ts";

const NOW = Date.UTC(2026, 11, 24);
const { ROOT, INTERMEDIATE, LEAF, OWN_ROOT, OWN_INTERMEDIATE, OWN_LEAF } = chains;

/** The key of a chain, base64. */
async function keyOf(chain: readonly string[], root = ROOT, now = NOW): Promise<string | null> {
  const key = await chainKey(chain, { root, marks: MARKS }, now);
  return key && encode(Uint8Array.from(key.export({ type: "spki", format: "der" })), "base64");
}

/** DER with another byte at a place from its end. */
function altered(certificate: string, fromEnd: number): string {
  const bytes = decode(certificate, "base64") ?? new Uint8Array();
  return encode(
    bytes.map((byte, index) => (index === bytes.length - fromEnd ? byte ^ 1 : byte)),
    "base64",
  );
}

const chain = (title: string, expected: string | null, given: readonly string[], root?: string, now?: number) => ({
  title,
  expected,
  found: () => keyOf(given, root, now),
});

const APPLE_KEY =
  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2dW+Fy/uJP7sTHm0EwGCtCykfMixdGLRjF96TuW/zASaP9seJa03AmpzYGgfOxCISM/soUggqDhjzLT+fKe4CQ==";

/** Of the vendor's own tests, but for those with `OWN_`. */
export const CHAINS = [
  chain("the vendor's for tests", chains.LEAF_KEY, [LEAF, INTERMEDIATE, ROOT]),
  chain("that the App Store signs with", APPLE_KEY, [chains.APPLE_LEAF, chains.APPLE_INTERMEDIATE, APPLE_ROOT_G3], APPLE_ROOT_G3),
  chain(
    "that OpenSSL made over the demo's key",
    encode(demoPublicKeyBytes("ES256"), "base64"),
    [OWN_LEAF, OWN_INTERMEDIATE, OWN_ROOT],
    OWN_ROOT,
  ),
  chain("whatever root it carries", chains.LEAF_KEY, [LEAF, INTERMEDIATE, "AAAA"]),
  chain("without a root", null, [LEAF, INTERMEDIATE]),
  chain("of four", null, [LEAF, INTERMEDIATE, ROOT, ROOT]),
  chain("of another root", null, [LEAF, INTERMEDIATE, ROOT], APPLE_ROOT_G3),
  chain("in another order", null, [INTERMEDIATE, LEAF, ROOT]),
  chain("with an intermediate in place of the leaf", null, [INTERMEDIATE, INTERMEDIATE, ROOT]),
  chain("with the root in place of the intermediate", null, [LEAF, ROOT, ROOT]),
  chain("with a leaf of another chain", null, [OWN_LEAF, INTERMEDIATE, ROOT]),
  chain("with an unmarked leaf", null, [chains.UNMARKED_LEAF, INTERMEDIATE, ROOT]),
  chain("with an unmarked intermediate", null, [chains.LEAF_OF_UNMARKED, chains.UNMARKED_INTERMEDIATE, ROOT]),
  chain("with a leaf that may issue", null, [chains.OWN_LEAF_AS_ISSUER, OWN_INTERMEDIATE, OWN_ROOT], OWN_ROOT),
  chain("with an altered leaf", null, [altered(LEAF, 100), INTERMEDIATE, ROOT]),
  chain("with an altered signature of the intermediate", null, [LEAF, altered(INTERMEDIATE, 5), ROOT]),
  chain("that is no certificate", null, ["AAAA", "AAAA", "AAAA"]),
  chain("before it is valid", null, [LEAF, INTERMEDIATE, ROOT], ROOT, Date.UTC(2022, 0, 1)),
  chain("after it was valid", null, [LEAF, INTERMEDIATE, ROOT], ROOT, Date.UTC(2033, 1, 1)),
];

const APP = "com.example.app";
const DEMO = "com.example.tributary_demo";

const verifierFor = (root: string) =>
  chainedToken({ field: "signedPayload", inner: ["inner"], chain: { root, marks: MARKS }, owner: ownerOf, demo: DEMO });

const CLAIMS = { notificationType: "TEST", data: { bundleId: APP } };

/** A token that the key of `OWN_LEAF` signed. */
async function tokenWith(header: object, claims: object = CLAIMS): Promise<string> {
  const parameters = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("pkcs8", demoPrivateKeyBytes("ES256"), parameters, false, ["sign"]);
  return new CompactSign(utf8Bytes(JSON.stringify(claims))).setProtectedHeader({ alg: "ES256", ...header }).sign(key);
}

const OWN = { x5c: [OWN_LEAF, OWN_INTERMEDIATE, OWN_ROOT] };

const token = (
  title: string,
  expected: string,
  body: () => Promise<string> | string,
  { root = OWN_ROOT, secrets = [APP] }: { readonly root?: string; readonly secrets?: readonly string[] } = {},
) => ({
  title,
  expected,
  outcome: async () => outcomeOf(verifierFor(root), requestWith({ body: await body() }), secrets, NOW),
});

const inBody = (signedPayload: string) => JSON.stringify({ signedPayload });

const rewritten = (text: string, part: number, rewrite: (json: string) => string) =>
  text
    .split(".")
    .map((encoded, index) =>
      index === part
        ? encode(utf8Bytes(rewrite(new TextDecoder().decode(decode(encoded, "base64url") ?? new Uint8Array()))), "base64url")
        : encoded,
    )
    .join(".");

export const TOKENS = [
  token("with its chain", "accepted", async () => inBody(await tokenWith(OWN))),
  token("for one of two apps", "accepted", async () => inBody(await tokenWith(OWN)), { secrets: ["com.example.other", APP] }),
  token("for another app", "mismatch", async () => inBody(await tokenWith(OWN)), { secrets: ["com.example.other"] }),
  token("for no app", "mismatch", async () => inBody(await tokenWith(OWN, { notificationType: "TEST" }))),
  token("of another root", "mismatch", async () => inBody(await tokenWith(OWN)), { root: APPLE_ROOT_G3 }),
  token("without a chain, signed by the demo's key", "mismatch", async () => inBody(await tokenWith({}))),
  token(
    "of the demo, for a source of the demo",
    "accepted",
    async () => inBody(await tokenWith({}, { data: { bundleId: DEMO } })),
    {
      secrets: [DEMO],
    },
  ),
  token("of the demo, for another app", "mismatch", async () => inBody(await tokenWith({})), { secrets: [DEMO, APP] }),
  token("with other claims", "mismatch", async () =>
    inBody(rewritten(await tokenWith(OWN), 1, (claims) => claims.replace("TEST", "REFUND"))),
  ),
  token(
    "signed by another key than the leaf's",
    "mismatch",
    async () => inBody(await tokenWith({ x5c: [chains.APPLE_LEAF, chains.APPLE_INTERMEDIATE, APPLE_ROOT_G3] })),
    { root: APPLE_ROOT_G3 },
  ),
  token("of another algorithm", "malformed", async () =>
    inBody(rewritten(await tokenWith(OWN), 0, (header) => header.replace("ES256", "none"))),
  ),
  token("with what must be understood", "malformed", async () =>
    inBody(rewritten(await tokenWith(OWN), 0, (header) => header.replace("{", '{"crit":["b64"],'))),
  ),
  token("with too many certificates", "malformed", async () => inBody(await tokenWith({ x5c: [...OWN.x5c, OWN_ROOT] }))),
  token("that is none", "malformed", () => inBody("a.b.c")),
  token("that is missing", "missing", () => "{}"),
  token("in a body that is no JSON", "missing", () => "token"),
];
