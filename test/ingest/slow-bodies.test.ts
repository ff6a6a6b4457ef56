/**
 * Bodies that come slowly or not at all, and what they may take from others meanwhile.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { readBody } from "../../src/ingest/body.ts";
import { bodyBudget } from "../../src/ingest/body-budget.ts";
import { type SentBody, sentBody, type VirtualTime, virtualTime } from "../support/virtual-time.ts";
import { billing, INVOICE, NOW, serve, signed, unsigned, withBody } from "./vendors.ts";

const KIBIBYTE = 1024;
const spaces = (count: number) => new Uint8Array(count).fill(0x20);

/** Reads a body under a clock, with room for anything. */
function reading(body: SentBody, clock: VirtualTime, limit = 5 * KIBIBYTE * KIBIBYTE) {
  return readBody(body.stream, limit, { lease: bodyBudget(clock.now).lease("acme/billing"), clock, declared: 0 });
}

describe("a slow sender", () => {
  test("that stops is refused after exactly five seconds, and the rest of its body is cancelled", async () => {
    const clock = virtualTime(NOW);
    const app = serve({ clock });
    const body = sentBody();
    let isAnswered = false;
    const answer = app.send(withBody(await signed(), body.stream)).then((response) => {
      isAnswered = true;
      return response;
    });
    await body.begun;
    await body.send(utf8Bytes(INVOICE.slice(0, -1)));
    clock.pass(4_999);
    await Promise.resolve();
    expect(isAnswered).toBe(false);
    expect(body.wasCancelled()).toBe(false);
    clock.pass(100);
    expect((await answer).status).toBe(408);
    expect(body.wasCancelled()).toBe(true);
    expect(clock.waiting()).toBe(0);
    expect(app.accepts).toEqual([]);
    expect(app.lines()).toEqual([expect.objectContaining({ outcome: "slow", account: "acme", source: "billing" })]);
  });

  test("that ends in time is accepted, and no timer is left", async () => {
    const clock = virtualTime(NOW);
    const body = sentBody();
    const answer = serve({ clock }).send(withBody(await signed(), body.stream));
    await body.begun;
    await body.send(utf8Bytes(INVOICE.slice(0, 10)));
    clock.pass(4_900);
    await body.send(utf8Bytes(INVOICE.slice(10)));
    body.end();
    expect((await answer).status).toBe(200);
    expect(clock.waiting()).toBe(0);
  });

  test("of a large body has time for its size at 32 KB per second", async () => {
    const clock = virtualTime(NOW);
    const body = sentBody();
    const result = reading(body, clock);
    await body.begun;
    for (let second = 0; second < 20; second += 1) {
      await body.send(spaces(33 * KIBIBYTE));
      clock.pass(1_000);
    }
    body.end();
    expect(await result).toMatchObject({ ok: true });
  });

  test("that goes on byte by byte is refused too", async () => {
    const clock = virtualTime(NOW);
    const body = sentBody();
    const result = reading(body, clock);
    await body.begun;
    for (let tenth = 0; tenth < 51; tenth += 1) {
      void body.send(spaces(1));
      clock.pass(100);
    }
    expect(await result).toEqual({ ok: false, reason: "slow" });
  });

  test("has at most half a minute, for any size", async () => {
    const clock = virtualTime(NOW);
    const body = sentBody();
    const result = reading(body, clock);
    await body.begun;
    for (let second = 0; second < 29; second += 1) {
      await body.send(spaces(100 * KIBIBYTE));
      clock.pass(1_000);
    }
    void body.send(spaces(1));
    clock.pass(1_000);
    expect(await result).toEqual({ ok: false, reason: "slow" });
  });

  test("of a possible handshake learns only that it is unverified", async () => {
    const clock = virtualTime(NOW);
    const body = sentBody();
    const answer = serve({ clock }).send(withBody(unsigned({ path: "/hooks/acme/chat" }), body.stream));
    await body.begun;
    clock.pass(5_000);
    expect((await answer).status).toBe(401);
  });
});

