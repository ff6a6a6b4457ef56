/**
 * Every adapter's proof of origin: what it accepts, and everything that it must not.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { RETENTION } from "../../src/account/state/retention.ts";
import { type Fixture, toStored } from "../../src/cli/recorded.ts";
import { defineAdapter } from "../../src/contract/define.ts";
import { track } from "../../src/contract/drafts.ts";
import { person } from "../../src/contract/facts.ts";
import { text } from "../../src/contract/fields.ts";
import { on } from "../../src/contract/handlers.ts";
import { answerText, handshake } from "../../src/contract/handshake.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { hmac } from "../../src/contract/verify/hmac.ts";
import { prefixed } from "../../src/contract/verify/layouts.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";
import { configured } from "../support/accounts.ts";
import { fixturesOf, vectorsOf } from "../support/fixtures.ts";
import { forgeriesOf, withOtherProof } from "../support/forgeries.ts";
import { ADAPTERS } from "../support/registry.ts";
import { judge, NOW, ownOptionsOf, readingsOf, requestOf, sourceFor } from "../support/requests.ts";

const adapters = [...ADAPTERS.values()];

const DAY = 24 * 60 * 60 * 1000;

/** Their vendors go on sending the same signature for longer than a day. What duplicates are not remembered of must not be taken from them either. */
const PATIENT: ReadonlySet<string> = new Set(["amazon-ses", "close", "paypal", "recharge", "sendgrid"]);

/** Their vendors sign what the body says, not its bytes: whatever else stands there makes no difference. */
const SIGNS_CONTENT: ReadonlySet<string> = new Set(["amazon-ses", "app-store"]);

/** The same text but for one character in the middle of its longest word, which is where a signature or secret stands. */
function altered(text: string): string {
  const words = [...text.matchAll(/[A-Za-z0-9+/_-]+/g)].sort((one, other) => other[0].length - one[0].length);
  const [word] = words;
  if (word === undefined) return `${text}0`;
  const at = word.index + Math.floor(word[0].length / 2);
  return text.slice(0, at) + (text[at] === "0" ? "1" : "0") + text.slice(at + 1);
}

/** Bodies that differ from this one, by a bit, a byte, or altogether. */
function otherBodies(body: Uint8Array): readonly Uint8Array<ArrayBuffer>[] {
  const flipped = Array.from({ length: 32 }, (_, index) => {
    const other = Uint8Array.from(body);
    const at = Math.floor((index * (body.length - 1)) / 31);
    other[at] = (other[at] ?? 0) ^ 1;
    return other;
  });
  return [
    ...flipped,
    Uint8Array.from([...body, 10]),
    Uint8Array.from(body.slice(0, -1)),
    Uint8Array.from(body.slice(1)),
    new Uint8Array(),
  ];
}

/** What a request says outside of its body, as text. */
function headOf({ url, headers, pathToken }: SignedRequest): string {
  return JSON.stringify([url, [...headers], pathToken]);
}

/** Does this text hold the time at which it was signed? */
function tellsTime(text: string): boolean {
  return [String(NOW / 1000), new Date(NOW).toISOString().slice(0, -5)].some((time) => text.includes(time));
}

/** An adapter with each set of options that it has fixtures for: options may choose how it is signed. */
function schemesOf(adapter: Adapter) {
  const groups = Map.groupBy(fixturesOf(adapter.id), (fixture) => JSON.stringify(ownOptionsOf(fixture)));
  return Array.from(groups, ([text, fixtures]) => ({
    title: text === "{}" ? adapter.id : `${adapter.id} ${text}`,
    adapter,
    options: fixtures[0] ? ownOptionsOf(fixtures[0]) : {},
    fixtures,
  }));
}

