/**
 * What is verified and cannot be read: kept, told as a dead letter, and delivered once a mended adapter reads it.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import hubspot from "../../adapters/hubspot.ts";
import sendgrid from "../../adapters/sendgrid.ts";
import { replay } from "../../src/account/dead-letters/replay.ts";
import { defineAdapter } from "../../src/contract/define.ts";
import { ignore, track } from "../../src/contract/drafts.ts";
import { person, personId } from "../../src/contract/facts.ts";
import { id, text } from "../../src/contract/fields.ts";
import { on } from "../../src/contract/handlers.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { token } from "../../src/contract/verify/token.ts";
import { accountOf, configured, sourceOf } from "../support/accounts.ts";
import { runsOf } from "../support/share.ts";
import { answerTo, signedWith, workerOf } from "../support/worker.ts";
import { inObject, type Parts, START } from "./support.ts";

/** A vendor of lists, as its adapter was written at first (`when` is a number) and as it was mended (it may be missing). */
function listing(when: z.ZodType): Adapter {
  const item = z.looseObject({ id, type: text, when, shop: text.optional(), live: z.boolean().default(true) });
  return defineAdapter({
    id: "listing",
    name: "Listing",
    secret: { format: /^\S{16,}$/, hint: "", demo: "tributary_demo_listing" },
    verify: token({ header: "authorization" }),
    options: z.strictObject({ shop: z.string().optional() }),
    tenant: { option: "shop", required: false },
    batch: "data.events[]",
    webhook: z.object({ body: z.object({ data: z.object({ of: z.string(), events: z.array(item) }) }) }),
    events: ({ body: { data } }, { receivedAt }) =>
      data.events.map((event) => ({
        id: event.id,
        type: event.type,
        occurredAt: receivedAt,
        test: !event.live,
        data: event,
        ...(event.shop === undefined ? {} : { tenant: event.shop }),
      })),
    handlers: {
      said: on(item, (i) => track(person({ ids: [personId("customer", i.id)] }), "It Was Said", { item: i.id })),
      hushed: ignore("no event for this data"),
    },
  });
}

const strict = listing(z.number());
const mended = listing(z.number().optional());

const good = (name: string, more: object = {}): object => ({ id: name, type: "said", when: 1, ...more });
const bad = (name: string, more: object = {}): object => ({ id: name, type: "said", ...more });
const bodyOf = (...events: readonly unknown[]): string => JSON.stringify({ data: { of: "us", events } });

/** Deploys a version of the adapter. */
function deploy(parts: Parts, adapter: Adapter, options: Readonly<Record<string, unknown>> = {}): void {
  parts.account = accountOf([sourceOf(adapter, { name: "listing", configured: configured(adapter, options) })]);
}

/** Sends a body as the vendor does. */
async function send(parts: Parts, body: string, options: Readonly<Record<string, unknown>> = {}, adapter = strict) {
  const worker = workerOf([adapter], { listing: options }, parts.tools.accept, () => parts.now);
  return answerTo(await worker.send("listing", await signedWith(adapter, body, START)));
}

const stored = (accepted: number, duplicate = 0, ignored = 0) => ({ status: 200, body: { accepted, duplicate, ignored } });
const letters = (parts: Parts) => parts.tools.dead.find({}, 0, 1000);
const bytesOf = (parts: Parts, number: number) => new TextDecoder().decode(parts.tools.dead.webhookOf(number)?.body);
const items = (parts: Parts) => parts.taken.map(({ properties }) => properties?.item);

async function replayAll(parts: Parts): Promise<void> {
  await replay(parts.tools, {}, parts.now);
  await parts.drain();
}

function expectBalance(parts: Parts): void {
  for (const sums of Object.values(parts.balances())) {
    const ended = sums.delivered + sums.pending + sums.ignored + sums.duplicate + sums.dead + sums.discarded;
    expect(sums.received).toBe(ended);
    expect(sums.pending).toBeGreaterThanOrEqual(0);
  }
}

