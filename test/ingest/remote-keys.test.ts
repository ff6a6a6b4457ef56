import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { proofBindings } from "../../src/cli/proof.ts";
import { PROOF_KEY } from "../../src/config/proof.ts";
import { defineAdapter } from "../../src/contract/define.ts";
import { track } from "../../src/contract/drafts.ts";
import { person } from "../../src/contract/facts.ts";
import { id, text } from "../../src/contract/fields.ts";
import { on } from "../../src/contract/handlers.ts";
import { demoPublicKeyBytes } from "../../src/contract/verify/demo-keys.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { jwt } from "../../src/contract/verify/jwt.ts";
import { MOST_ADDRESSES, MOST_NEW, remoteKeys } from "../../src/ingest/remote-keys.ts";
import { type Sender, senderOf } from "../../src/ingest/sender.ts";
import { signedToken } from "../contract/tokens.ts";
import { NOW, serve, toLoopback, unsigned } from "./vendors.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const URL_OF_KEYS = "https://keys.example.com/jwks.json";

/** Senders as Cloudflare tells them apart: each has a fifteenth of what all may try. */
const networkNamed = (name: number | string): Sender => ({ name: `network ${name}`, share: 1 / 15 });

/** Keys over a network that answers so, and what it was asked; the time is the test's. */
function network(answer: (url: string, init: RequestInit) => Response | Promise<Response>, timeout = 10_000) {
  const asked: { readonly url: string; readonly init: RequestInit; readonly at: number }[] = [];
  const clock = { now: NOW };
  const published = remoteKeys({
    now: () => clock.now,
    timeout,
    fetch: async (url, init) => {
      asked.push({ url, init, at: clock.now });
      return answer(url, init);
    },
  });
  return { published, keys: published.for(() => networkNamed("of the vendor")), asked, clock };
}

describe("an address", () => {
  test("is fetched at once, and cached for an hour", async () => {
    let version = 0;
    const { keys, asked, clock } = network(() => new Response(`version ${++version}`));
    expect(await keys.read(URL_OF_KEYS)).toBe("version 1");
    expect(asked[0]).toMatchObject({ url: URL_OF_KEYS, init: { redirect: "manual" } });
    clock.now += HOUR - 1;
    expect(await keys.read(URL_OF_KEYS)).toBe("version 1");
    clock.now += 1;
    expect(await keys.read(URL_OF_KEYS)).toBe("version 2");
    expect(asked).toHaveLength(2);
  });

  test("is fetched once, for any number of waiting requests", async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const { keys, asked } = network(() => promise);
    const readings = Promise.all([keys.read(URL_OF_KEYS), keys.read(URL_OF_KEYS), keys.read(URL_OF_KEYS)]);
    resolve(new Response("found"));
    expect(await readings).toEqual(["found", "found", "found"]);
    expect(asked).toHaveLength(1);
  });

  test("is fetched again for a missing key, once a minute", async () => {
    let version = 0;
    const { keys, asked, clock } = network(() => new Response(`version ${++version}`));
    await keys.read(URL_OF_KEYS);
    expect(await keys.read(URL_OF_KEYS, "version 1")).toBe("version 1");
    clock.now += MINUTE - 1;
    expect(await keys.read(URL_OF_KEYS, "version 1")).toBe("version 1");
    clock.now += 1;
    expect(await keys.read(URL_OF_KEYS, "version 1")).toBe("version 2");
    expect(await keys.read(URL_OF_KEYS, "version 1")).toBe("version 2");
    expect(await keys.read(URL_OF_KEYS, "version 2")).toBe("version 2");
    expect(asked).toHaveLength(2);
  });

  test("that fails is fetched again a minute later", async () => {
    let status = 500;
    const { keys, asked, clock } = network(() => new Response("found", { status }));
    expect(await keys.read(URL_OF_KEYS)).toBeNull();
    status = 200;
    expect(await keys.read(URL_OF_KEYS)).toBeNull();
    clock.now += MINUTE;
    expect(await keys.read(URL_OF_KEYS)).toBe("found");
    expect(asked).toHaveLength(2);
  });

  test("that fails is replaced by the cached document, for a day", async () => {
    let status = 200;
    const { keys, clock } = network(() => new Response("found", { status }));
    await keys.read(URL_OF_KEYS);
    status = 500;
    clock.now += 24 * HOUR - 1;
    expect(await keys.read(URL_OF_KEYS)).toBe("found");
    clock.now += 1;
    expect(await keys.read(URL_OF_KEYS)).toBeNull();
  });

  test("that is cached stays cached, for any number of invented ones", async () => {
    const { published, keys, asked, clock } = network((url) => answerTo(url));
    await keys.readNamed(URL_OF_KEYS);
    for (let minute = 0; minute < 30; minute++) {
      for (let count = 0; count < 200; count++)
        await published.for(() => networkNamed(count)).readNamed(invented(`${minute}/${count}`));
      clock.now += MINUTE;
    }
    const before = asked.length;
    expect(await keys.readNamed(URL_OF_KEYS)).toBe("found");
    expect(asked).toHaveLength(before);
  });
});

