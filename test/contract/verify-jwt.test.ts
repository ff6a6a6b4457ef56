import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseBody } from "../../src/contract/parse.ts";
import { demoPublicKey, demoPublicKeyBytes } from "../../src/contract/verify/demo-keys.ts";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { type JwtScheme, jwt } from "../../src/contract/verify/jwt.ts";
import { base64 } from "../../src/contract/verify/keys.ts";
import type { Covers, RemoteKeys, Verifier } from "../../src/contract/verify/verifier.ts";
import { signedToken } from "./tokens.ts";
import { NOW, outcomeOf, requestWith, withHeaders } from "./verify-requests.ts";

const SECRET = "a secret as long as any";
const SECONDS = Math.floor(NOW / 1000);
const DEMO = "demo.keys.example.com";

const ofHeader = {
  token: { header: "Authorization", prefix: "Bearer " },
  covers: "body",
  claims: ({ bodyHash }) => ({ iss: "vendor", sha256: bodyHash }),
} as const satisfies Partial<JwtScheme>;
const shared = jwt({ ...ofHeader, algorithm: "HS256" });
const published = { url: (secret: string) => `https://${secret}/.well-known/jwks.json`, demo: DEMO };
const inBody = jwt({ token: "body", covers: "body", algorithm: "RS256", keys: published });

/** SHA-256 of `{}`. */
const HASH = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
const GOOD = { iss: "vendor", sha256: HASH, exp: SECONDS + 60 };

const part = (value: unknown) => encode(utf8Bytes(JSON.stringify(value)), "base64url");

/** A token with HMAC-SHA-256, made by other means than the verifier's. */
async function tokenOf(claims: unknown, header: unknown = { alg: "HS256" }, key: Uint8Array<ArrayBuffer> = utf8Bytes(SECRET)) {
  const signed = `${part(header)}.${part(claims)}`;
  const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `${signed}.${encode(new Uint8Array(await crypto.subtle.sign("HMAC", hmac, utf8Bytes(signed))), "base64url")}`;
}

const bearing = (token: string, body = "{}") => requestWith({ headers: { authorization: `Bearer ${token}` }, body });

/** The end of verifying a token in a header. */
const outcome = (token: string, verifier: Verifier = shared) => outcomeOf(verifier, bearing(token), [SECRET]);

