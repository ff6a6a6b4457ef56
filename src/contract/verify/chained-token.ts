/**
 * Verifies a token in a field of the body whose header carries the certificates of its key (RFC 7515 §4.1.6, `x5c`).
 */
import { CompactSign, compactVerify } from "jose";
import * as z from "zod";
import { splitJwt } from "../jwt.ts";
import { fieldsOf, parseBody, parseUnproven } from "../parse.ts";
import { chainKey, type PinnedChain } from "./certificate-chain.ts";
import { demoPublicKeyBytes } from "./demo-keys.ts";
import { demoPrivateKeyBytes } from "./demo-private-keys.ts";
import { utf8Bytes } from "./encoding.ts";
import { isSecret } from "./equality.ts";
import { keyMemory, tooShort } from "./keys.ts";
import { refused, type Verifier } from "./verifier.ts";

/** Where such a token stands, who may have signed it, and for which source. */
export interface ChainedTokenScheme {
  /** The field of the body. Nothing else of the body may be read: the token then covers it. */
  readonly field: string;
  /** Tokens within the token's claims, by the names of their fields: the outer signature covers them. Only for signing. */
  readonly inner: readonly string[];
  readonly chain: PinnedChain;
  /** What in the claims must equal the source's secret, which names the sender's app; `null` if they name none. */
  readonly owner: (claims: unknown) => string | null;
  /** The adapter's `secret.demo`. With this secret only, the demo key replaces the chain. */
  readonly demo: string;
}

const headerSchema = z.looseObject({
  alg: z.literal("ES256"),
  x5c: z.array(z.string().max(8192)).max(3).default([]),
  crit: z.never().optional(),
});

const importedOnce = keyMemory<CryptoKey>();

/** A token that carries its chain of certificates. The time of signing is not checked: vendors repeat such a token for days. */
export function chainedToken({ field, inner, chain, owner, demo }: ChainedTokenScheme): Verifier {
  return {
    covers: "body",
    signsUrl: false,
    usesPathToken: false,
    parsesUnproven: true,
    needsNoBody: false,
    sensitive: { headers: [], query: [] },
    demoSecret: demo,
    unusable: (secret) => tooShort(secret, SHORTEST_OWNER),
    precheck: () => ({ ok: true }),
    verify: async (request, secrets, now) => {
      const text = fieldsOf(request.body, "json")(field);
      if (text === null || text === "") return refused("missing");
      const token = splitJwt(text);
      const parsed = token && parseUnproven(token.header, "json");
      const header = headerSchema.safeParse(parsed?.ok ? parsed.value : null);
      if (token === null || !header.success) return refused("malformed");
      const bytes = await publicKey(header.data.x5c, chain, now);
      // The demo's key is tried only for a source with the demo's secret.
      const keys: readonly (readonly [Uint8Array<ArrayBuffer> | null, readonly string[]])[] = [
        [bytes, secrets.filter((secret) => secret !== demo)],
        [demoPublicKeyBytes("ES256"), secrets.filter((secret) => secret === demo)],
      ];
      for (const [key, owners] of keys) {
        const claims = key === null || owners.length === 0 ? null : await signedBy(key, text);
        const found = claims === null ? null : owner(claims);
        if (found !== null && (await isSecret(found, owners))) return { ok: true };
      }
      return refused("mismatch");
    },
    sign: async (request, secret) => {
      if (secret !== demo) throw new TypeError("chainedToken: this secret cannot sign");
      const body: unknown = JSON.parse(new TextDecoder().decode(request.body));
      return { ...request, body: utf8Bytes(JSON.stringify(await withTokens(body, [field, ...inner]))) };
    },
  };
}

/** Bundle ids and the like may be short: they are no secrets. */
const SHORTEST_OWNER = 3;

async function publicKey(x5c: readonly string[], chain: PinnedChain, now: number): Promise<Uint8Array<ArrayBuffer> | null> {
  return (await chainKey(x5c, chain, now))?.export({ type: "spki", format: "der" }) ?? null;
}

const PARAMETERS = { name: "ECDSA", namedCurve: "P-256" } as const;

/** The token's claims if this key signed it; `null` if not. */
async function signedBy(spki: Uint8Array<ArrayBuffer>, text: string): Promise<unknown> {
  const key = await importedOnce(spki.toString(), () => crypto.subtle.importKey("spki", spki, PARAMETERS, false, ["verify"]));
  if (key === null) return null;
  try {
    const { payload } = await compactVerify(text, key, { algorithms: ["ES256"] });
    const claims = parseBody(new Uint8Array(payload), "json");
    return claims.ok ? claims.value : null;
  } catch {
    return null;
  }
}

/** A copy with a token in place of every object under one of these names. */
async function withTokens(value: unknown, names: readonly string[]): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => withTokens(item, names)));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(async ([name, given]): Promise<readonly [string, unknown]> => {
    const part = await withTokens(given, names);
    return [name, names.includes(name) && typeof part === "object" && part !== null ? await tokenOf(part) : part];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function tokenOf(claims: object): Promise<string> {
  const key = await crypto.subtle.importKey("pkcs8", demoPrivateKeyBytes("ES256"), PARAMETERS, false, ["sign"]);
  return new CompactSign(utf8Bytes(JSON.stringify(claims))).setProtectedHeader({ alg: "ES256", x5c: [] }).sign(key);
}
