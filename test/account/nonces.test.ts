/**
 * One signature proves one body: where a scheme signs a nonce and not the body, a verified nonce counts once, whatever became of its webhook.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import mailgun from "../../adapters/mailgun.ts";
import paypal from "../../adapters/paypal.ts";
import { RETENTION } from "../../src/account/state/retention.ts";
import { defineAdapter } from "../../src/contract/define.ts";
import { track } from "../../src/contract/drafts.ts";
import { person } from "../../src/contract/facts.ts";
import { on } from "../../src/contract/handlers.ts";
import { answerText, handshake } from "../../src/contract/handshake.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { hmac } from "../../src/contract/verify/hmac.ts";
import { bare } from "../../src/contract/verify/layouts.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";
import { configured } from "../support/accounts.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { ADAPTERS } from "../support/registry.ts";
import { requestOf } from "../support/requests.ts";
import { answerTo, signedWith, type TestWorker, workerOf } from "../support/worker.ts";
import { inObject, type Parts, START } from "./support.ts";

const HOUR = 3_600_000;

const event = (type: string, more: object = {}): object => ({
  event: type,
  timestamp: Math.floor(START / 1000),
  recipient: "ada@example.com",
  ...more,
});

/** A webhook of Mailgun. */
const mail = (data: object): Promise<SignedRequest> => signedWith(mailgun, JSON.stringify({ "event-data": data }), START);

/** The request with its signature, and another event under it. */
function withOther(request: SignedRequest, data: object): SignedRequest {
  const signed: unknown = JSON.parse(new TextDecoder().decode(request.body));
  return { ...request, body: utf8Bytes(JSON.stringify({ ...Object(signed), "event-data": data })) };
}

const serve = (parts: Parts, sources: Readonly<Record<string, object>> = { mailgun: {}, "mailgun-de": { adapter: "mailgun" } }) =>
  workerOf(
    [mailgun, paypal],
    Object.fromEntries(Object.entries(sources).map(([name, options]) => [name, { ...options }])),
    parts.tools.accept,
    () => parts.now,
  );

const answer = async (worker: TestWorker, source: string, request: SignedRequest) => answerTo(await worker.send(source, request));

const refused = { status: 401, body: { error: "unverified" } };

describe("a signature that was used is good for no other body", () => {
  test.each([
    ["ignored", event("accepted"), { accepted: 0, duplicate: 0, ignored: 1 }],
    ["turned off", event("delivered"), { accepted: 0, duplicate: 0, ignored: 1 }],
    ["kept", event("opened"), { accepted: 1, duplicate: 0, ignored: 0 }],
    ["unreadable", { nothing: true }, { accepted: 1, duplicate: 0, ignored: 0 }],
  ])("of a webhook that was %s", async (_, data, tally) => {
    await inObject(async (parts) => {
      const worker = serve(parts);
      const request = await mail(data);
      expect(await answer(worker, "mailgun", request)).toEqual({ status: 200, body: tally });
      const forged = withOther(request, event("unsubscribed", { recipient: "eve@example.com" }));
      expect(await answer(worker, "mailgun", forged)).toMatchObject(refused);
      parts.now += 11 * HOUR;
      expect(await worker.send("mailgun", forged)).toMatchObject({ outcome: "unverified", reason: "replayed" });
      expect(parts.balances().mailgun).toMatchObject({ received: 1 });
    });
  });

  test("nor in another source that has the same key", async () => {
    await inObject(async (parts) => {
      const worker = serve(parts);
      const request = await mail(event("accepted"));
      await worker.send("mailgun", request);
      expect(await answer(worker, "mailgun-de", withOther(request, event("opened")))).toMatchObject(refused);
      expect(await answer(worker, "mailgun-de", request)).toMatchObject({ status: 200 });
    });
  });

  test("of two that come at one instant the first counts", async () => {
    await inObject(async (parts) => {
      const worker = serve(parts);
      const request = await mail(event("opened"));
      const others = Array.from({ length: 5 }, (__, index) => withOther(request, event("clicked", { url: `${index}` })));
      const answers = await Promise.all([request, ...others].map((one) => answer(worker, "mailgun", one)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401]);
      expect(parts.balances().mailgun).toMatchObject({ received: 1, pending: 1 });
    });
  });

  test("a checksum is no proof of the body: PayPal's counts once too, for as long as it is fresh", async () => {
    await inObject(async (parts) => {
      const worker = serve(parts, { paypal: {} });
      const body = { id: "WH-1", event_type: "CATALOG.PRODUCT.CREATED", create_time: "2026-11-23T11:00:00Z", resource: {} };
      const headers = {
        "paypal-transmission-id": "7c1a4b10-c850-11f0-8d5c-0242ac120002",
        "paypal-cert-url": "https://api.paypal.com/v1/notifications/certs/CERT-00000000-0a1b2c3d-4e5f6071",
        "paypal-auth-algo": "SHA256withRSA",
      };
      const request = await signedWith(paypal, JSON.stringify(body), START, { headers });
      expect(await answer(worker, "paypal", request)).toMatchObject({ status: 200, body: { ignored: 1 } });
      parts.now += 95 * HOUR;
      // Another body of the same checksum is what an attacker makes: here one is signed anew under the same id.
      const forged = await signedWith(paypal, JSON.stringify({ ...body, id: "WH-2" }), START, { headers });
      expect(await answer(worker, "paypal", forged)).toMatchObject(refused);
      expect(await answer(worker, "paypal", request)).toMatchObject({ status: 200 });
    });
  });
});