describe.each(adapters.flatMap(schemesOf))("$title", ({ adapter, options, fixtures }) => {
  const { verifier } = configured(adapter, options);
  const { demo, format } = adapter.secret;
  const other = altered(demo);
  // Where a secret only checks, nobody but the vendor can sign for another than the demo's.
  const isOurs = verifier.demoSecret === undefined;
  const sign = (fixture: Fixture, secret = demo, at = NOW) => verifier.sign(requestOf(adapter, fixture), secret, at);
  const refusalOf = async (request: SignedRequest, secrets: readonly string[] = [demo], at = NOW) => {
    const verdict = await judge(verifier, request, secrets, at);
    return verdict.ok ? "accepted" : verdict.refusal;
  };

  const readingOf = async (fixture: Fixture, request: SignedRequest) => {
    const source = sourceFor(adapter, fixture);
    return readingsOf(source.configured, await toStored(request, source, NOW));
  };

  test("accepts what its vendor signs, with the secret and with either of two", async () => {
    expect(other).toMatch(format);
    expect(verifier.unusable(other)).toBeNull();
    for (const fixture of fixtures) {
      expect(await refusalOf(await sign(fixture)), fixture.name).toBe("accepted");
      expect(await refusalOf(await sign(fixture), [other, demo]), fixture.name).toBe("accepted");
      if (isOurs) expect(await refusalOf(await sign(fixture, other), [other, demo]), fixture.name).toBe("accepted");
    }
  });

  test("refuses another's secret, and has none that is empty", async () => {
    expect("").not.toMatch(format);
    expect(verifier.unusable("")).not.toBeNull();
    for (const fixture of fixtures) {
      expect(await refusalOf(await sign(fixture), [other]), fixture.name).not.toBe("accepted");
      expect(await refusalOf(await sign(fixture), []), fixture.name).not.toBe("accepted");
      expect(await refusalOf(await sign(fixture), [""]), fixture.name).not.toBe("accepted");
    }
  });

  test("refuses what is not signed, without its body where a header should have said so", async () => {
    for (const fixture of fixtures) {
      const request = requestOf(adapter, fixture);
      expect(await refusalOf(request), fixture.name).not.toBe("accepted");
      expect((await verifier.verify(request, [demo], NOW)).ok, fixture.name).toBe(false);
      const signed = await sign(fixture);
      if (withOtherProof(verifier, signed, altered).length > 0)
        expect(verifier.precheck(request, NOW), fixture.name).toEqual({ ok: false, refusal: "missing" });
    }
  });

  test("refuses an altered signature", async () => {
    for (const fixture of fixtures) {
      const signed = await sign(fixture);
      for (const proof of [
        altered,
        () => "0",
        (text: string) => text.slice(0, -2),
        () => "x".repeat(10_000),
        () => "=;,t=,v1=,:",
      ]) {
        for (const forged of withOtherProof(verifier, signed, proof))
          expect(await refusalOf(forged), `${fixture.name}: ${headOf(forged).slice(0, 300)}`).not.toBe("accepted");
      }
    }
  });

  test.runIf(verifier.covers === "body")("refuses any other body", async () => {
    for (const fixture of fixtures) {
      const signed = await sign(fixture);
      for (const body of otherBodies(signed.body)) {
        const refusal = await refusalOf({ ...signed, body });
        if (refusal === "accepted" && SIGNS_CONTENT.has(adapter.id)) {
          // Nothing, where the body is no longer one.
          const readings = [[], await readingOf(fixture, signed)];
          expect(readings, fixture.name).toContainEqual(await readingOf(fixture, { ...signed, body }));
        } else expect(refusal, fixture.name).not.toBe("accepted");
      }
    }
  });

  test("refuses yesterday's and tomorrow's where the time is signed, by the head alone where it stands there", async () => {
    const age = PATIENT.has(adapter.id) ? RETENTION : DAY;
    for (const fixture of fixtures) {
      const [signed, later] = [await sign(fixture), await sign(fixture, demo, NOW + age)];
      const inHead = tellsTime(headOf(signed));
      if (!inHead && !tellsTime(new TextDecoder().decode(signed.body))) continue;
      expect(await refusalOf(signed, [demo], NOW + age), fixture.name).toBe("stale");
      expect(await refusalOf(later, [demo], NOW), fixture.name).toBe("stale");
      if (inHead) expect(verifier.precheck(signed, NOW + age), fixture.name).toEqual({ ok: false, refusal: "stale" });
      expect((await verifier.verify(signed, [demo], NOW + age)).ok, fixture.name).toBe(false);
    }
  });
});

describe.each(adapters)("$id", (adapter) => {
  test("agrees with what others signed", async () => {
    for (const { source, url, headers, body, options, secret, now } of [
      ...vectorsOf(adapter.id),
      ...vectorsOf(`${adapter.id}.sdk`),
    ]) {
      const { verifier } = configured(adapter, options);
      const bare = requestOf(adapter, { name: source, headers, query: {}, contentType: "application/json", options, text: body });
      const request = url === undefined ? bare : { ...bare, url, query: new URL(url).searchParams };
      expect(await judge(verifier, request, [secret], now), source).toMatchObject({ ok: true });
      if (SIGNS_CONTENT.has(adapter.id)) {
        const other = { ...request, body: utf8Bytes(altered(body)) };
        expect((await judge(verifier, other, [secret], now)).ok, source).toBe(false);
      } else if (verifier.covers === "body") {
        const other = { ...request, body: utf8Bytes(`${body} `) };
        // A body that is a token is none with a space behind it.
        const refusal = adapter.format === "jwt" ? "malformed" : "mismatch";
        expect(await judge(verifier, other, [secret], now), source).toEqual({ ok: false, refusal });
      }
    }
  });

  test("has a recorded example of each handshake, and no answer that is a signature", async () => {
    const examples = fixturesOf(adapter.id).filter(({ name }) => name.startsWith("handshake"));
    expect(examples.length).toBeGreaterThanOrEqual(configured(adapter).handshakes.length);
    for (const example of examples) expect(await forgeriesOf(adapter, example), example.name).toEqual([]);
  });
});

describe("the search for forgeries", () => {
  const toy = (challenge: z.ZodType<string>) =>
    defineAdapter({
      id: "toy",
      name: "Toy",
      secret: { format: /^\w{16,}$/, hint: "Secret", demo: "tributary_demo_toy_secret" },
      verify: hmac({
        hash: "SHA-256",
        header: "x-signature",
        encoding: "hex",
        covers: "body",
        layout: prefixed("v0="),
        message: ({ body }) => ["v0:", body],
      }),
      handshakes: [
        handshake({
          proof: "unsigned",
          method: "POST",
          request: z.object({ body: z.looseObject({ challenge }) }),
          answer: async ({ body }, { hmac: sign }) => answerText(await sign("SHA-256", body.challenge, "hex")),
        }),
      ],
      webhook: z.object({ body: z.looseObject({ type: text }) }),
      events: ({ body }, { receivedAt }) => [{ id: "1", type: body.type, occurredAt: receivedAt, test: false, data: body }],
      handlers: { done: on(z.looseObject({}), () => track(person({}), "Toy Done")) },
    });
  const example: Fixture = {
    name: "handshake",
    headers: {},
    query: {},
    contentType: "application/json",
    options: {},
    text: '{"challenge":"abc"}',
  };

  test("finds an answer that signs whatever the caller sends", async () => {
    expect(await forgeriesOf(toy(z.string()), example)).toHaveLength(1);
  });

  test("finds nothing where the caller's text has a narrow pattern", async () => {
    expect(await forgeriesOf(toy(z.string().regex(/^\w{1,64}$/)), example)).toEqual([]);
  });
});