describe("a token in a header", () => {
  test("is accepted with the claims that it must have", async () => {
    expect(await outcome(await tokenOf(GOOD))).toBe("accepted");
    expect(await outcomeOf(shared, bearing(await tokenOf(GOOD)), ["another", SECRET])).toBe("accepted");
    expect(await outcomeOf(shared, bearing(await tokenOf(GOOD)), ["another", ""])).toBe("mismatch");
    expect(await outcomeOf(shared, bearing(await tokenOf(GOOD)), [])).toBe("mismatch");
  });

  test("covers the body by its hash", async () => {
    const token = await tokenOf(GOOD);
    expect(await outcomeOf(shared, bearing(token, "{} "), [SECRET])).toBe("mismatch");
    expect(await outcome(await tokenOf({ ...GOOD, sha256: HASH.toUpperCase() }))).toBe("mismatch");
    expect(await outcome(await tokenOf({ ...GOOD, sha256: undefined }))).toBe("mismatch");
  });

  test.each<[string, unknown]>([
    ["another", "somebody"],
    ["none", undefined],
    ["null", null],
    ["a list without it", ["somebody"]],
    ["an object", { vendor: true }],
  ])("is refused where the issuer is %s", async (_, iss) => {
    expect(await outcome(await tokenOf({ ...GOOD, iss }))).toBe("mismatch");
  });

  test("may hold the value in a list", async () => {
    expect(await outcome(await tokenOf({ ...GOOD, iss: ["somebody", "vendor"] }))).toBe("accepted");
  });

  test("a claim that the request cannot give is not fulfilled", async () => {
    const bound = jwt({ token: { header: "x-jwt" }, covers: "nothing", algorithm: "HS256", claims: ({ url }) => ({ url }) });
    const request = requestWith({ headers: { "x-jwt": await tokenOf({ exp: SECONDS + 60, url: null }) } });
    expect(await outcomeOf(bound, request, [SECRET])).toBe("mismatch");
    expect(bound.signsUrl).toBe(true);
  });

  test.each<[string, object, string]>([
    ["without an end", { exp: undefined }, "malformed"],
    ["with an end in text", { exp: String(SECONDS + 60) }, "malformed"],
    ["with an end that is null", { exp: null }, "malformed"],
    ["over", { exp: SECONDS - 30 }, "stale"],
    ["over by less than clocks differ", { exp: SECONDS - 29 }, "accepted"],
    ["not begun", { nbf: SECONDS + 31 }, "stale"],
    ["not begun by less than clocks differ", { nbf: SECONDS + 30 }, "accepted"],
    ["made in the future", { iat: SECONDS + 31 }, "stale"],
    ["with a beginning in text", { nbf: "0" }, "malformed"],
    ["begun", { nbf: SECONDS - 1000, iat: SECONDS - 1000 }, "accepted"],
  ])("%s", async (_, change, expected) => {
    expect(await outcome(await tokenOf({ ...GOOD, ...change }))).toBe(expected);
  });

  test.each<[string, unknown, string]>([
    ["none", { alg: "none" }, "mismatch"],
    ["None", { alg: "None" }, "mismatch"],
    ["another", { alg: "HS512" }, "mismatch"],
    ["a public key's", { alg: "RS256" }, "mismatch"],
    ["not said", {}, "malformed"],
    ["a list", { alg: ["HS256"] }, "malformed"],
    ["with demands of its own", { alg: "HS256", crit: ["exp"] }, "malformed"],
    ["of a key's name that is no text", { alg: "HS256", kid: 1 }, "malformed"],
    ["with a key of its own", { alg: "HS256", jwk: { kty: "oct", k: "AAAA" }, jku: "https://evil.example" }, "accepted"],
    ["no header", "HS256", "malformed"],
  ])("whose algorithm is %s", async (_, header, expected) => {
    expect(await outcome(await tokenOf(GOOD, header))).toBe(expected);
  });

  test("without a signature is none", async () => {
    for (const alg of ["none", "HS256"]) {
      expect(await outcome(`${part({ alg })}.${part(GOOD)}.`)).toBe("malformed");
      expect(await outcome(`${part({ alg })}.${part(GOOD)}`)).toBe("malformed");
    }
    expect(await outcome("..")).toBe("malformed");
    expect(await outcome("")).toBe("malformed");
    expect(await outcome("a".repeat(10_000))).toBe("malformed");
  });

  test("stands behind its fixed text, once", async () => {
    const token = await tokenOf(GOOD);
    const withValue = (authorization: string | null) =>
      outcomeOf(shared, withHeaders(bearing(token), { authorization }), [SECRET]);
    expect(await withValue(token)).toBe("malformed");
    expect(await withValue(`bearer ${token}`)).toBe("malformed");
    expect(await withValue(`Bearer ${token}, Bearer ${token}`)).toBe("malformed");
    expect(await withValue(null)).toBe("missing");
  });

  test("no part of it can be altered", async () => {
    const token = await tokenOf(GOOD);
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(..."AQgwZz09-_.="), async (at, character) => {
        fc.pre(token[at] !== character);
        expect(await outcome(token.slice(0, at) + character + token.slice(at + 1))).not.toBe("accepted");
      }),
      { numRuns: 300 },
    );
  });

  test("signs as it verifies", async () => {
    const signed = await shared.sign(requestWith({ body: '{"a":1}' }), SECRET, NOW);
    expect(await outcomeOf(shared, signed, [SECRET])).toBe("accepted");
    expect(await outcomeOf(shared, signed, [SECRET], NOW + 24 * 3600 * 1000)).toBe("stale");
    expect(shared.sensitive.headers).toEqual(["authorization"]);
    expect(shared.demoSecret).toBeUndefined();
    expect(shared.unusable("short")).toMatch(/characters/);
    expect(shared.unusable(SECRET)).toBeNull();
  });

  test("may bring the delivery id", async () => {
    const withId = jwt({ token: { header: "x-jwt" }, covers: "nonce", algorithm: "HS256", id: "jti" });
    const verify = async (jti: unknown) =>
      withId.verify(requestWith({ headers: { "x-jwt": await tokenOf({ jti, exp: SECONDS + 60 }) } }), [SECRET], NOW);
    expect(await verify("n-1")).toEqual({ ok: true, nonce: "n-1" });
    expect(await verify("")).toEqual({ ok: false, refusal: "malformed" });
    expect(await verify(1)).toEqual({ ok: false, refusal: "malformed" });
    const signed = await withId.sign(requestWith({}), SECRET, NOW);
    expect(await outcomeOf(withId, signed, [SECRET])).toBe("accepted");
  });

  test("contradictions are refused", () => {
    const declare = (covers: Covers) => () => jwt({ token: { header: "x-jwt" }, covers, algorithm: "HS256" });
    expect(declare("body")).toThrow("not signed");
    expect(declare("nonce")).toThrow("no place");
    expect(declare("nothing")).not.toThrow();
  });
});

