/**
 * Asking the vendor about people that an event names by id only.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { identify } from "../../src/contract/drafts.ts";
import { person, personId, reference, verified } from "../../src/contract/facts.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { bulk, type Item, inObject, type Parts, START, webhookOf } from "./support.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

const found = z.object({ customer: z.string(), order: z.string().optional(), email: z.string().optional() });

/** The bulk vendor with an API: customers and orders. */
const asking: Adapter = {
  ...bulk,
  lookup: {
    hosts: ["api.example.com"],
    request: ({ kind, id }, apiKey) => ({
      host: "api.example.com",
      path: `/${kind}s/${encodeURIComponent(id)}`,
      headers: { authorization: `Bearer ${apiKey}` },
    }),
    read: (body) => {
      const answer = found.safeParse(body).data;
      if (answer === undefined) return null;
      const ids = [personId("customer", answer.customer), reference("order", answer.order)];
      return [identify(person({ email: verified(answer.email), ids }), { plan: "pro" })];
    },
  },
};

const API = { key: "key_1", hosts: new Map([["api.example.com", "api.example.com"]]) };

const happened = (id: string, who: string): Item => ({ id, type: "happened", who });

interface Vendor {
  /** Paths, in the order of asking. */
  readonly asked: string[];
  /** Who left, and what: `who: item`. */
  readonly left: string[];
}

const sent = z.object({
  batch: z.array(
    z.looseObject({
      type: z.string(),
      userId: z.string().optional(),
      anonymousId: z.string().optional(),
      properties: z.looseObject({ item: z.string().optional() }).optional(),
    }),
  ),
});

/** Gives the source its API; people and orders are known by these addresses. */
function withVendor(
  parts: Parts,
  people: Readonly<Record<string, string>>,
  orders: Readonly<Record<string, string>> = {},
): Vendor {
  const vendor: Vendor = { asked: [], left: [] };
  parts.account = accountOf([sourceOf(asking, { api: API })]);
  parts.fetch = async (url, { headers, redirect }) => {
    const { host, pathname } = new URL(url);
    expect([host, redirect, new Headers(headers).get("authorization")]).toEqual(["api.example.com", "manual", "Bearer key_1"]);
    vendor.asked.push(pathname);
    const [, kind, id = ""] = pathname.split("/");
    const customer = kind === "orders" ? orders[id] : id;
    const email = people[customer ?? ""];
    if (customer === undefined || email === undefined) return new Response(null, { status: 404 });
    return Response.json({ customer, email, ...(kind === "orders" ? { order: id } : {}) });
  };
  parts.answer = (body) => {
    for (const { type, userId, anonymousId, properties } of sent.parse(JSON.parse(body)).batch) {
      vendor.left.push(`${[userId, anonymousId].filter(Boolean).join(" + ")}: ${properties?.item ?? type}`);
    }
    return 200;
  };
  return vendor;
}