const invented = (name: string) => `https://keys.example.com/nothing/${name}`;
const answerTo = (url: string) => new Response("found", { status: url.includes("nothing") ? 404 : 200 });

/** Most requests that were made within any minute. */
function mostInAMinute(asked: readonly { readonly at: number }[]): number {
  return Math.max(0, ...asked.map(({ at }) => asked.filter((other) => other.at >= at && other.at < at + MINUTE).length));
}

/** Requests for invented addresses by senders of so many networks: milliseconds after the start, sender, address. */
const attacks = (networks: number) =>
  fc.array(
    fc.record({
      at: fc.nat(5 * MINUTE),
      by: fc.nat(networks - 1),
      count: fc.constantFrom(1, 1, 3, 20, 100),
      spread: fc.constantFrom(0, 1, 500),
    }),
    { maxLength: 40 },
  );

/** Makes the requests in the order of their times, the genuine one among them. */
async function suffer(
  { published, keys, clock }: ReturnType<typeof network>,
  attack: readonly { readonly at: number; readonly by: number; readonly count: number; readonly spread: number }[],
  genuineAt: number,
): Promise<string | null> {
  const start = clock.now;
  let found: string | null = null;
  const genuine = async () => {
    found = await keys.readNamed(URL_OF_KEYS);
  };
  const requests = attack
    .flatMap(({ at, by, count, spread }, index) =>
      Array.from({ length: count }, (_, place) => ({
        at: at + place * spread,
        make: async () => {
          await published.for(() => networkNamed(by)).readNamed(invented(`${index}/${place}`));
        },
      })),
    )
    .concat({ at: genuineAt, make: genuine })
    .sort((one, other) => one.at - other.at);
  for (const { at, make } of requests) {
    clock.now = start + at;
    await make();
  }
  return found;
}

describe("invented addresses", () => {
  test("of up to fourteen networks, at any rate, do not keep the genuine one out of a fresh isolate", async () => {
    await fc.assert(
      fc.asyncProperty(attacks(14), fc.nat(6 * MINUTE), async (attack, genuineAt) => {
        const fresh = network((url) => answerTo(url));
        expect(await suffer(fresh, attack, genuineAt)).toBe("found");
        expect(mostInAMinute(fresh.asked)).toBeLessThanOrEqual(2 * MOST_NEW + MOST_ADDRESSES);
      }),
      { numRuns: 200 },
    );
  });

  test("of any number of networks cause no more requests than the limit", async () => {
    await fc.assert(
      fc.asyncProperty(attacks(10_000), async (attack) => {
        const fresh = network((url) => answerTo(url));
        await suffer(fresh, attack, 0);
        expect(mostInAMinute(fresh.asked)).toBeLessThanOrEqual(2 * MOST_NEW + MOST_ADDRESSES);
      }),
      { numRuns: 200 },
    );
    const { published, asked } = network((url) => answerTo(url));
    for (let count = 0; count < 1_000; count++) await published.for(() => networkNamed(count)).readNamed(invented(String(count)));
    expect(asked).toHaveLength(MOST_NEW);
  });

  test("do not keep out a configured address", async () => {
    const { published, keys, asked } = network((url) => answerTo(url));
    for (let count = 0; count < 1_000; count++) await published.for(() => networkNamed(count)).readNamed(invented(String(count)));
    expect(await keys.readNamed(URL_OF_KEYS)).toBeNull();
    expect(await keys.read(URL_OF_KEYS)).toBe("found");
    expect(asked).toHaveLength(MOST_NEW + 1);
  });

  test("of one network are tried four times a minute, and each once", async () => {
    const { published, asked, clock } = network((url) => answerTo(url));
    const { readNamed } = published.for(() => networkNamed(1));
    for (let count = 0; count < 50; count++) expect(await readNamed(invented("same"))).toBeNull();
    expect(asked).toHaveLength(1);
    for (let count = 0; count < 50; count++) await readNamed(invented(String(count)));
    expect(asked).toHaveLength(4);
    clock.now += MINUTE / 4;
    for (let count = 0; count < 50; count++) await readNamed(invented(`later/${count}`));
    expect(asked).toHaveLength(5);
  });
});