describe("a token that is the body", () => {
  const jwks = (...keys: readonly object[]) => JSON.stringify({ keys });
  const vendorKey = async (change: object = {}) => ({ ...(await jwkOf("RS256")), kid: "1", use: "sig", alg: "RS256", ...change });
  const HOST = "acme.example.com";
  const URL_OF_KEYS = "https://acme.example.com/.well-known/jwks.json";
  const CLAIMS = { type: "user.created", exp: SECONDS + 60 };

  /** The documents that are found, the first first; the last for ever. */
  const keysOf = (...documents: readonly string[]): RemoteKeys & { readonly asked: (readonly (string | undefined)[])[] } => {
    const asked: (readonly (string | undefined)[])[] = [];
    return {
      asked,
      readNamed: async () => null,
      read: async (url, lacking) => {
        const at = lacking === undefined ? 0 : documents.indexOf(lacking) + 1;
        asked.push([url, lacking]);
        return documents[Math.min(at, documents.length - 1)] ?? null;
      },
    };
  };
  const verify = async (token: string, keys?: RemoteKeys, secret = HOST, verifier = inBody) => {
    const verdict = await verifier.verify(requestWith({ body: token }), [secret], NOW, keys);
    return verdict.ok ? "accepted" : verdict.refusal;
  };

  test("is checked with the key that it names", async () => {
    const keys = keysOf(jwks({ ...(await vendorKey()), kid: "0", n: "x".repeat(342) }, await vendorKey()));
    expect(await verify(await signedToken(CLAIMS), keys)).toBe("accepted");
    expect(keys.asked).toEqual([[URL_OF_KEYS, undefined]]);
  });

  test("without a key's name, where there is one key for the algorithm", async () => {
    const token = await signedToken(CLAIMS, { alg: "RS256" });
    expect(await verify(token, keysOf(jwks(await vendorKey(), await jwkOf("ES256"))))).toBe("accepted");
    expect(await verify(token, keysOf(jwks(await vendorKey(), await vendorKey({ kid: "2" }))))).toBe("mismatch");
  });

  test("of a new key, which a newer set holds", async () => {
    const [old, renewed] = [jwks(await vendorKey({ kid: "0" })), jwks(await vendorKey())];
    const keys = keysOf(old, renewed);
    expect(await verify(await signedToken(CLAIMS), keys)).toBe("accepted");
    expect(keys.asked).toEqual([
      [URL_OF_KEYS, undefined],
      [URL_OF_KEYS, old],
    ]);
    expect(await verify(await signedToken(CLAIMS), keysOf(old))).toBe("mismatch");
  });

  test("says nothing where no set can be had", async () => {
    expect(await verify(await signedToken(CLAIMS), keysOf())).toBe("no_key");
    expect(await verify(await signedToken(CLAIMS))).toBe("no_key");
  });

  test.each<[string, object]>([
    ["for encryption", { use: "enc" }],
    ["for another algorithm", { alg: "PS256" }],
    ["of another kind", { kty: "EC" }],
    ["shared", { kty: "oct", k: "AAAA" }],
    ["too short", { n: "AQAB" }],
    ["incomplete", { e: undefined }],
    ["another", { n: `${"A".repeat(341)}B` }],
  ])("a key that is %s does not count", async (_, change) => {
    expect(await verify(await signedToken(CLAIMS), keysOf(jwks(await vendorKey(change))))).toBe("mismatch");
  });

  test.each(["", "hello", "[]", "{}", '{"keys":1}', '{"keys":[null]}', `{"keys":[${"0,".repeat(100)}0]}`])(
    "%s is no set of keys",
    async (text) => expect(await verify(await signedToken(CLAIMS), keysOf(text))).toBe("mismatch"),
  );

  test("an HMAC with the public key for a secret is no signature", async () => {
    const keys = keysOf(jwks(await vendorKey()));
    for (const key of [demoPublicKeyBytes("RS256"), utf8Bytes(demoPublicKey("RS256", "base64")), utf8Bytes(HOST)]) {
      expect(await verify(await tokenOf(CLAIMS, { alg: "HS256", kid: "1" }, key), keys)).toBe("mismatch");
      expect(await verify(await tokenOf(CLAIMS, { alg: "RS256", kid: "1" }, key), keys)).toBe("mismatch");
    }
    expect(await verify(`${part({ alg: "none" })}.${part(CLAIMS)}.`, keys)).toBe("malformed");
  });

  test("the keys of the demo stand for the demo's secret alone", async () => {
    const signed = await inBody.sign(requestWith({ body: '{"type":"user.created"}' }), DEMO, NOW);
    const token = new TextDecoder().decode(signed.body);
    expect(inBody.demoSecret).toBe(DEMO);
    expect(await verify(token, undefined, DEMO)).toBe("accepted");
    expect(await verify(token, keysOf(jwks()), HOST)).toBe("mismatch");
    expect(parseBody(signed.body, "jwt")).toMatchObject({ ok: true, value: { type: "user.created" } });
    await expect(inBody.sign(requestWith({ body: "{}" }), HOST, NOW)).rejects.toThrow("cannot sign");
  });

  test("has no white space around it, and is not looked at before it is read", async () => {
    const keys = keysOf(jwks(await vendorKey()));
    expect(await verify(`${await signedToken(CLAIMS)}\n`, keys)).toBe("malformed");
    expect(await verify("{}", keys)).toBe("malformed");
    expect(inBody.precheck(requestWith({}), NOW)).toEqual({ ok: true });
  });

  test("may say when it was made instead of when it ends", async () => {
    const stamped = jwt({
      token: "body",
      covers: "body",
      algorithm: "RS256",
      keys: published,
      signedAt: { claim: "timestamp", unit: "iso", tolerance: 3600 },
    });
    const made = async (timestamp: unknown) => verify(await signedToken({ timestamp }), undefined, DEMO, stamped);
    expect(await made(new Date(NOW - 3600_000).toISOString())).toBe("accepted");
    expect(await made(new Date(NOW - 3600_001).toISOString())).toBe("stale");
    expect(await made(new Date(NOW + 3600_001).toISOString())).toBe("stale");
    expect(await made(undefined)).toBe("malformed");
    expect(await made(SECONDS)).toBe("malformed");
    const signed = await stamped.sign(requestWith({ body: "{}" }), DEMO, NOW);
    expect(await outcomeOf(stamped, signed, [DEMO])).toBe("accepted");
  });

  test("by elliptic curve, r and s as they are", async () => {
    const curved = jwt({ token: "body", covers: "body", algorithm: "ES256", keys: published });
    const token = await signedToken(CLAIMS, { alg: "ES256" }, "ES256");
    expect(await verify(token, keysOf(jwks(await jwkOf("ES256"))), HOST, curved)).toBe("accepted");
    expect(await verify(await signedToken(CLAIMS, { alg: "ES256" }), keysOf(jwks(await vendorKey())), HOST, curved)).toBe(
      "mismatch",
    );
  });

  test("says which secrets lead nowhere", () => {
    expect(inBody.unusable(HOST)).toBeNull();
    expect(inBody.unusable("a b c d e")).not.toBeNull();
    expect(inBody.unusable("")).not.toBeNull();
  });
});

