import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, type Encoding, encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { type HmacScheme, hmac } from "../../src/contract/verify/hmac.ts";
import { base64, type Hash, hex, utf8 } from "../../src/contract/verify/keys.ts";
import { bare, keyed, type Layout, listed, positional, prefixed } from "../../src/contract/verify/layouts.ts";
import type { Parts } from "../../src/contract/verify/message.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";
import { NOW, outcomeOf, requestWith, withHeaders } from "./verify-requests.ts";

const SECRET = "a secret as long as any";
const SECONDS = 1_700_000_000;

const plain = { hash: "SHA-256", header: "x-signature", encoding: "hex", covers: "body" } as const;
const ofBody = ({ body }: Parts) => [body];
const ofTimeAndBody = ({ timestamp, body }: Parts) => [timestamp, ".", body];

const github = hmac({ ...plain, layout: prefixed("sha256="), message: ofBody });
const stripe = hmac({ ...plain, layout: keyed({ timestamp: "t", signature: "v1" }), message: ofTimeAndBody, tolerance: 300 });

/** What HMAC-SHA-256 gives, by other means than the verifier's. */
async function digestOf(text: string, secret = SECRET): Promise<string> {
  const key = await crypto.subtle.importKey("raw", utf8Bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return encode(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8Bytes(text))), "hex");
}

/** The end of verifying a body with this signature header. */
const withSignature = (verifier: typeof stripe, value: string, body: string, secrets = [SECRET], now = NOW) =>
  outcomeOf(verifier, requestWith({ headers: { "x-signature": value }, body }), secrets, now);

describe("what is signed is verified", () => {
  const hashes: readonly Hash[] = ["SHA-1", "SHA-256", "SHA-512"];
  const encodings: readonly Encoding[] = ["hex", "base64", "base64url"];
  const layouts: Readonly<Record<string, Layout>> = {
    bare: bare(),
    prefixed: prefixed("sha256="),
    keyed: keyed({ timestamp: "t", signature: "v1" }),
    "keyed by semicolons": keyed({ timestamp: "ts", signature: "h1" }, ";"),
    positional: positional(),
    "listed by spaces": listed("v1,", " "),
    "listed by commas": listed("v1=", ","),
  };
  const schemes = hashes.flatMap((hash) =>
    encodings.flatMap((encoding) => Object.keys(layouts).map((layout) => ({ hash, encoding, layout }))),
  );

  test.each(schemes)("$hash, $encoding, $layout", async ({ hash, encoding, layout: name }) => {
    const layout = layouts[name] ?? bare();
    const scheme = layout.timestamped ? { message: ofTimeAndBody, tolerance: 0 } : { message: ofBody };
    const verifier = hmac({ ...plain, ...scheme, hash, encoding, layout });
    const inputs = fc.record({
      body: fc.uint8Array({ maxLength: 300 }),
      secret: fc.string({ minLength: 1, unit: "binary" }),
      at: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(inputs, async ({ body, secret, at }) => {
        const signed = await verifier.sign(requestWith({ body: new Uint8Array(body) }), secret, NOW);
        expect(await outcomeOf(verifier, signed, ["another", secret])).toBe("accepted");
        expect(await outcomeOf(verifier, signed, ["another"])).toBe("mismatch");
        const other = new Uint8Array([...body, 0]);
        other[at % other.length] = (other[at % other.length] ?? 0) ^ 1;
        expect(await outcomeOf(verifier, { ...signed, body: other }, [secret])).toBe("mismatch");
      }),
      { numRuns: 10 },
    );
  });

  test("with each way to write a key", async () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 64 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.string(), async (key, body) => {
        for (const [decoding, secret] of [
          [base64(), encode(key, "base64")],
          [base64("v1,whsec_", "whsec_"), `v1,whsec_${encode(key, "base64")}`],
          [base64("v1,whsec_", "whsec_"), `whsec_${encode(key, "base64")}`],
          [hex(), encode(key, "hex")],
          [hex("0x"), `0x${encode(key, "hex").toUpperCase()}`],
        ] as const) {
          const verifier = hmac({ ...plain, layout: bare(), message: ofBody, key: decoding });
          expect(verifier.unusable(secret)).toBeNull();
          const signed = await verifier.sign(requestWith({ body }), secret, NOW);
          expect(await outcomeOf(verifier, signed, [secret])).toBe("accepted");
          // The same characters as text are another key.
          expect(await outcomeOf(hmac({ ...plain, layout: bare(), message: ofBody }), signed, [secret])).toBe("mismatch");
        }
      }),
      { numRuns: 20 },
    );
  });

  test("and by no signature of which one character is changed", async () => {
    const signed = await stripe.sign(requestWith({ body: "{}" }), SECRET, NOW);
    const header = signed.headers.get("x-signature") ?? "";
    expect(await withSignature(stripe, header, "{}")).toBe("accepted");
    for (const at of [...header].keys()) {
      const changed = `${header.slice(0, at)}${header[at] === "0" ? "1" : "0"}${header.slice(at + 1)}`;
      expect(await withSignature(stripe, changed, "{}"), changed).not.toBe("accepted");
    }
  });
});