describe("a bad item in a batch", () => {
  test("does not keep the others; it is a dead letter with its own bytes, and delivered once it can be read", async () => {
    await inObject(async (parts) => {
      deploy(parts, strict);
      const body = bodyOf(good("a"), bad("b"), good("c"));
      expect(await send(parts, body)).toEqual(stored(3));
      expect(parts.balances().listing).toMatchObject({ received: 3, pending: 3 });
      await parts.drain();
      expect(items(parts)).toEqual(["a", "c"]);
      const [letter, ...others] = letters(parts);
      expect(others).toEqual([]);
      expect(letter).toMatchObject({ reason: "unreadable", type: "unreadable", detail: expect.stringContaining("when") });
      expect(bytesOf(parts, letter?.number ?? 0)).toBe(bodyOf(bad("b")));
      expect(parts.balances().listing).toMatchObject({ received: 3, delivered: 2, dead: 1, pending: 0 });

      expect(await send(parts, body)).toEqual(stored(0, 3));
      await replayAll(parts);
      expect(letters(parts)).toMatchObject([{ id: letter?.id }]);

      deploy(parts, mended);
      await replayAll(parts);
      expect(items(parts)).toEqual(["a", "c", "b"]);
      expect(letters(parts)).toEqual([]);
      expect(parts.balances().listing).toMatchObject({ received: 6, delivered: 3, dead: 0, duplicate: 3 });
      expectBalance(parts);
    });
  });

  test("of SendGrid and HubSpot", async () => {
    await inObject(async (parts) => {
      const open = (name: string) => ({ email: `${name}@example.com`, timestamp: 1795867200, event: "open", sg_event_id: name });
      const { timestamp: _, ...untimed } = open("b");
      const change = { portalId: 1, subscriptionId: 2, subscriptionType: "contact.creation", objectId: 3, occurredAt: START };
      const worker = workerOf(
        [sendgrid, hubspot],
        { sendgrid: {}, hubspot: { portal_id: "1", signature: "v1" } },
        parts.tools.accept,
        () => parts.now,
      );
      const older = hubspot.configure({ portal_id: "1", signature: "v1" });
      if (!older.ok) throw new TypeError(older.issue);
      const unsigned = await signedWith(hubspot, JSON.stringify([change, { ...change, eventId: 7 }]), START, {
        url: "https://a.example",
      });
      const ofHubspot = await older.adapter.verifier.sign({ ...unsigned, headers: new Headers() }, hubspot.secret.demo, START);
      const ofSendgrid = await signedWith(sendgrid, JSON.stringify([open("a"), untimed, open("c")]), START);
      expect(await answerTo(await worker.send("sendgrid", ofSendgrid))).toEqual(stored(3));
      expect(await answerTo(await worker.send("hubspot", ofHubspot))).toEqual(stored(2));
      parts.account = accountOf([sourceOf(sendgrid), sourceOf(hubspot, { configured: older.adapter })]);
      await parts.drain();
      expect(letters(parts).map(({ source, reason }) => [source, reason])).toEqual([
        ["sendgrid", "unreadable"],
        ["hubspot", "unreadable"],
      ]);
      expect(JSON.parse(bytesOf(parts, 1))).toEqual([untimed]);
      expect(JSON.parse(bytesOf(parts, 2))).toEqual([change]);
      expectBalance(parts);
    });
  });

  test("that stands twice is one", async () => {
    await inObject(async (parts) => {
      deploy(parts, strict);
      expect(await send(parts, bodyOf(bad("b"), bad("b"), bad("c")))).toEqual(stored(2, 1));
      await parts.drain();
      expect(letters(parts)).toHaveLength(2);
      expectBalance(parts);
    });
  });

  test("may be one of very many: then they are one letter, of which later all are found that can be read", async () => {
    await inObject(async (parts) => {
      deploy(parts, strict);
      const lost = Array.from({ length: 200 }, (_, index) => bad(`b${index}`, { when: index === 7 ? "never" : undefined }));
      expect(await send(parts, bodyOf(good("a"), ...lost))).toEqual(stored(2));
      await parts.drain();
      expect(letters(parts)).toMatchObject([{ detail: expect.stringMatching(/^200 events: .*when/) }]);
      deploy(parts, mended);
      await replayAll(parts);
      expect(items(parts)).toEqual(["a", ...lost.flatMap((_, index) => (index === 7 ? [] : [`b${index}`]))]);
      expect(letters(parts)).toMatchObject([{ reason: "unreadable" }]);
      expectBalance(parts);

      // The one that is left names its own item, though its webhook holds the others too.
      deploy(parts, listing(z.unknown()));
      await replayAll(parts);
      expect(items(parts).slice(-1)).toEqual(["b7"]);
      expect(items(parts)).toHaveLength(201);
      expect(parts.balances().listing).toMatchObject({ delivered: 201, dead: 0, pending: 0 });
      expectBalance(parts);
    });
  });

  test("is told apart from what an event's own handler refuses", async () => {
    await inObject(async (parts) => {
      deploy(parts, strict);
      await send(parts, bodyOf(good("a", { type: "said", id: 7 }), 7, null, [], "x"));
      await parts.drain();
      expect(items(parts)).toEqual(["7"]);
      expect(letters(parts).map(({ reason }) => reason)).toEqual(Array.from({ length: 4 }, () => "unreadable"));
    });
  });
});

test("a person who is erased takes along the items about them, and no others", async () => {
  await inObject(async (parts) => {
    deploy(parts, strict);
    const about = (name: string) => bad(name, { email: `${name}@example.com` });
    await send(parts, bodyOf(good("a"), about("zoe"), about("eve")));
    await parts.drain();
    expect(letters(parts)).toHaveLength(2);
    const { tools } = parts;
    tools.erasures.start({ email: "zoe@example.com", customerio: "none", compact: false }, parts.now);
    await tools.erasures.run(tools, parts.account, Number.MAX_SAFE_INTEGER);
    expect(letters(parts).map(({ number }) => bytesOf(parts, number))).toEqual([bodyOf(about("eve"))]);
    expect(parts.balances().listing).toMatchObject({ received: 3, delivered: 1, dead: 1, discarded: 1 });
  });
});

