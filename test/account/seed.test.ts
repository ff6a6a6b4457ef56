/**
 * Filling the identity book by hand, and reading it again.
 */
import { describe, expect, test } from "vitest";
import { exportPage, pull, type SeedRow, seed } from "../../src/account/people/seed.ts";
import { person, personId } from "../../src/contract/facts.ts";
import { openBook } from "../../src/identity/book.ts";
import { resolvePerson } from "../../src/identity/resolve.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { ADAPTERS } from "../support/registry.ts";
import { bulk, inObject, type Parts, START, webhookOf } from "./support.ts";

const account = accountOf([sourceOf(bulk), sourceOf(bulk, { name: "second" })]);

const fill = (parts: Parts, rows: readonly unknown[]) => seed(parts.tools, account, rows);

const ada: SeedRow = { source: "bulk", kind: "customer", id: "ada", email: "ada@example.com", user_id: "u_1" };

function exported(parts: Parts, limit?: number): SeedRow[] {
  const rows: SeedRow[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const page = exportPage(parts.tools.book, after, limit);
    rows.push(...page.rows);
    after = page.next;
  }
  return rows;
}

describe("rows", () => {
  test("teach the book, send nothing, and let the next event reach the person", async () => {
    await inObject(async (parts) => {
      expect(await fill(parts, [ada])).toEqual({ written: 3, refused: [] });
      await parts.drain();
      expect(parts.taken).toEqual([]);
      const bodies: string[] = [];
      parts.answer = (body) => bodies.push(body) && 200;
      await parts.accept(webhookOf([{ id: "a", type: "happened", who: "ada" }]));
      await parts.drain();
      expect(bodies).toHaveLength(1);
      expect(bodies[0]).toContain('"userId":"u_1"');
    });
  });

  test("taught again change nothing", async () => {
    await inObject(async (parts) => {
      await fill(parts, [ada]);
      expect(await fill(parts, [ada])).toEqual({ written: 0, refused: [] });
    });
  });

  test("count for events that are translated later", async () => {
    await inObject(async (parts) => {
      parts.answer = () => 503;
      await parts.accept(
        webhookOf([
          { id: "a", type: "happened", who: "bob" },
          { id: "b", type: "spoke", who: "ada" },
        ]),
      );
      await parts.run();
      await fill(parts, [ada]);
      const bodies: string[] = [];
      parts.answer = (body) => bodies.push(body) && 200;
      await parts.accept(webhookOf([{ id: "c", type: "happened", who: "ada" }]));
      await parts.drain();
      expect(bodies.join("")).toContain('"userId":"u_1"');
    });
  });

  test("of a vendor go to the account's one source of it", async () => {
    await inObject(async (parts) => {
      const { vendor: _, ...row } = { ...ada, source: undefined, vendor: "bulk" };
      const one = accountOf([sourceOf(bulk, { name: "only" })]);
      expect(await seed(parts.tools, one, [{ ...row, source: undefined, vendor: "bulk" }])).toMatchObject({ refused: [] });
      expect(exported(parts)[1]).toMatchObject({ source: "only" });
      const { refused } = await fill(parts, [{ ...row, source: undefined, vendor: "bulk" }]);
      expect(refused).toEqual([{ index: 0, problem: expect.stringContaining("several of this vendor") }]);
    });
  });

  test("that are wrong are refused each for itself, and their values are not repeated", async () => {
    await inObject(async (parts) => {
      const wrong: [unknown, RegExp][] = [
        ["text", /expected object/i],
        [{ ...ada, colour: "secret" }, /colour/],
        [{ ...ada, source: "nowhere" }, /^source/],
        [{ ...ada, email: "secret" }, /^email/],
        [{ ...ada, user_id: "secret@example.com" }, /^user_id/],
        [{ ...ada, at: "secret" }, /^at/],
        [{ ...ada, at: new Date(START + 1).toISOString() }, /future/],
        [{ ...ada, trust: "secret" }, /^trust/],
        [{ ...ada, kind: undefined }, /^kind and id/],
        [{ ...ada, source: undefined }, /^source/],
        [{ email: "ada@example.com" }, /one thing alone/],
      ];
      const { written, refused } = await fill(parts, [...wrong.map(([row]) => row), ada]);
      expect(written).toBe(3);
      expect(refused.map(({ index }) => index)).toEqual(wrong.map((_, index) => index));
      for (const [index, [, problem]] of wrong.entries()) expect(refused[index]?.problem).toMatch(problem);
      expect(JSON.stringify(refused)).not.toMatch(/secret"|secret@/);
    });
  });

  test("about the erased are refused", async () => {
    await inObject(async (parts) => {
      const names = { userIds: ["u_1"], addresses: [], ids: [] };
      parts.tools.erased.add(await parts.tools.erased.hashesOf(names), 1);
      expect(await fill(parts, [ada])).toEqual({
        written: 0,
        refused: [{ index: 0, problem: expect.stringContaining("erased") }],
      });
    });
  });

  test("that are claimed give no address an owner", async () => {
    await inObject(async (parts) => {
      await fill(parts, [{ ...ada, trust: "claimed" }]);
      const policy = { identifiers: "email_and_id" as const, source: "bulk", userIdFrom: [] };
      const book = openBook((keys) => parts.tools.book.read(keys, START));
      const stranger = person({ email: { value: "ada@example.com", trust: "claimed" }, ids: [personId("customer", "eve")] });
      expect(resolvePerson(stranger, policy, book)?.identity).toEqual({ userId: "ada@example.com" });
    });
  });
});

describe("an export", () => {
  test("taken in by another account makes the same book", async () => {
    const rows: SeedRow[] = [
      ada,
      { source: "second", kind: "customer", id: "a:b", email: "cleo@example.com", trust: "claimed", at: "2024-05-06" },
      { email: "old@example.com", user_id: "u_1", at: "2020-01-01T00:00:00Z" },
    ];
    let given: SeedRow[] = [];
    await inObject(async (parts) => {
      await fill(parts, rows);
      given = exported(parts);
      expect(exported(parts, 1)).toEqual(given);
    });
    expect(given).toContainEqual({
      source: "second",
      kind: "customer",
      id: "a:b",
      email: "cleo@example.com",
      trust: "claimed",
      at: "2024-05-06T00:00:00.000Z",
    });
    await inObject(async (parts) => {
      expect((await fill(parts, given)).refused).toEqual([]);
      expect(exported(parts)).toEqual(given);
    });
  });
});

describe("a pull", () => {
  const stripe = ADAPTERS.get("stripe");
  const shopify = ADAPTERS.get("shopify");

  test("pages through the vendor's customers with the configured key", async () => {
    await inObject(async (parts) => {
      if (!stripe) throw new Error("there is no such adapter");
      const hosts = new Map([["api.stripe.com", "api.stripe.com"]]);
      const source = sourceOf(stripe, { api: { key: "sk_1", hosts } });
      const asked: string[] = [];
      parts.fetch = async (url, { headers, redirect }) => {
        asked.push(url);
        expect(new Headers(headers).get("authorization")).toBe("Bearer sk_1");
        expect(redirect).toBe("manual");
        const id = url.includes("starting_after") ? "cus_2" : "cus_1";
        return Response.json({
          object: "list",
          data: [{ object: "customer", id, email: `${id}@example.com`, metadata: {} }],
          has_more: id === "cus_1",
        });
      };
      expect(await pull(parts.tools, source, null)).toEqual({ ok: true, people: 1, written: 2, next: "cus_1" });
      expect(await pull(parts.tools, source, "cus_1")).toEqual({ ok: true, people: 1, written: 2, next: null });
      expect(asked).toEqual([
        "https://api.stripe.com/v1/customers?limit=100",
        "https://api.stripe.com/v1/customers?limit=100&starting_after=cus_1",
      ]);
      expect(exported(parts)).toContainEqual(
        expect.objectContaining({ source: "stripe", id: "cus_2", email: "cus_2@example.com" }),
      );
    });
  });

  test("asks the shop that is configured", async () => {
    await inObject(async (parts) => {
      if (!shopify) throw new Error("there is no such adapter");
      const source = sourceOf(shopify, { api: { key: "shpat_1", hosts: new Map([["{shop}", "acme.myshopify.com"]]) } });
      const customers = Array.from({ length: 250 }, (_, index) => ({
        id: index + 1,
        email: `c${index + 1}@example.com`,
        verified_email: true,
      }));
      parts.fetch = async (url) => {
        expect(new URL(url).host).toBe("acme.myshopify.com");
        return Response.json({ customers: url.includes("since_id=250&") ? [] : customers });
      };
      expect(await pull(parts.tools, source, null)).toEqual({ ok: true, people: 250, written: 500, next: "250" });
      expect(await pull(parts.tools, source, "250")).toEqual({ ok: true, people: 0, written: 0, next: null });
    });
  });

  test("tells what a person must do where nothing can be pulled", async () => {
    await inObject(async (parts) => {
      if (!stripe) throw new Error("there is no such adapter");
      expect(await pull(parts.tools, sourceOf(bulk), null)).toMatchObject({
        ok: false,
        problem: expect.stringContaining("no list"),
      });
      expect(await pull(parts.tools, sourceOf(stripe), null)).toMatchObject({
        ok: false,
        problem: expect.stringContaining("API_KEY"),
      });
      const source = sourceOf(stripe, { api: { key: "sk_1", hosts: new Map([["api.stripe.com", "api.stripe.com"]]) } });
      for (const [response, problem] of [
        [new Response(null, { status: 401 }), "refused the API key"],
        [new Response(null, { status: 302, headers: { location: "https://example.com" } }), "(302)"],
        [Response.json({ error: {} }), "no page"],
        [new Response("x".repeat(5_000_000)), "no page"],
      ] as const) {
        parts.fetch = async () => response;
        expect(await pull(parts.tools, source, null)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
      }
    });
  });
});