/** A vendor that signs a nonce, asks whether anyone is there, and sends the signature in headers. */
const asking = defineAdapter({
  id: "asking",
  name: "Asking",
  secret: { format: /^\S{16,}$/, hint: "", demo: "tributary_demo_asking" },
  verify: hmac({
    hash: "SHA-256",
    header: "asking-signature",
    encoding: "hex",
    covers: "nonce",
    layout: bare(),
    id: { header: "asking-id" },
    message: ({ id }) => [id],
  }),
  handshakes: [
    handshake({
      proof: "signed",
      method: "POST",
      request: z.object({ body: z.strictObject({ challenge: z.string() }) }),
      answer: ({ body }) => answerText(body.challenge),
    }),
    handshake({
      proof: "signed",
      method: "GET",
      request: z.object({ headers: z.looseObject({ "asking-hello": z.string() }) }),
      answer: ({ headers }) => answerText(headers["asking-hello"]),
    }),
  ],
  webhook: z.object({ body: z.object({ id: z.string() }) }),
  events: ({ body }, { receivedAt }) => [{ id: body.id, type: "said", occurredAt: receivedAt, test: false, data: body }],
  handlers: { said: on(z.looseObject({}), () => track(person({}), "It Was Said")) },
});

describe("also where nothing is kept", () => {
  const webhook = JSON.stringify({ id: "1" });
  const first: readonly (readonly [string, Partial<SignedRequest>, number])[] = [
    ["a handshake", { body: utf8Bytes('{"challenge":"a"}') }, 200],
    ["an empty body", { body: new Uint8Array() }, 400],
    ["a look whether anyone is there", { method: "GET", body: new Uint8Array() }, 200],
  ];
  test.each(first)("%s", async (_, request, status) => {
    await inObject(async (parts) => {
      const worker = workerOf([asking], { asking: {} }, parts.tools.accept, () => parts.now);
      const signed = await signedWith(asking, webhook, START, { headers: { "asking-hello": "a" } });
      const asked = { ...signed, ...request };
      expect(await answer(worker, "asking", asked)).toMatchObject({ status });
      expect(await answer(worker, "asking", asked)).toMatchObject({ status });
      expect(await answer(worker, "asking", signed)).toMatchObject(refused);
      // It leaves no row in the log.
      expect(parts.tools.inbox.sources()).toEqual([]);
      const other = await signedWith(asking, webhook, START);
      expect(await answer(worker, "asking", other)).toMatchObject({ status: 200, body: { accepted: 1 } });
    });
  });

  test("a handshake is not answered while its nonce cannot be remembered", async () => {
    await inObject(async (parts) => {
      const worker = workerOf([asking], { asking: {} }, parts.tools.accept, () => parts.now);
      parts.cap = 0;
      const signed = await signedWith(asking, '{"challenge":"a"}', START);
      expect(await answer(worker, "asking", signed)).toMatchObject({ status: 503 });
    });
  });
});