describe("a webhook that cannot be read at all", () => {
  test.each([
    ["no JSON", '{"data":'],
    ["no JSON at all", "<xml/>"],
    ["another shape", '{"data":{"of":"us","events":{}}}'],
    ["a broken envelope", JSON.stringify({ data: { of: 7, events: [good("a")] } })],
  ])("%s: it is a dead letter as it came, and recognised when it comes again", async (_, body) => {
    await inObject(async (parts) => {
      deploy(parts, strict);
      expect(await send(parts, body)).toEqual(stored(1));
      expect(await send(parts, body)).toEqual(stored(0, 1));
      await parts.drain();
      expect(parts.taken).toEqual([]);
      expect(letters(parts)).toMatchObject([{ reason: "unreadable", occurredAt: new Date(START).toISOString() }]);
      expect(bytesOf(parts, 1)).toBe(body);
      expect(parts.balances().listing).toMatchObject({ received: 2, dead: 1, duplicate: 1 });
      expectBalance(parts);
    });
  });

  test("what the adapter was mended for before its turn came is delivered, and no dead letter", async () => {
    await inObject(async (parts) => {
      deploy(parts, mended);
      await send(parts, bodyOf(bad("b")));
      await parts.drain();
      expect(items(parts)).toEqual(["b"]);
      expect(letters(parts)).toEqual([]);
      expectBalance(parts);
    });
  });

  test("what is found in it later is judged as what comes: other tenants, test mode, ignored types", async () => {
    await inObject(async (parts) => {
      const options = { shop: "de" };
      deploy(parts, strict, options);
      const events = [
        bad("a", { shop: "de" }),
        bad("b", { shop: "fr" }),
        bad("c"),
        bad("d", { shop: "de", type: "hushed" }),
        bad("e", { shop: "de", type: "unheard-of" }),
      ];
      expect(await send(parts, bodyOf(...events), options)).toEqual(stored(5));
      await parts.drain();
      expect(letters(parts)).toHaveLength(5);
      deploy(parts, mended, options);
      await replayAll(parts);
      expect(items(parts)).toEqual(["a"]);
      expect(parts.balances().listing).toMatchObject({
        delivered: 1,
        ignored: 4,
        dead: 0,
        reasons: { "of another tenant": 2, "no event for this data": 1, "no handler for this type": 1 },
      });
      expectBalance(parts);
    });
  });

  test("one in which nothing is found later ends too", async () => {
    await inObject(async (parts) => {
      deploy(parts, strict);
      await send(parts, JSON.stringify({ data: { of: "us" } }));
      await parts.drain();
      const lenient: Adapter = { ...mended };
      parts.account = accountOf([
        sourceOf(lenient, {
          name: "listing",
          configured: { ...configured(lenient), read: () => [{ body: {}, place: "0", ok: true, events: [] }] },
        }),
      ]);
      await replayAll(parts);
      expect(parts.balances().listing).toMatchObject({ received: 1, ignored: 1, dead: 0, reasons: { "no event in it": 1 } });
    });
  });

  test("nothing that is unverified is kept", async () => {
    await inObject(async (parts) => {
      const worker = workerOf([strict], { listing: {} }, parts.tools.accept, () => parts.now);
      const signed = await signedWith(strict, "{", START);
      const ending = await worker.send("listing", { ...signed, headers: new Headers({ authorization: "x".repeat(40) }) });
      expect(ending).toMatchObject({ outcome: "unverified" });
      expect(parts.tools.inbox.sources()).toEqual([]);
    });
  });
});

test("whatever comes, every item ends once: delivered, ignored, duplicate or dead", { timeout: 60_000 }, async () => {
  const item = fc.oneof(
    fc.constantFrom("a", "b", "c").map((name) => good(name)),
    fc.constantFrom("a", "d", "e").map((name) => bad(name)),
    fc.constantFrom(7, null, "x", [], good("h", { type: "hushed" }), good("", {}), good("long".repeat(200))),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(item, { maxLength: 6 }), { minLength: 1, maxLength: 4 }), async (webhooks) => {
      await inObject(async (parts) => {
        deploy(parts, strict);
        for (const events of webhooks) {
          const { status, body } = await send(parts, bodyOf(...events));
          expect(status).toBe(200);
          const { accepted, duplicate, ignored } = Object(body);
          expect(accepted + duplicate + ignored).toBe(events.length);
          expectBalance(parts);
        }
        await parts.drain();
        expectBalance(parts);
        const { received, pending, delivered, dead } = parts.balances().listing ?? {};
        expect([received ?? 0, pending ?? 0]).toEqual([webhooks.flat().length, 0]);
        expect([delivered ?? 0, dead ?? 0]).toEqual([parts.taken.length, letters(parts).length]);
      });
    }),
    { numRuns: runsOf(40) },
  );
});