describe("a sender", () => {
  const of = (headers: Readonly<Record<string, string>>, cf?: object) => {
    const request = new Request("https://hooks.example.com/hooks/acme/paypal", { headers });
    if (cf !== undefined) Object.defineProperty(request, "cf", { value: cf });
    return senderOf(request, "acme/paypal").name;
  };

  test.each([
    ["192.0.2.7", "network 192.0.2"],
    ["2001:DB8:0012::1", "network 2001:db8:12"],
    ["2001:db8::1", "network 2001:db8:0"],
    ["::1", "network 0:0:0"],
    ["2001:db8:12:3456:7:8:9:a", "network 2001:db8:12"],
  ])("at %s is its %s", (address, name) => {
    expect(of({ "cf-connecting-ip": address }, {})).toBe(name);
  });

  test("is the source if the platform does not name the network, whatever the request claims", () => {
    expect(of({})).toBe("source acme/paypal");
    expect(of({ "cf-connecting-ip": "192.0.2.7", "x-forwarded-for": "192.0.2.7" })).toBe("source acme/paypal");
  });
});

describe("an answer is accepted", () => {
  test.each([201, 204, 206, 301, 302, 304, 307, 400, 404, 500])("but not with status %i", async (status) => {
    const headers = { location: "https://keys.example.com/elsewhere" };
    const { keys, asked } = network(() => new Response(status === 204 || status === 304 ? null : "found", { status, headers }));
    expect(await keys.read(URL_OF_KEYS)).toBeNull();
    expect(asked).toHaveLength(1);
  });

  test("if it has at most 64 KB", async () => {
    const size = 64 * 1024;
    const of = (length: number) => network(() => new Response("x".repeat(length))).keys.read(URL_OF_KEYS);
    expect(await of(size)).toHaveLength(size);
    expect(await of(size + 1)).toBeNull();
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(1024)) });
    expect(await network(() => new Response(endless)).keys.read(URL_OF_KEYS)).toBeNull();
  });

  test("if it arrives in time", async () => {
    const never = network(() => new Promise<Response>(() => undefined), 1);
    expect(await never.keys.read(URL_OF_KEYS)).toBeNull();
    expect(never.asked[0]?.init.signal).toBeInstanceOf(AbortSignal);
  });

  test("if it is complete in time", async () => {
    const slow = network(() => new Response(new ReadableStream<Uint8Array>({ start: (c) => c.enqueue(utf8Bytes("fou")) })), 1);
    expect(await slow.keys.read(URL_OF_KEYS)).toBeNull();
  });

  test("if there is one", async () => {
    const { keys } = network(() => Promise.reject(new TypeError("no network")));
    expect(await keys.read(URL_OF_KEYS)).toBeNull();
  });
});

describe("an address that is not a public https address is not fetched", () => {
  test.each([
    "http://keys.example.com/jwks.json",
    "ftp://keys.example.com/jwks.json",
    "file:///etc/hosts",
    "data:text/plain,found",
    "https://keys.example.com:8443/jwks.json",
    "https://user:password@keys.example.com/jwks.json",
    "https://user@keys.example.com/jwks.json",
    "https://keys.example.com",
    "https://127.0.0.1/jwks.json",
    "https://2130706433/jwks.json",
    "https://0x7f.1/jwks.json",
    "https://[::1]/jwks.json",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/jwks.json",
    "https://keys/jwks.json",
    "https://keys.localhost/jwks.json",
    "https://keys.internal/jwks.json",
    "https://keys.local/jwks.json",
    "https://keys.example.com./jwks.json",
    "https://keys_1.example.com/jwks.json",
    "https://KEYS.example.com/jwks.json",
    "https://keys.example.com/a/../jwks.json",
    " https://keys.example.com/jwks.json",
    "https:keys.example.com/jwks.json",
    "https://keys.example.com\\jwks.json",
    "not an address",
    "",
  ])("%s", async (url) => {
    const { keys, asked } = network(() => new Response("found"));
    expect(await keys.read(url)).toBeNull();
    expect(await keys.readNamed(url)).toBeNull();
    expect(asked).toEqual([]);
  });
});