describe("a vendor that tries again", () => {
  test("is told that the event is known", async () => {
    await inObject(async (parts) => {
      const worker = serve(parts);
      const request = await mail(event("opened"));
      expect(await answer(worker, "mailgun", request)).toMatchObject({ body: { accepted: 1, duplicate: 0 } });
      parts.now += 8 * HOUR;
      expect(await answer(worker, "mailgun", request)).toEqual({ status: 200, body: { accepted: 0, duplicate: 1, ignored: 0 } });
    });
  });

  test("is heard where the first answer was 503", async () => {
    await inObject(async (parts) => {
      const worker = serve(parts);
      const request = await mail(event("opened"));
      parts.cap = 0;
      expect(await answer(worker, "mailgun", request)).toMatchObject({ status: 503 });
      parts.cap = Number.MAX_SAFE_INTEGER;
      expect(await answer(worker, "mailgun", request)).toMatchObject({ status: 200, body: { accepted: 1 } });
    });
  });

  test("is heard where the transaction failed after the nonce was written", async () => {
    await inObject(async (parts) => {
      const worker = serve(parts);
      const request = await mail(event("opened"));
      const { append } = parts.tools.inbox;
      Object.assign(parts.tools.inbox, {
        append: () => {
          throw new Error("the disk is full");
        },
      });
      expect(await answer(worker, "mailgun", request)).toMatchObject({ status: 503 });
      Object.assign(parts.tools.inbox, { append });
      expect(await answer(worker, "mailgun", withOther(request, event("clicked")))).toMatchObject({ status: 200 });
    });
  });
});

describe("what it costs", () => {
  test("one row for each nonce, and nothing where the body is signed", async () => {
    await inObject(async (parts) => {
      const worker = serve(parts);
      await worker.send("mailgun", await mail(event("opened")));
      const before = parts.rows();
      await worker.send("mailgun", await mail(event("opened")));
      // The webhook, which has the key of its event, and the nonce.
      expect(parts.rows() - before).toBe(2);
      const known = parts.rows();
      const again = await mail(event("opened"));
      await worker.send("mailgun", again);
      const stored = parts.rows();
      expect(stored - known).toBe(2);
      await worker.send("mailgun", again);
      // The tally alone.
      expect(parts.rows() - stored).toBe(1);
    });
  });

  test("it is kept for a retention, in which no signed nonce stays fresh, and then given up", async () => {
    await inObject(async (parts) => {
      const worker = serve(parts);
      const request = await mail(event("accepted"));
      await worker.send("mailgun", request);
      const nonces = () => parts.store.run("SELECT name FROM sqlite_master WHERE name GLOB 'nonce_[0-9]*'").length;
      expect(nonces()).toBe(2);
      parts.now += RETENTION;
      parts.retire();
      expect(nonces()).toBeGreaterThan(0);
      parts.now += 2 * RETENTION;
      parts.retire();
      expect(nonces()).toBe(0);
    });
  });

  test("no signed nonce is fresh for longer than it is remembered", async () => {
    const nonces = [...ADAPTERS.values()].filter((adapter) => configured(adapter).verifier.covers === "nonce");
    expect(nonces.map((adapter) => adapter.id)).toEqual(expect.arrayContaining(["mailgun", "paypal"]));
    for (const adapter of nonces) {
      const [fixture] = fixturesOf(adapter.id);
      if (fixture === undefined) throw new TypeError(`${adapter.id} has no fixture`);
      const { verifier } = configured(adapter);
      const signed = await verifier.sign(requestOf(adapter, fixture), adapter.secret.demo, START);
      expect(await verifier.verify(signed, [adapter.secret.demo], START), adapter.id).toMatchObject({ ok: true });
      expect(await verifier.verify(signed, [adapter.secret.demo], START + RETENTION), adapter.id).toMatchObject({
        refusal: "stale",
      });
    }
  });
});
