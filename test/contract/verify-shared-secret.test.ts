import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { basicAuth } from "../../src/contract/verify/basic-auth.ts";
import { either } from "../../src/contract/verify/either.ts";
import { isSameText, isSecret } from "../../src/contract/verify/equality.ts";
import { hmac } from "../../src/contract/verify/hmac.ts";
import { bare } from "../../src/contract/verify/layouts.ts";
import { pathToken } from "../../src/contract/verify/path-token.ts";
import { token } from "../../src/contract/verify/token.ts";
import type { Verifier } from "../../src/contract/verify/verifier.ts";
import { NOW, outcomeOf, requestWith } from "./verify-requests.ts";

const SECRET = "a-secret_of:24characters";

const carriers: Readonly<Record<string, Verifier>> = {
  "a header": token({ header: "X-Callback-Token" }),
  "a header behind Bearer": token({ header: "Authorization", prefix: "Bearer " }),
  "the query": token({ query: "token" }),
  "a field of a JSON body": token({ field: "meta.passcode" }),
  "a field of a form": token({ field: "passcode", format: "form" }),
  "basic authentication": basicAuth(),
};

describe.each(Object.entries({ ...carriers, "the path": pathToken() }))("a secret in %s", (name, verifier) => {
  const secret = name === "the path" ? "a-secret_of_24characters" : SECRET;
  const request = requestWith({
    url: "https://hooks.example.com/hooks/acme/crm?a=1",
    query: { a: "1" },
    body: name.includes("form") ? "a=1" : '{"a":1}',
  });

  test("is accepted, also beside others", async () => {
    const signed = await verifier.sign(request, secret, NOW);
    expect(await outcomeOf(verifier, signed, [secret])).toBe("accepted");
    expect(await outcomeOf(verifier, signed, ["another:secret", secret])).toBe("accepted");
    expect(verifier.covers).toBe("nothing");
    expect(verifier.unusable(secret)).toBeNull();
  });

  test("is refused when it is another, or part of one, or none", async () => {
    const signed = await verifier.sign(request, secret, NOW);
    for (const other of [
      `${secret} `,
      ` ${secret}`,
      `${secret} other`,
      `Bearer ${secret}`,
      secret.slice(1),
      secret.toUpperCase(),
      `${secret}\u0000`,
      "",
    ]) {
      expect(await outcomeOf(verifier, signed, [other]), other).toBe("mismatch");
    }
    expect(await outcomeOf(verifier, signed, [])).toBe("mismatch");
    expect(await outcomeOf(verifier, request, [secret])).toBe("missing");
    expect(await outcomeOf(verifier, request, [""])).toBe("missing");
    expect(verifier.unusable("")).toBeTypeOf("string");
    expect(verifier.unusable("a:short")).toBeTypeOf("string");
  });
});

test("the places of secrets are known, so that they are not kept", () => {
  const places = Object.values(carriers).map(({ sensitive }) =>
    [...sensitive.headers, ...sensitive.query.map((name) => `?${name}`)].join(),
  );
  expect(places).toEqual(["x-callback-token", "authorization", "?token", "", "", "authorization"]);
  expect(pathToken().usesPathToken).toBe(true);
});

test("a header says what is wrong with it", async () => {
  const bearer = token({ header: "authorization", prefix: "Bearer " });
  const outcome = (authorization: string, verifier = bearer) =>
    outcomeOf(verifier, requestWith({ headers: { authorization } }), [SECRET]);
  expect(await outcome(`Bearer ${SECRET}`)).toBe("accepted");
  expect(await outcome(SECRET)).toBe("malformed");
  expect(await outcome(`Basic ${SECRET}`)).toBe("malformed");
  expect(await outcome("Bearer")).toBe("malformed");
  expect(await outcome(`Bearer ${SECRET}, Bearer ${SECRET}`)).toBe("mismatch");
  expect(bearer.unusable(`Bearer ${SECRET}`)).toContain("does not belong to it");
  expect(token({ header: "authorization" }).unusable(`Bearer ${SECRET}`)).toBeNull();

  expect(await outcome(`Basic ${btoa(SECRET)}`, basicAuth())).toBe("accepted");
  expect(await outcome(`basic ${btoa(SECRET)}`, basicAuth())).toBe("accepted");
  for (const wrong of [
    `Bearer ${SECRET}`,
    "Basic",
    "Basic !",
    `Basic ${btoa(SECRET)}=`,
    btoa(SECRET),
    `Basic ${btoa(SECRET)}, Basic ${btoa(SECRET)}`,
  ]) {
    expect(await outcome(wrong, basicAuth()), wrong).toBe("malformed");
  }
  for (const secret of ["no-colon-in-this-one", ":only-a-password", "only-a-user:", "user:short"])
    expect(basicAuth().unusable(secret), secret).toBeTypeOf("string");
  const beyond = await basicAuth().sign(requestWith({}), "jürgen:pässwörter", NOW);
  expect(await outcomeOf(basicAuth(), beyond, ["jürgen:pässwörter"])).toBe("accepted");
});