describe("a webhook that a published key signs", () => {
  const sealed = defineAdapter({
    id: "sealed",
    name: "Sealed",
    secret: { format: /^[a-z][a-z.-]{3,200}$/, hint: "Your host at Sealed", demo: "tributary-demo.sealed.example" },
    verify: jwt({
      token: "body",
      covers: "body",
      algorithm: "RS256",
      keys: { url: (host) => `https://${host}/jwks.json`, demo: "tributary-demo.sealed.example" },
    }),
    format: "jwt",
    webhook: z.object({ body: z.looseObject({ id, type: text }) }),
    events: ({ body }, { receivedAt }) => [{ id: body.id, type: body.type, occurredAt: receivedAt, test: false, data: body }],
    handlers: { opened: on(z.looseObject({}), () => track(person({}), "Seal Opened")) },
  });

  /** A Worker whose one source is Sealed's, and the answer to one webhook of its. */
  async function answerOf(
    secret: string,
    answer: () => Promise<Response>,
    env: Readonly<Record<string, unknown>> = { REGION: "us" },
  ) {
    const body = await signedToken({ id: "1", type: "opened", exp: NOW / 1000 + 60 }, { alg: "RS256" });
    const accounts = { ACCOUNTS: { acme: { region: "us", sources: { sealed: {} } } }, ACME_SEALED_SECRET: secret };
    const app = serve({ registry: new Map([[sealed.id, sealed]]), env: { ...env, ...accounts }, fetch: answer });
    const request = unsigned({ path: "/hooks/acme/sealed", body });
    const response = await app.send(PROOF_KEY in env ? toLoopback(request) : request);
    return {
      status: response.status,
      body: await response.json(),
      kept: app.accepts.flatMap(({ format, events }) => [format, events]),
      retryAfter: response.headers.get("retry-after"),
    };
  }

  async function keySet(): Promise<Response> {
    const parameters = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("spki", demoPublicKeyBytes("RS256"), parameters, true, ["verify"]);
    return Response.json({ keys: [await crypto.subtle.exportKey("jwk", key)] });
  }

  test("is kept", async () => {
    const { status, kept } = await answerOf("acme.sealed.example", keySet);
    expect(status).toBe(200);
    expect(kept).toEqual(["jwt", [{ id: "1", type: "opened" }]]);
  });

  test("is to come again where the key cannot be had", async () => {
    const answer = await answerOf("acme.sealed.example", async () => new Response(null, { status: 503 }));
    expect(answer).toMatchObject({ status: 503, body: { error: "busy" }, kept: [], retryAfter: "10" });
  });

  test("is refused where the key is another's", async () => {
    expect(await answerOf("acme.sealed.example", async () => Response.json({ keys: [] }))).toMatchObject({
      status: 401,
      kept: [],
    });
  });

  test("with the demo's key is taken locally, without a network, and nowhere else", async () => {
    const offline = () => Promise.reject(new TypeError("no network"));
    const secret = sealed.secret.demo;
    expect(await answerOf(secret, offline, proofBindings("local"))).toMatchObject({ status: 200 });
    expect(await answerOf(secret, offline)).toMatchObject({ status: 503, body: { error: "unusable" }, kept: [] });
    expect(await answerOf(secret, offline, { ...proofBindings("selfhost"), REGION: "us" })).toMatchObject({
      status: 503,
      kept: [],
    });
  });

  test("an adapter's demo secret is its verifier's", () => {
    const wrong = {
      id: "wrong",
      name: "Wrong",
      secret: { ...sealed.secret, demo: "another.example" },
    };
    const adapter = defineAdapter({
      ...wrong,
      verify: jwt({
        token: "body",
        covers: "body",
        algorithm: "RS256",
        keys: { url: (host) => `https://${host}/`, demo: "demo.example" },
      }),
      webhook: z.object({ body: z.unknown() }),
      events: () => [],
      handlers: {},
    });
    expect(() => adapter.configure({})).toThrow("demo secret");
  });
});