describe.each([
  ["where strangers wait", MINUTE],
  ["where nobody waits", 0],
])("%s", (_, hold) => {
  test("who is unknown is asked about once, and reached at once", async () => {
    await inObject(async (parts) => {
      parts.hold = hold;
      const vendor = withVendor(parts, { ada: "ada@example.com" });
      await parts.accept(webhookOf([happened("a", "ada"), happened("b", "ada")]));
      await parts.accept(webhookOf([happened("c", "ada")]));
      await parts.run();
      await parts.accept(webhookOf([happened("d", "ada")]));
      await parts.run();
      expect(vendor.asked).toEqual(["/customers/ada"]);
      // The vendor's traits are not sent: only who it is was asked.
      expect(vendor.left).toEqual(["ada@example.com: a", "ada@example.com: b", "ada@example.com: c", "ada@example.com: d"]);
    });
  });

  test("an order that nobody has heard of leads to its customer", async () => {
    await inObject(async (parts) => {
      parts.hold = hold;
      const vendor = withVendor(parts, { ada: "ada@example.com" }, { o1: "ada" });
      await parts.accept(webhookOf([{ id: "a", type: "returned", who: "o1" }, happened("b", "ada")]));
      await parts.run();
      expect(vendor.asked).toContain("/orders/o1");
      expect(vendor.left).toEqual(["ada@example.com: a", "ada@example.com: b"]);
      expect(parts.balances().bulk).toMatchObject({ received: 2, delivered: 2, ignored: 0 });
    });
  });

  test("whom the vendor does not know leaves anonymous, and is not asked about again for a day", async () => {
    await inObject(async (parts, reopen) => {
      parts.hold = hold;
      const vendor = withVendor(parts, {});
      await parts.accept(webhookOf([happened("a", "eve"), { id: "r", type: "returned", who: "o9" }]));
      await parts.run();
      parts.now = START + hold;
      await parts.run();
      expect(vendor).toEqual({ asked: ["/customers/eve", "/orders/o9"], left: ["bulk:customer:eve: a"] });
      // What names an order alone waits longer: the order may still lead to a person.
      expect(parts.balances().bulk).toMatchObject({ delivered: 1, ignored: 0, pending: 1 });

      const later = reopen();
      const again = withVendor(later, { eve: "eve@example.com" });
      later.now = parts.now + DAY - 2 * MINUTE;
      await later.accept(webhookOf([happened("b", "eve")], { now: later.now }));
      await later.run();
      later.now += hold;
      await later.run();
      expect(again).toEqual({ asked: [], left: ["bulk:customer:eve: b"] });

      later.now = START + DAY + MINUTE;
      later.retire();
      expect(later.store.run("SELECT subject FROM people_note WHERE kind = 'lookup'")).toEqual([]);
      await later.accept(webhookOf([happened("c", "eve")], { now: later.now }));
      await later.drain();
      // What left under the anonymous id is tied to the person first.
      expect(again.left.slice(1)).toEqual(["eve@example.com + bulk:customer:eve: identify", "eve@example.com: c"]);
    });
  });

  test.each([
    ["fails", () => new Response(null, { status: 500 })],
    ["sends elsewhere", () => new Response(null, { status: 302, headers: { location: "https://example.org/" } })],
    ["says too much", () => Response.json({ customer: "ada", email: "ada@example.com", more: "x".repeat(64 * 1024) })],
    ["says nonsense", () => new Response("<html>")],
    [
      "cannot be reached",
      () => {
        throw new TypeError("network");
      },
    ],
  ])("a vendor that %s is left alone for a minute, and nothing is lost", async (_fault, answer) => {
    await inObject(async (parts) => {
      parts.hold = hold;
      const vendor = withVendor(parts, { ada: "ada@example.com" });
      const works = parts.fetch;
      parts.fetch = async (...request) => {
        await works(...request);
        return answer();
      };
      await parts.accept(webhookOf([happened("a", "ada")]));
      await parts.accept(webhookOf([happened("b", "bob")]));
      await parts.run();
      const before = vendor.asked.length;
      await parts.accept(webhookOf([happened("c", "cleo")]));
      await parts.run();
      expect(vendor.asked).toHaveLength(before);
      parts.fetch = works;
      await parts.drain();
      // Who waited is asked about once more when the wait is over.
      expect(vendor.left[0]).toBe(hold === 0 ? "bulk:customer:ada: a" : "ada@example.com: a");
      expect(parts.balances().bulk).toMatchObject({ delivered: 3, pending: 0 });
    });
  });
});