test("a query field stands there once, in the URL too", async () => {
  const verifier = token({ query: "token" });
  const signed = await verifier.sign(requestWith({ url: "https://hooks.example.com/h?a=1", query: { a: "1" } }), SECRET, NOW);
  expect(signed.url).toBe(`https://hooks.example.com/h?a=1&token=${encodeURIComponent(SECRET)}`);
  const twice = new URLSearchParams([
    ["token", SECRET],
    ["token", SECRET],
  ]);
  expect(await outcomeOf(verifier, { ...signed, query: twice }, [SECRET])).toBe("malformed");
});

test("a path token is at least 16 plain characters", async () => {
  const verifier = pathToken();
  const outcome = (secret: string) => outcomeOf(verifier, requestWith({ pathToken: secret }), [secret]);
  expect(await outcome("0123456789abcdef")).toBe("accepted");
  expect(await outcome("0123456789abcde")).toBe("malformed");
  expect(await outcome("../../../../../../etc")).toBe("malformed");
  expect(verifier.unusable("0123456789abcde")).toContain("at least 16");
  expect(verifier.unusable("0123456789abcde/")).toContain("letters, digits");
});

test("a field is looked for in the body only", async () => {
  const verifier = token({ field: "passcode" });
  expect(verifier.precheck(requestWith({}), NOW)).toEqual({ ok: true });
  for (const body of ["", "[", "null", '{"passcode":null}', '{"passcode":{}}', '{"passcode":[]}', '{"passcode":""}']) {
    expect(await outcomeOf(verifier, requestWith({ body }), [SECRET]), body).toBe("missing");
  }
});

test("equality is that of texts, whatever they hold", async () => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(text, text, async (one, other) => {
      expect(await isSameText(one, other)).toBe(one === other);
      expect(await isSameText(one, one)).toBe(true);
      expect(await isSecret(one, [other, one])).toBe(one !== "");
    }),
  );
});

describe("either", () => {
  const over = (prefix: string) =>
    hmac({
      hash: "SHA-256",
      header: "x-signature",
      encoding: "hex",
      covers: "body",
      layout: bare(),
      message: ({ body }) => [prefix, body],
    });
  const any = either(over("a"), over("b"));

  test("takes what either takes, and signs as the first", async () => {
    const request = requestWith({ body: "{}" });
    const [first, second, third] = await Promise.all(["a", "b", "c"].map((prefix) => over(prefix).sign(request, SECRET, NOW)));
    expect(await any.sign(request, SECRET, NOW)).toEqual(first);
    expect(await Promise.all([first, second, third].map((signed) => outcomeOf(any, signed ?? request, [SECRET])))).toEqual([
      "accepted",
      "accepted",
      "mismatch",
    ]);
    expect(await outcomeOf(any, { ...(second ?? request), body: new Uint8Array() }, [SECRET])).toBe("mismatch");
    expect(await outcomeOf(any, request, [SECRET])).toBe("missing");
    const elsewhere = either(over("a"), hmac({ ...SCHEME, header: "x-other" }));
    expect(elsewhere.sensitive.headers).toEqual(["x-signature", "x-other"]);
    expect(elsewhere.precheck(await hmac({ ...SCHEME, header: "x-other" }).sign(request, SECRET, NOW), NOW).ok).toBe(true);
  });

  test("refuses to mix what proves the body with what does not", () => {
    expect(() => either(over("a"), token({ header: "x-token" }))).toThrow(TypeError);
  });
});

const SCHEME = {
  hash: "SHA-256",
  encoding: "hex",
  covers: "body",
  layout: bare(),
  message: ({ body }: { readonly body: Uint8Array<ArrayBuffer> }) => [body],
} as const;