/** The demo's public key as a JWK. */
async function jwkOf(algorithm: "RS256" | "ES256"): Promise<JsonWebKey> {
  const parameters =
    algorithm === "RS256" ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } : { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("spki", demoPublicKeyBytes(algorithm), parameters, true, ["verify"]);
  const jwk = await crypto.subtle.exportKey("jwk", key);
  if (jwk instanceof ArrayBuffer) throw new TypeError("no JWK");
  const { kty, n, e, crv, x, y } = jwk;
  return JSON.parse(JSON.stringify({ kty, n, e, crv, x, y }));
}

describe("published vectors", () => {
  // https://www.rfc-editor.org/rfc/rfc7515#appendix-A
  const claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  const at = 1_300_819_000_000;

  test("RFC 7515, A.1: HMAC", async () => {
    const verifier = jwt({
      token: { header: "x-jwt" },
      covers: "nothing",
      algorithm: "HS256",
      key: base64(),
      claims: () => ({ iss: "joe" }),
    });
    const token = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${claims}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`;
    const secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr/T+1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==";
    const request = requestWith({ headers: { "x-jwt": token } });
    expect(await outcomeOf(verifier, request, [secret], at)).toBe("accepted");
    expect(await outcomeOf(verifier, request, [secret], at + 1_000_000)).toBe("stale");
  });

  test.each<[string, "RS256" | "ES256", string, object]>([
    [
      "A.2: RSA",
      "RS256",
      `eyJhbGciOiJSUzI1NiJ9.${claims}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`,
      {
        kty: "RSA",
        n: "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
        e: "AQAB",
      },
    ],
    [
      "A.3: P-256",
      "ES256",
      `eyJhbGciOiJFUzI1NiJ9.${claims}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
      {
        kty: "EC",
        crv: "P-256",
        x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
      },
    ],
  ])("RFC 7515, %s", async (_, algorithm, token, key) => {
    const verifier = jwt({ token: "body", covers: "body", algorithm, keys: published });
    const keys: RemoteKeys = { read: async () => JSON.stringify({ keys: [key] }), readNamed: async () => null };
    const verify = (body: string) => verifier.verify(requestWith({ body }), ["acme.example.com"], at, keys);
    expect(await verify(token)).toEqual({ ok: true });
    expect(await verify(`${token.slice(0, -4)}AAAA`)).toEqual({ ok: false, refusal: "mismatch" });
  });

  // https://github.com/messagebird/messagebird-nodejs lib/testdata/webhook-signature-jwt-reference.json
  const messagebird = jwt({
    token: { header: "messagebird-signature-jwt" },
    covers: "body",
    algorithm: "HS256",
    id: "jti",
    claims: ({ bodyHash }) => ({ iss: "MessageBird", payload_hash: bodyHash }),
  });
  const reference = async (token: string) => {
    const secret = "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb";
    const headers = { "messagebird-signature-jwt": `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${token}` };
    return outcomeOf(messagebird, requestWith({ headers, body: "Hello, World!" }), [secret], Date.UTC(2021, 6, 5, 10));
  };

  test.each<[string, string, string]>([
    [
      "with parameters and payload",
      "accepted",
      "eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI5M2U1NTAwNi1hMGU4LTQ1MjYtYTE5MC1mYTVmZjAwZWExMTYiLCJ1cmxfaGFzaCI6IjQxZjA1ZjBkZGQwYTIyYWIyMDlhYzQ2ZjQ3YzQ1NzJkOWNlZmEyNTdlZDc0YjI0MDA0YmFlNzUzZWNlNmMyNjAiLCJwYXlsb2FkX2hhc2giOiJkZmZkNjAyMWJiMmJkNWIwYWY2NzYyOTA4MDllYzNhNTMxOTFkZDgxYzdmNzBhNGIyODY4OGEzNjIxODI5ODZmIn0._H--TOuYFLpeEH39-rg5E3IHVkjHozBcaKVWPRC5m9I",
    ],
    [
      "received before it was issued",
      "stale",
      "eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ4MjgwMCwiZXhwIjoxNjI1NDgyODYwLCJqdGkiOiJmOWY4YzM4Mi0yNDQ5LTQzMTEtYjcyYi0xZGY3MTY4NzkzMWUiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.ZELgDFNGhjZH9CffQKcq3sytBe2I0KciLxpBhcfstHQ",
    ],
    [
      "received after it expired",
      "stale",
      "eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3NTYwMCwiZXhwIjoxNjI1NDc1NjYwLCJqdGkiOiI1ZjAyZjUyMi02MDMwLTQ2YzgtYjVhMy0wMTI0NjQ3OGQ4YmMiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.45MSST3B_2PsjNUeiuW54_vUQgVw4rBXrdWrOUEz3lM",
    ],
    [
      "of another payload",
      "mismatch",
      "eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiIxNDUwMTUzMi05NmYyLTQ2ODQtOTgzMi02OGYwOTUxYWUzNDIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDciLCJwYXlsb2FkX2hhc2giOiJmYjYyZjAyYWNkYTdkNzQxNzdhNzAxYTFjZTAwNmU2YmFjZDkwYzdkNGQ3YWI0ODE2OTJjMWRhNDdjODEwNzZiIn0.m79RCwO6dGa9pvzsQypkVuXQ6eM0CkRl6_U7MfWg6TM",
    ],
  ])("MessageBird's, %s: %s", async (_, expected, token) => {
    expect(await reference(token)).toBe(expected);
  });
});