test("what waited already leaves with the event that made the vendor be asked", async () => {
  await inObject(async (parts) => {
    parts.hold = MINUTE;
    const vendor = withVendor(parts, { ada: "ada@example.com" });
    const { account } = parts;
    parts.account = accountOf([sourceOf(asking)]);
    await parts.accept(webhookOf([happened("a", "ada")]));
    await parts.run();
    expect(vendor).toEqual({ asked: [], left: [] });
    parts.account = account;
    await parts.accept(webhookOf([happened("b", "ada")]));
    await parts.run();
    expect(vendor.left.sort()).toEqual(["ada@example.com: a", "ada@example.com: b"]);
    expect(parts.balances().bulk).toMatchObject({ delivered: 2, pending: 0 });
  });
});

test("who is named by the event, or by one before it, is not asked about", async () => {
  await inObject(async (parts) => {
    const vendor = withVendor(parts, { ada: "other@example.com" });
    await parts.accept(webhookOf([{ id: "j", type: "joined", who: "ada" }, happened("a", "ada")]));
    await parts.run();
    expect(vendor.asked).toEqual([]);
  });
});

test("a vendor that refuses the key is left alone, and the operator hears of it once", async () => {
  await inObject(async (parts) => {
    const vendor = withVendor(parts, {});
    const { fetch } = parts;
    parts.fetch = async (...request) => {
      await fetch(...request);
      return new Response(null, { status: 401 });
    };
    await parts.accept(webhookOf([happened("a", "ada"), happened("b", "bob")]));
    await parts.drain();
    parts.now += 5 * MINUTE;
    await parts.accept(webhookOf([happened("c", "cleo")], { now: parts.now }));
    await parts.drain();
    expect(vendor.asked).toEqual(["/customers/ada", "/customers/bob"]);
    expect(parts.reports).toEqual([{ outcome: "lookup_refused", source: "bulk" }]);
    expect(vendor.left).toHaveLength(3);
  });
});

test("a flood of strangers is asked about a minute's worth at the most", async () => {
  await inObject(async (parts) => {
    const vendor = withVendor(parts, {});
    for (let round = 0; round < 3; round += 1) {
      await parts.accept(
        webhookOf(Array.from({ length: 50 }, (_, index) => happened(`e${round}/${index}`, `s${round}/${index}`))),
      );
      await parts.drain();
    }
    expect(new Set(vendor.asked).size).toBe(60);
    expect(vendor.asked).toHaveLength(60);
    expect(vendor.left).toHaveLength(150);
  });
});

test("an erased person is not learned again from the vendor", async () => {
  await inObject(async (parts) => {
    const vendor = withVendor(parts, { ada: "ada@example.com" });
    const { erased } = parts.tools;
    erased.add(await erased.hashesOf({ userIds: [], addresses: ["ada@example.com"], ids: [] }), 1);
    await parts.accept(webhookOf([happened("a", "ada")]));
    await parts.drain();
    expect(vendor.left.join()).not.toContain("ada@example.com");
    expect(parts.tools.book.count()).toMatchObject({ people: 0, addresses: 0 });
  });
});

test("an id cannot lead to another host", async () => {
  await inObject(async (parts) => {
    const vendor = withVendor(parts, {});
    const lookup = asking.lookup;
    if (lookup === null) throw new Error("there is no look-up");
    const hosts: string[] = [];
    const paths = ["@example.org/", "//example.org/", "/../x", ":8080/"];
    const hostile: Adapter = {
      ...asking,
      lookup: { ...lookup, request: ({ id }) => ({ host: "api.example.com", path: paths[Number(id)] ?? "", headers: {} }) },
    };
    parts.account = accountOf([sourceOf(hostile, { api: API })]);
    parts.fetch = async (url) => {
      hosts.push(new URL(url).host);
      return new Response(null, { status: 404 });
    };
    for (const index of paths.keys()) {
      parts.now += 2 * MINUTE;
      await parts.accept(webhookOf([happened(`e${index}`, String(index))], { now: parts.now }));
      await parts.drain();
    }
    expect(new Set(hosts)).toEqual(new Set(["api.example.com"]));
    expect(vendor.left).toHaveLength(paths.length);
  });
});