describe("forged, mangled and missing signatures", () => {
  test("random headers neither throw nor verify", async () => {
    const alphabet = [..."0123456789abcdefAF=,;.: t1v/+-_xsha256", "v1=", "t=", "1700000000", "sha256=", "v1,", "\t"];
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 200 }),
      fc.string({ unit: "grapheme-ascii" }),
    );
    const verifiers = [bare(), prefixed("sha256="), listed("v1,", " "), listed("v1=", ",")]
      .map((layout) => hmac({ ...plain, layout, message: ofBody }))
      .concat(
        [keyed({ timestamp: "t", signature: "v1" }), positional()].map((layout) =>
          hmac({ ...plain, layout, message: ofTimeAndBody, tolerance: 300 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(value, async (text) => {
        for (const verifier of verifiers) {
          expect(["missing", "malformed", "stale", "mismatch"]).toContain(await withSignature(verifier, text, "{}"));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("none, or an empty one, is missing", async () => {
    expect(await outcomeOf(github, requestWith({ body: "{}" }), [SECRET])).toBe("missing");
    expect(await withSignature(github, "", "{}")).toBe("missing");
    expect(await withSignature(stripe, " ", "{}")).toBe("missing");
  });

  test.each<[string, (digest: string) => string]>([
    ["prefix only", () => "sha256="],
    ["no prefix", (digest) => digest],
    ["another prefix", (digest) => `sha1=${digest}`],
    ["a prefix in other letters", (digest) => `SHA256=${digest}`],
    ["part of it", (digest) => `sha256=${digest.slice(0, 32)}`],
    ["an odd number of digits", (digest) => `sha256=${digest.slice(1)}`],
    ["more than it", (digest) => `sha256=${digest}00`],
    ["another alphabet", (digest) => `sha256=${digest.slice(1)}g`],
    ["white space inside", (digest) => `sha256= ${digest}`],
    ["twice", (digest) => `sha256=${digest}, sha256=${digest}`],
    ["a second, empty one", (digest) => `sha256=${digest}, `],
    ["very much", (digest) => `sha256=${digest.repeat(100)}`],
  ])("%s is malformed, by the head alone", async (_name, write) => {
    const digest = await digestOf("{}");
    const request = requestWith({ headers: { "x-signature": write(digest) }, body: "{}" });
    expect(await withSignature(github, `sha256=${digest}`, "{}")).toBe("accepted");
    expect(github.precheck(request, NOW)).toEqual({ ok: false, refusal: "malformed" });
    expect(await outcomeOf(github, request, [SECRET])).toBe("malformed");
  });

  test("two headers of the name are refused where one is expected, even if both are right", async () => {
    for (const layout of [bare(), prefixed("sha256=")]) {
      const verifier = hmac({ ...plain, layout, message: ofBody });
      const signed = await verifier.sign(requestWith({ body: "{}" }), SECRET, NOW);
      const headers = new Headers(signed.headers);
      headers.append("x-signature", signed.headers.get("x-signature") ?? "");
      expect(await outcomeOf(verifier, { ...signed, headers }, [SECRET])).toBe("malformed");
    }
  });

  test("base64 has one spelling", async () => {
    const verifier = hmac({ ...plain, encoding: "base64", layout: bare(), message: ofBody });
    const right = encode(decode(await digestOf("{}"), "hex") ?? new Uint8Array(), "base64");
    expect(await withSignature(verifier, right, "{}")).toBe("accepted");
    const last = right.at(-2) ?? "";
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const sameBytes = `${right.slice(0, -2)}${alphabet[alphabet.indexOf(last) + 1]}=`;
    expect(atob(sameBytes)).toBe(atob(right));
    for (const wrong of [sameBytes, right.slice(0, -1), `${right}=`, ` ${right.slice(0, 20)} ${right.slice(20)}`]) {
      expect(await withSignature(verifier, wrong, "{}"), wrong).toBe("malformed");
    }
    const url = hmac({ ...plain, encoding: "base64url", layout: bare(), message: ofBody });
    const unpadded = right.replaceAll("+", "-").replaceAll("/", "_").slice(0, -1);
    expect(await withSignature(url, unpadded, "{}")).toBe("accepted");
    expect(await withSignature(url, `${unpadded}=`, "{}")).toBe("malformed");
    expect(decode("-_-_", "base64url")).toEqual(decode("+/+/", "base64"));
    expect(decode("+/+/", "base64url")).toBeNull();
    expect(decode("-_-_", "base64")).toBeNull();
  });

  test("of several signatures one right one is enough, up to sixteen", async () => {
    const digest = await digestOf(`${SECONDS}.{}`);
    const wrong = "0".repeat(64);
    expect(await withSignature(stripe, `t=${SECONDS},v1=${wrong},v1=${digest}`, "{}")).toBe("accepted");
    expect(await withSignature(stripe, `t=${SECONDS}, v1=${digest}`, "{}")).toBe("accepted");
    expect(await withSignature(stripe, `v0=${wrong},v1=${digest},t=${SECONDS},v2=x`, "{}")).toBe("accepted");
    expect(await withSignature(stripe, `t=${SECONDS},v1=short,v1=${digest}`, "{}")).toBe("accepted");
    expect(await withSignature(stripe, `t=${SECONDS}${`,v1=${wrong}`.repeat(15)},v1=${digest}`, "{}")).toBe("accepted");
    expect(await withSignature(stripe, `t=${SECONDS}${`,v1=${wrong}`.repeat(16)},v1=${digest}`, "{}")).toBe("malformed");
    expect(await withSignature(stripe, `t=${SECONDS},v1=${wrong}`, "{}")).toBe("mismatch");
    expect(await withSignature(stripe, `t=${SECONDS},v1=${digest},v0=`.padEnd(4096, "0"), "{}")).toBe("accepted");
    expect(await withSignature(stripe, `t=${SECONDS},v1=${digest},v0=`.padEnd(4097, "0"), "{}")).toBe("malformed");
    expect(await withSignature(stripe, `t=${SECONDS},v0=${digest}`, "{}")).toBe("malformed");
    expect(await withSignature(stripe, `v1=${digest}`, "{}")).toBe("malformed");
    expect(await withSignature(stripe, `t=${SECONDS},t=${SECONDS},v1=${digest}`, "{}")).toBe("malformed");
    expect(await withSignature(stripe, `t=,v1=${digest}`, "{}")).toBe("missing");

    const pagerDuty = hmac({ ...plain, layout: listed("v1=", ","), message: ofBody });
    const ofBodyOnly = await digestOf("{}");
    expect(await withSignature(pagerDuty, `v1=${wrong},v1=${ofBodyOnly}`, "{}")).toBe("accepted");
    expect(await withSignature(pagerDuty, `v2=${ofBodyOnly}`, "{}")).toBe("malformed");

    const recurly = hmac({ ...plain, layout: positional(), unit: "milliseconds", message: ofTimeAndBody, tolerance: 300 });
    const inMilliseconds = await digestOf(`${NOW}.{}`);
    expect(await withSignature(recurly, `${NOW},${wrong},${inMilliseconds}`, "{}")).toBe("accepted");
    expect(await withSignature(recurly, `${inMilliseconds},${NOW}`, "{}")).toBe("malformed");
    expect(await withSignature(recurly, `${NOW}`, "{}")).toBe("malformed");
    expect(await withSignature(recurly, `${NOW},`, "{}")).toBe("malformed");
  });

  test("of several headers one right one is enough; all have to be laid out well", async () => {
    const verifier = hmac({ ...plain, header: ["X-Signature-1", "X-Signature-2"], layout: prefixed("v0="), message: ofBody });
    const [right, wrong] = [`v0=${await digestOf("{}")}`, `v0=${"0".repeat(64)}`];
    const outcome = (headers: Record<string, string>) => outcomeOf(verifier, requestWith({ headers, body: "{}" }), [SECRET]);
    expect(await outcome({ "x-signature-2": right })).toBe("accepted");
    expect(await outcome({ "x-signature-1": wrong, "x-signature-2": right })).toBe("accepted");
    expect(await outcome({ "x-signature-1": wrong })).toBe("mismatch");
    expect(await outcome({ "x-signature-1": "x", "x-signature-2": right })).toBe("malformed");
    expect(await outcome({ "x-signature-3": right })).toBe("missing");
    expect(verifier.sensitive).toEqual({ headers: ["x-signature-1", "x-signature-2"], query: [] });
  });

  test("headers that disagree about the time are malformed", async () => {
    const layout = keyed({ timestamp: "t", signature: "v1" });
    const verifier = hmac({ ...plain, header: ["x-1", "x-2"], layout, message: ofTimeAndBody, tolerance: 300 });
    const stamp = async (time: number) => `t=${time},v1=${await digestOf(`${time}.{}`)}`;
    const outcome = async (one: number, other: number) =>
      outcomeOf(verifier, requestWith({ headers: { "x-1": await stamp(one), "x-2": await stamp(other) }, body: "{}" }), [SECRET]);
    expect(await outcome(SECONDS, SECONDS)).toBe("accepted");
    expect(await outcome(SECONDS, SECONDS + 1)).toBe("malformed");
  });
});

describe("the time of signing", () => {
  const stamped = async (verifier: typeof stripe, time: string) =>
    withSignature(verifier, `t=${time},v1=${await digestOf(`${time}.{}`)}`, "{}");

  test.each([
    ["300 seconds old", SECONDS - 300, "accepted"],
    ["301 seconds old", SECONDS - 301, "stale"],
    ["300 seconds ahead", SECONDS + 300, "accepted"],
    ["301 seconds ahead", SECONDS + 301, "stale"],
    ["in milliseconds", NOW, "stale"],
    ["the beginning of time", 0, "stale"],
  ])("%s", async (_name, time, outcome) => expect(await stamped(stripe, String(time))).toBe(outcome));

  test.each([
    "NaN",
    "Infinity",
    "-1700000000",
    "+1700000000",
    "1e999",
    "1.7e9",
    "1700000000.5",
    "0x6553f100",
    "١٧٠٠٠٠٠٠٠٠",
    "1 700",
    "9".repeat(17),
    "now",
  ])("%s is no time", async (time) => {
    const verifier = hmac({
      ...plain,
      header: "x-signature",
      layout: bare(),
      timestamp: { field: "at" },
      message: ofBody,
      tolerance: 300,
    });
    const signed = requestWith({ body: JSON.stringify({ at: time }) });
    const headers = { "x-signature": await digestOf(JSON.stringify({ at: time })) };
    expect(await outcomeOf(verifier, withHeaders(signed, headers), [SECRET])).toBe("malformed");
  });

  test("a tolerance of 0 is 0, to what the vendor's unit can tell", async () => {
    const scheme = { ...plain, layout: keyed({ timestamp: "t", signature: "v1" }), message: ofTimeAndBody, tolerance: 0 };
    const [seconds, milliseconds] = [hmac(scheme), hmac({ ...scheme, unit: "milliseconds" })];
    expect(await stamped(seconds, String(SECONDS))).toBe("accepted");
    expect(await stamped(seconds, String(SECONDS - 1))).toBe("stale");
    expect(await stamped(seconds, String(SECONDS + 1))).toBe("stale");
    expect(await stamped(milliseconds, String(NOW))).toBe("accepted");
    expect(await stamped(milliseconds, String(NOW - 1))).toBe("stale");
    expect(await stamped(milliseconds, String(NOW + 1))).toBe("stale");
  });

  test("is signed as it was written", async () => {
    const iso = hmac({
      ...plain,
      layout: bare(),
      timestamp: { header: "x-time" },
      unit: "iso",
      message: ofTimeAndBody,
      tolerance: 300,
    });
    const spellings = ["2023-11-14T22:13:20Z", "2023-11-14T15:13:20-07:00", "2023-11-14T22:13:20.000Z"];
    for (const [signed, sent] of spellings.flatMap((one) => spellings.map((other) => [one, other] as const))) {
      const headers = { "x-time": sent, "x-signature": await digestOf(`${signed}.{}`) };
      expect(await outcomeOf(iso, requestWith({ headers, body: "{}" }), [SECRET])).toBe(
        signed === sent ? "accepted" : "mismatch",
      );
    }
    expect(
      await outcomeOf(iso, requestWith({ headers: { "x-time": "yesterday", "x-signature": "0".repeat(64) } }), [SECRET]),
    ).toBe("malformed");
    expect(await outcomeOf(iso, requestWith({ headers: { "x-signature": "0".repeat(64) } }), [SECRET])).toBe("missing");
    expect(await stamped(stripe, `0${SECONDS}`)).toBe("accepted");
    expect(await withSignature(stripe, `t=0${SECONDS},v1=${await digestOf(`${SECONDS}.{}`)}`, "{}")).toBe("mismatch");
  });

  test("is decided by the head, but where it stands in the body", async () => {
    const linear = hmac({
      ...plain,
      layout: bare(),
      timestamp: { field: "webhookTimestamp" },
      unit: "milliseconds",
      message: ofBody,
      tolerance: 60,
    });
    const signed = await linear.sign(requestWith({ body: '{"action":"create","webhookTimestamp":1}' }), SECRET, NOW);
    expect(new TextDecoder().decode(signed.body)).toBe(`{"action":"create","webhookTimestamp":${NOW}}`);
    expect(await outcomeOf(linear, signed, [SECRET])).toBe("accepted");
    expect(await outcomeOf(linear, signed, [SECRET], NOW + 61_000)).toBe("stale");
    expect(await outcomeOf(linear, signed, [SECRET], NOW - 61_000)).toBe("stale");
    expect(linear.precheck(signed, NOW + 61_000)).toEqual({ ok: true });
    expect(
      await outcomeOf(linear, withHeaders(requestWith({ body: "{}" }), { "x-signature": await digestOf("{}") }), [SECRET]),
    ).toBe("missing");
    expect(
      await outcomeOf(linear, withHeaders(requestWith({ body: "[" }), { "x-signature": await digestOf("[") }), [SECRET]),
    ).toBe("missing");
    expect(linear.precheck(requestWith({}), NOW)).toEqual({ ok: false, refusal: "missing" });
  });
});

describe("signatures in the body", () => {
  const mailgun = (format: "json" | "form") => {
    const path = (name: string) => (format === "json" ? `signature.${name}` : name);
    return hmac({
      hash: "SHA-256",
      field: path("signature"),
      encoding: "hex",
      covers: "nonce",
      layout: bare(),
      timestamp: { field: path("timestamp") },
      id: { field: path("token") },
      message: ({ timestamp, id }) => [timestamp, id],
      tolerance: 300,
      format,
    });
  };
  const bodies = {
    json: '{"signature":{"timestamp":"1","token":"abc","signature":""},"event-data":{"event":"opened"}}',
    form: "timestamp=1&token=abc&signature=&event=opened",
  };

  test.each(["json", "form"] as const)("as %s", async (format) => {
    const verifier = mailgun(format);
    const signed = await verifier.sign(requestWith({ body: bodies[format] }), SECRET, NOW);
    expect(await verifier.verify(signed, [SECRET], NOW)).toEqual({ ok: true, nonce: "abc" });
    expect(new TextDecoder().decode(signed.body)).toContain(await digestOf(`${SECONDS}abc`));
    expect(verifier.precheck(requestWith({}), NOW)).toEqual({ ok: true });
    expect(await outcomeOf(verifier, signed, [SECRET], NOW + 301_000)).toBe("stale");
    expect(await outcomeOf(verifier, signed, ["another secret"])).toBe("mismatch");
    for (const body of ["", "{}", "[]", "null", "\u0000", '{"signature":[]}', '{"__proto__":{"signature":{}}}', "signature"]) {
      expect(await outcomeOf(verifier, requestWith({ body }), [SECRET]), body).toBe("missing");
    }
    const reused = new TextDecoder().decode(signed.body).replace("abc", "abd");
    expect(await outcomeOf(verifier, { ...signed, body: utf8Bytes(reused) }, [SECRET])).toBe("mismatch");
  });

  test("an id that was not given is made up, each time another", async () => {
    const verifier = mailgun("json");
    const verdicts = await Promise.all(
      [1, 2].map(async () => verifier.verify(await verifier.sign(requestWith({ body: "{}" }), SECRET, NOW), [SECRET], NOW)),
    );
    expect(verdicts.map((verdict) => verdict.ok)).toEqual([true, true]);
    expect(new Set(verdicts.map((verdict) => JSON.stringify(verdict))).size).toBe(2);
  });
});

describe("the signed text", () => {
  const signedAs = async (message: HmacScheme["message"], request: SignedRequest) => {
    const verifier = hmac({ ...plain, covers: "nothing", layout: bare(), message });
    return { verifier, signature: (await verifier.sign(request, SECRET, NOW)).headers.get("x-signature") };
  };
  const request = requestWith({
    url: "https://hooks.example.com/hooks/acme/crm?b=%41&a=2",
    headers: { "x-topic": "made" },
    query: { b: "A", a: "2" },
    body: '{"list":[{"name":"first","count":12,"done":true}],"none":null}',
  });

  test.each<[string, HmacScheme["message"], string]>([
    [
      "method, URL and body",
      ({ method, url, body }) => [method, url, body.slice(0, 2)],
      'POSThttps://hooks.example.com/hooks/acme/crm?b=%41&a=2{"',
    ],
    ["path with raw query", ({ path }) => [path], "/hooks/acme/crm?b=%41&a=2"],
    ["query", ({ query }) => [query.get("b"), "\n", query.get("a")], "A\n2"],
    ["header", ({ header }) => [header("X-Topic"), "!"], "made!"],
    ["fields", ({ field }) => ["list.0.name", "list.0.count", "list.0.done"].map(field), "first12true"],
    ["text beyond ASCII", () => ["ä€😀"], "ä€😀"],
  ])("%s", async (_name, message, text) => {
    const { signature } = await signedAs(message, request);
    expect(signature).toBe(await digestOf(text));
  });

  test.each<[string, HmacScheme["message"]]>([
    ["a header", ({ header }) => ["x", header("x-none")]],
    ["a field", ({ field }) => ["x", field("list.7.name")]],
    ["a field that is null", ({ field }) => ["x", field("none")]],
    ["an object for a field", ({ field }) => ["x", field("list.0")]],
    ["the length of a list", ({ field }) => ["x", field("list.0.name.length")]],
    ["the public URL", ({ url }) => [url]],
    ["the public path", ({ path }) => [path]],
  ])("a request that lacks %s is refused", async (_name, message) => {
    const { verifier, signature } = await signedAs(() => ["x"], request);
    expect(await outcomeOf(verifier, withHeaders(request, { "x-signature": signature }), [SECRET])).toBe("accepted");
    const demanding = hmac({ ...plain, covers: "nothing", layout: bare(), message });
    expect(await outcomeOf(demanding, withHeaders({ ...request, url: "" }, { "x-signature": signature }), [SECRET])).toBe(
      "malformed",
    );
    await expect(demanding.sign({ ...request, url: "" }, SECRET, NOW)).rejects.toThrow(TypeError);
  });

  test("a form is sorted by name and value, each pair once", async () => {
    const { signature } = await signedAs(
      ({ sortedForm }) => [sortedForm()],
      requestWith({ body: "b=2&a=%C3%A4+1&b=1&b=2&B=0&a=" }),
    );
    expect(signature).toBe(await digestOf("B0aaä 1b1b2"));
  });

  test("only a scheme that reads the URL needs one", () => {
    const signsUrl = (message: HmacScheme["message"]) => hmac({ ...plain, covers: "nothing", layout: bare(), message }).signsUrl;
    expect(signsUrl(({ url, body }) => [url, body])).toBe(true);
    expect(signsUrl(({ path }) => [path])).toBe(true);
    expect(signsUrl(({ body, method }) => [method, body])).toBe(false);
  });
});

describe("secrets", () => {
  test("an empty one never verifies, and none can be signed with", async () => {
    for (const [key, empty] of [
      [utf8(), ""],
      [base64("whsec_"), "whsec_"],
      [base64("whsec_"), ""],
      [hex(), ""],
      [utf8("sec_"), "sec_"],
    ] as const) {
      const verifier = hmac({ ...plain, layout: bare(), message: ofBody, key });
      // The signature of whoever uses no key: HMAC pads a key with zeros, so one zero byte is the same.
      const signature = await digestOf("{}", "\u0000");
      expect(await outcomeOf(verifier, requestWith({ headers: { "x-signature": signature }, body: "{}" }), [empty])).toBe(
        "mismatch",
      );
      expect(verifier.unusable(empty)).toBeTypeOf("string");
      await expect(verifier.sign(requestWith({ body: "{}" }), empty, NOW)).rejects.toThrow(TypeError);
    }
  });

  test.each([
    [utf8(), "1234567", "has 7 characters, at least 8 are needed"],
    [utf8(), "12345678", null],
    [utf8("sec_"), "sec_1234567", "has 7 characters, at least 8 are needed"],
    [base64(), btoa("x".repeat(15)), "holds 15 bytes, at least 16 are needed"],
    [base64(), btoa("x".repeat(16)), null],
    [base64("whsec_"), "whsec_", "is empty or not base64"],
    [base64("whsec_"), "whsec_not base64 at all", "is empty or not base64"],
    [base64("whsec_"), `v1,whsec_${btoa("x".repeat(16))}`, "is empty or not base64"],
    [hex(), "00".repeat(15), "holds 15 bytes, at least 16 are needed"],
    [hex(), "00".repeat(16), null],
    [hex(), "0".repeat(33), "is empty or not hex"],
    [hex(), "z".repeat(32), "is empty or not hex"],
  ])("%o judges %s", (key, secret, verdict) => {
    expect(hmac({ ...plain, layout: bare(), message: ofBody, key }).unusable(secret)).toBe(verdict);
  });

  test.each(["first second", "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----", "Bearer x", "a\tb", " padded "])(
    "%j is used whole",
    async (secret) => {
      for (const fragment of secret.split(/\s+/).filter((part) => part !== "")) {
        const signed = await github.sign(requestWith({ body: "{}" }), fragment, NOW);
        expect(await outcomeOf(github, signed, [secret])).toBe("mismatch");
      }
      expect(await outcomeOf(github, await github.sign(requestWith({ body: "{}" }), secret, NOW), [secret])).toBe("accepted");
    },
  );

  test("more keys than are kept still verify", async () => {
    for (const at of Array.from({ length: 600 }).keys()) {
      const secret = `secret number ${at % 300}`;
      expect(await withSignature(github, `sha256=${await digestOf("{}", secret)}`, "{}", [secret])).toBe("accepted");
    }
  });
});

test("a scheme that contradicts itself cannot be declared", () => {
  const scheme = { ...plain, layout: bare(), message: ofBody };
  const timed = { ...scheme, timestamp: { header: "x-time" }, message: ofTimeAndBody };
  const declare = (change: Partial<HmacScheme>) => () => hmac({ ...scheme, ...change });
  expect(declare({})).not.toThrow();
  expect(declare({ message: () => ["x"] })).toThrow("covers the body");
  expect(declare({ covers: "nonce" })).toThrow("covers a nonce");
  expect(declare({ id: { header: "x-id" } })).toThrow("the id is not signed");
  expect(declare({ id: { field: "id" } })).not.toThrow();
  expect(declare({ message: ({ id, body }) => [id, body] })).toThrow("the signed id has no place");
  expect(declare({ ...timed, message: ofBody, tolerance: 1 })).toThrow("the timestamp is not signed");
  expect(declare({ message: ofTimeAndBody })).toThrow("the signed timestamp has no place");
  const bodyHash = { query: "hash" };
  expect(declare({ bodyHash })).toThrow("the URL with the body's hash is not signed");
  expect(declare({ bodyHash, message: ({ url }) => [url] })).not.toThrow();
  expect(declare({ tolerance: 300 })).toThrow("a tolerance needs a timestamp");
  for (const tolerance of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(declare({ ...timed, tolerance })).toThrow("a timestamp needs a tolerance");
  expect(declare(timed)).toThrow("a timestamp needs a tolerance");
  expect(declare({ ...timed, tolerance: 0 })).not.toThrow();
});