describe.each([
  ["of bytes", "bytes"],
  ["of chunks", undefined],
] as const)("a stream %s", (_, type) => {
  test("that arrives byte by byte is the same body", async () => {
    const clock = virtualTime(NOW);
    const body = sentBody(type);
    const result = reading(body, clock);
    await body.begun;
    const bytes = crypto.getRandomValues(new Uint8Array(10_000));
    for (const byte of bytes) await body.send(Uint8Array.of(byte));
    body.end();
    expect(await result).toEqual({ ok: true, bytes });
  });

  test("is the same body in any chunks", async () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 200_000 })), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, async (cuts) => {
        const body = sentBody(type);
        const result = reading(body, virtualTime(NOW));
        await body.begun;
        const pieces = cuts.map((size, index) => new Uint8Array(size).fill(index + 1));
        const whole = new Uint8Array(await new Blob(pieces).arrayBuffer());
        for (const piece of pieces) await body.send(piece);
        body.end();
        const read = await result;
        expect(read.ok && encode(new Uint8Array(await crypto.subtle.digest("SHA-256", read.bytes)), "hex")).toBe(
          encode(new Uint8Array(await crypto.subtle.digest("SHA-256", whole)), "hex"),
        );
        expect(read.ok && read.bytes.buffer.byteLength).toBe(whole.length);
      }),
      { numRuns: 50 },
    );
  });

  test("that stops is cancelled", async () => {
    const clock = virtualTime(NOW);
    const body = sentBody(type);
    const result = reading(body, clock);
    await body.begun;
    await body.send(spaces(10_000));
    clock.pass(6_000);
    expect(await result).toEqual({ ok: false, reason: "slow" });
    expect(body.wasCancelled()).toBe(true);
  });

  test("that is larger than the limit is cancelled", async () => {
    const body = sentBody(type);
    const result = reading(body, virtualTime(NOW), 9_999);
    await body.begun;
    void body.send(spaces(10_000));
    expect(await result).toEqual({ ok: false, reason: "body" });
    expect(body.wasCancelled()).toBe(true);
  });
});

describe("a declared length that is read at once", () => {
  const declared = 60 * KIBIBYTE;
  const budget = () => bodyBudget(() => NOW, { total: 128 * KIBIBYTE, unproven: 128 * KIBIBYTE, source: 128 * KIBIBYTE });
  const begin = (body: SentBody, lease: ReturnType<ReturnType<typeof bodyBudget>["lease"]>, clock: VirtualTime) =>
    readBody(body.stream, 5 * KIBIBYTE * KIBIBYTE, { lease, clock, declared });

  test("takes its room before it arrives, and gives it up for others", async () => {
    const clock = virtualTime(NOW);
    const { lease } = budget();
    const [first, second, third] = [sentBody("bytes"), sentBody("bytes"), sentBody("bytes")];
    const stalled = begin(first, lease("acme/billing"), clock);
    const other = begin(second, lease("acme/chat"), clock);
    const last = begin(third, lease("acme/chat"), clock);
    expect(await other).toEqual({ ok: false, reason: "bodies_in_flight" });
    await third.begun;
    await third.send(spaces(declared));
    third.end();
    expect(await last).toEqual({ ok: true, bytes: spaces(declared) });
    clock.pass(5_000);
    expect(await stalled).toEqual({ ok: false, reason: "slow" });
  });
});

describe("large bodies that never end", () => {
  const shares = { total: 4 * KIBIBYTE, unproven: 2 * KIBIBYTE, source: KIBIBYTE + 512 };
  const begin = async (app: ReturnType<typeof serve>, path: string, size: number) => {
    const body = sentBody();
    const answer = app.send(withBody(await signed({ path }), body.stream));
    await body.begun;
    await body.send(spaces(size));
    return { answer, body };
  };
  const german = { path: "/hooks/acme/billing-de", secret: "bsec_aaaaaaaaaaaaaaaaaaaa" };

  test("make room for a small one of another source and of their own source, oldest first", async () => {
    const app = serve({ clock: virtualTime(NOW), bodies: shares });
    const first = await begin(app, "/hooks/acme/billing", 700);
    const second = await begin(app, "/hooks/acme/billing", 700);
    const other = await begin(app, "/hooks/acme/billing-de", 600);
    expect((await app.send(signed(german))).status).toBe(200);
    expect((await first.answer).status).toBe(503);
    expect(first.body.wasCancelled()).toBe(true);
    expect((await app.send(signed())).status).toBe(200);
    second.body.end();
    other.body.end();
    expect([(await second.answer).status, (await other.answer).status]).toEqual([401, 401]);
  });

  test("of one source never use the room of another", async () => {
    const app = serve({ clock: virtualTime(NOW), bodies: shares });
    const idle = [await begin(app, "/hooks/acme/billing", 500)];
    const other = await begin(app, "/hooks/acme/billing-de", 400);
    for (let count = 0; count < 20; count += 1) idle.push(await begin(app, "/hooks/acme/billing", 500));
    other.body.end();
    // Its signature is for another body; what matters is that it was read.
    expect((await other.answer).status).toBe(401);
    for (const { body } of idle.slice(-3)) body.end();
    const statuses = (await Promise.all(idle.map(({ answer }) => answer))).map(({ status }) => status);
    expect(statuses).toEqual([...Array(18).fill(503), 401, 401, 401]);
  });

  test("a body larger than the share is refused, and evicts no other", async () => {
    const app = serve({ clock: virtualTime(NOW), bodies: shares });
    const body = INVOICE + " ".repeat(2 * KIBIBYTE);
    expect(body.length).toBeLessThan(billing.bodyLimit);
    expect((await app.send(signed({ body }))).status).toBe(503);
    expect((await app.send(signed())).status).toBe(200);
  });
});
