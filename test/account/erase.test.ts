/**
 * Forgetting a person: what is gone, what stays, and what becomes of what comes later.
 */
import { exports } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import * as z from "zod";
import type { ErasureStatus } from "../../src/account/erasure/job.ts";
import { type EraseRequest, eraseRequest } from "../../src/account/erasure/request.ts";
import type { Account } from "../../src/config/model.ts";
import { openBook } from "../../src/identity/book.ts";
import { learn } from "../../src/identity/learn.ts";
import { subjectOf } from "../../src/identity/subject.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { bulk, type Item, inObject, type Parts, START, webhookOf } from "./support.ts";

const account = accountOf([sourceOf(bulk), sourceOf(bulk, { name: "second" })]);

const happened = (id: string, who: string): Item => ({ id, type: "happened", who });
const joined = (id: string, who: string): Item => ({ id, type: "joined", who });
const broken = (id: string, who: string): Item => ({ id, type: "broken", who });

/** Works as the object's alarm does, until nothing is left to do. */
async function settle(parts: Parts, configured: Account = account): Promise<void> {
  for (let rounds = 0; rounds < 100; rounds += 1) {
    const { tools } = parts;
    await tools.erasures.run(tools, configured, Number.MAX_SAFE_INTEGER);
    await parts.drain();
    if (!tools.erasures.isOpen()) return;
  }
  throw new Error("the erasure never ends");
}

const zoe: EraseRequest = { email: "zoe@example.com", customerio: "none", compact: false };

function newest(parts: Parts): ErasureStatus | undefined {
  return parts.tools.erasures.status()[0];
}

/** Everything that the database holds, as text. */
function contents(parts: Parts): string {
  const tables = parts.store.run("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*'");
  const rows = tables.flatMap(({ name }) => parts.store.run(`SELECT * FROM "${name}"`));
  return rows
    .flatMap((row) => Object.values(row))
    .map((value) => (value instanceof ArrayBuffer ? new TextDecoder().decode(value) : String(value)))
    .join("\n");
}

const batch = z.object({
  batch: z.array(z.looseObject({ event: z.string().optional(), userId: z.string().optional(), messageId: z.string() })),
});

/** The calls that were posted, accepted or not. */
function posted(parts: Parts): z.output<typeof batch>["batch"] {
  const calls: z.output<typeof batch>["batch"] = [];
  const { answer } = parts;
  parts.answer = (body) => {
    calls.push(...batch.parse(JSON.parse(body)).batch);
    return answer(body);
  };
  return calls;
}

function expectBalance(parts: Parts): void {
  for (const { received, delivered, pending, ignored, duplicate, dead, discarded } of Object.values(parts.balances()))
    expect(received).toBe(delivered + pending + ignored + duplicate + dead + discarded);
}

describe("a person who is erased", () => {
  test("is named nowhere any more, and nobody else is forgotten", async () => {
    await inObject(async (parts, reopen) => {
      await parts.accept(webhookOf([joined("1", "zoe"), happened("2", "zoe")]), webhookOf([joined("3", "bob")]));
      await parts.accept(webhookOf([joined("4", "zoe"), happened("5", "bob")], { source: "second" }));
      await parts.accept(webhookOf([broken("6", "zoe")]), webhookOf([broken("7", "bob")]));
      await parts.drain();
      expect(contents(parts)).toMatch(/zoe/);

      parts.tools.erasures.start(zoe, parts.now);
      await settle(parts);
      expect(newest(parts)).toMatchObject({ phase: "done", finishedAt: parts.now, dead: 1, webhooks: 3, owed: 0 });
      expect(contents(parts)).not.toMatch(/zoe/);
      expect(contents(reopen())).toMatch(/bob@example.com/);
      expect(parts.tools.dead.count()).toBe(1);
      expect(parts.balances().bulk).toMatchObject({ received: 5, delivered: 3, dead: 1, discarded: 1 });
      expectBalance(parts);
    });
  });

  test("is named by no line about an event that was not kept, or ended without a call", async () => {
    await inObject(async (parts) => {
      const skipped = (id: string) => ({ id: `unsubscribed:${id}@example.com`, type: "left", reason: "off" });
      const ignored = { ...webhookOf([], { ignored: { off: 2 } }), skipped: [skipped("zoe"), skipped("ada")] };
      await parts.accept(ignored);
      const empty = (who: string): Item => ({ id: `empty:${who}@example.com`, type: "empty" });
      await parts.accept(webhookOf([empty("zoe")]), webhookOf([empty("ada")]));
      await parts.drain();
      await parts.accept(webhookOf([joined("x", "ada")]), webhookOf([{ ...empty("zoe"), id: "again:zoe@example.com" }]));
      await parts.drain();
      expect(contents(parts)).toContain("zoe@example.com");
      parts.tools.erasures.start(zoe, parts.now);
      await settle(parts);
      expect(contents(parts)).not.toContain("zoe");
      expect(contents(parts).match(/(unsubscribed|empty):ada@example.com/g)?.length).toBeGreaterThanOrEqual(3);
      expectBalance(parts);
    });
  });

  test("is recognised by each of their identifiers, and no more is learned or sent of them", async () => {
    await inObject(async (parts, reopen) => {
      await parts.accept(webhookOf([joined("1", "zoe")]));
      await parts.drain();
      parts.tools.erasures.start(zoe, parts.now);
      await settle(parts);

      const later = reopen();
      const calls = posted(later);
      await later.accept(webhookOf([happened("2", "zoe"), happened("3", "bob")]));
      await later.accept(webhookOf([joined("4", "zoe")], { source: "second" }));
      await later.drain();
      expect(calls).toHaveLength(1);
      expect(later.balances().bulk).toMatchObject({ delivered: 2, ignored: 1, reasons: { erased: 1 } });
      expect(later.balances().second).toMatchObject({ delivered: 0, ignored: 1, reasons: { erased: 1 } });
      expect(later.tools.book.count()).toEqual({ people: 0, references: 0, addresses: 0, shared: 0 });
    });
  });

  test("is sent nothing of what was pending; others in the same webhook lose nothing", async () => {
    await inObject(async (parts) => {
      const calls = posted(parts);
      await parts.accept(webhookOf([joined("1", "zoe"), joined("2", "bob")]));
      parts.tools.erasures.start(zoe, parts.now);
      await settle(parts);
      expect(calls.map(({ userId }) => userId)).toEqual(["bob@example.com", "bob@example.com"]);
      expect(parts.balances().bulk).toMatchObject({ received: 2, delivered: 1, discarded: 1, pending: 0 });
      expect(contents(parts)).not.toMatch(/zoe/);
    });
  });

  test("keeps no place in a batch that was sealed before", async () => {
    await inObject(async (parts) => {
      parts.answer = () => 503;
      await parts.accept(webhookOf([joined("1", "zoe")]));
      await parts.run();
      parts.answer = () => 200;
      const calls = posted(parts);
      parts.tools.erasures.start(zoe, parts.now);
      await settle(parts);
      expect(calls).toEqual([]);
      expect(contents(parts)).not.toMatch(/zoe/);
      expect(parts.balances().bulk).toMatchObject({ received: 1, delivered: 0, discarded: 1, pending: 0 });
    });
  });

  test("is not waited for", async () => {
    await inObject(async (parts) => {
      parts.hold = 60_000;
      await parts.accept(webhookOf([happened("1", "zoe"), happened("2", "bob")]));
      await parts.run();
      parts.tools.erasures.start({ id: "bulk:customer:zoe", customerio: "none", compact: false }, parts.now);
      await settle(parts);
      expect(newest(parts)).toMatchObject({ waiting: 1, webhooks: 1 });
      expect(parts.taken.map(({ properties }) => properties?.item)).toEqual(["2"]);
      expect(parts.balances().bulk).toMatchObject({ received: 2, delivered: 1, discarded: 1, pending: 0 });
      expect(contents(parts)).not.toMatch(/zoe/);
    });
  });

  test.each([
    ["zoe@example.com", 1],
    ["From:\nZoe@Example.com", 1],
    ["q=%22zoe%40example.com%22", 1],
    ["notzoe@example.com", 0],
    ["zoe@example.com.au", 0],
  ])("is found in what is said of somebody else: %j", async (plan, webhooks) => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([{ ...joined("1", "bob"), plan }]));
      await parts.drain();
      parts.tools.erasures.start(zoe, parts.now);
      await settle(parts);
      expect(newest(parts)).toMatchObject({ webhooks });
      expect(parts.balances().bulk).toMatchObject({ received: 1, delivered: 1 });
    });
  });

  test("is forgotten also where nobody knew who it was", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([happened("1", "zoe"), { id: "2", type: "spoke", who: "zoe" }]));
      await parts.drain();
      expect(contents(parts)).toMatch(/bulk:customer:zoe[\s\S]*good/);
      parts.tools.erasures.start({ id: "bulk:customer:zoe", customerio: "delete", compact: false }, parts.now);
      await settle(parts);
      // Customer.io has no person to be told of.
      expect(newest(parts)).toMatchObject({ finishedAt: parts.now, webhooks: 1 });
      expect(contents(parts)).not.toMatch(/zoe/);
    });
  });

  test("ends the same when the object restarts after every slice", async () => {
    await inObject(async (parts, reopen) => {
      await parts.accept(webhookOf([joined("1", "zoe")]), webhookOf([broken("2", "zoe")]), webhookOf([joined("3", "bob")]));
      await parts.drain();
      parts.tools.erasures.start({ ...zoe, customerio: "delete" }, parts.now);
      let slices = 0;
      let latest = parts;
      while (latest.tools.erasures.isOpen()) {
        latest = reopen();
        latest.now = parts.now;
        await latest.tools.erasures.run(latest.tools, account, 0);
        await latest.drain();
        slices += 1;
        if (slices > 50) throw new Error("the erasure never ends");
      }
      expect(slices).toBeGreaterThan(3);
      expect(newest(latest)).toMatchObject({ phase: "done", dead: 1, webhooks: 2, refused: 0 });
      expect(contents(latest)).not.toMatch(/zoe/);
      expect(contents(latest)).toMatch(/bob/);
      expectBalance(latest);
    });
  });
});

describe("by which names", () => {
  const verifiedZoe = { email: { value: "zoe@example.com", trust: "verified" as const } };
  const policy = { source: "bulk", userIdFrom: ["user"] };

  function teach(parts: Parts): void {
    const book = openBook((keys) => parts.tools.book.read(keys, START));
    const facts = [
      { record: { user: "u_1" }, ...verifiedZoe, ids: [{ kind: "customer", id: "c_1", role: "person" as const }] },
      { email: verifiedZoe.email, ids: [{ kind: "customer", id: "c_2", role: "person" as const }] },
      {
        ids: [
          { kind: "customer", id: "c_1", role: "person" as const },
          { kind: "order", id: "o_1", role: "reference" as const },
        ],
      },
      // Somebody else's, though it was seen with the address.
      {
        record: { user: "u_2" },
        email: { value: "zoe@example.com", trust: "claimed" as const },
        ids: [{ kind: "customer", id: "c_3", role: "person" as const }],
      },
    ];
    for (const fact of facts) learn(book, subjectOf(fact, policy), { source: "bulk", at: START });
    parts.tools.book.write(book.changes(), START);
  }

  test.each([{ userId: "u_1" }, { email: "zoe@example.com" }, { id: "bulk:customer:c_1" }, { id: "bulk:customer:c_2" }])(
    "%o leads to all of the person, and to nobody else",
    async (name) => {
      await inObject(async (parts) => {
        teach(parts);
        const calls = posted(parts);
        parts.tools.erasures.start({ ...name, customerio: "suppress", compact: false }, parts.now);
        await settle(parts);
        expect(contents(parts)).not.toMatch(/u_1|c_1|c_2|o_1|zoe/);
        expect(contents(parts)).toMatch(/bulk:customer:c_3[\s\S]*u_2/);
        expect(calls).toMatchObject([{ event: "User Suppressed", userId: "u_1" }]);
      });
    },
  );

  test("a request names exactly one, and says what Customer.io is told", () => {
    expect(eraseRequest.safeParse({ email: " Zoe@Example.com", customerio: "none" }).data).toEqual(zoe);
    for (const wrong of [
      { email: "zoe@example.com" },
      { customerio: "none" },
      { ...zoe, userId: "u_1" },
      { ...zoe, shred: true },
      { ...zoe, compact: "yes" },
      { userId: "null", customerio: "none" },
      { id: "customer:c_1", customerio: "none" },
      { email: "nobody", customerio: "none" },
    ])
      expect(eraseRequest.safeParse(wrong).success).toBe(false);
  });
});

describe("Customer.io", () => {
  test("is told once it takes it, under one id, and before that the erasure is not over", async () => {
    await inObject(async (parts, reopen) => {
      parts.answer = () => 503;
      const refused = posted(parts);
      parts.tools.erasures.start({ ...zoe, customerio: "delete" }, parts.now);
      await parts.tools.erasures.run(parts.tools, account, Number.MAX_SAFE_INTEGER);
      await parts.run();
      expect(newest(parts)).toMatchObject({ phase: "done", owed: 1, finishedAt: null });

      const later = reopen();
      later.now = parts.now + 3_600_000;
      const calls = posted(later);
      await later.drain();
      expect(calls).toMatchObject([{ event: "User Deleted", userId: "zoe@example.com", messageId: refused[0]?.messageId }]);
      expect(newest(later)).toMatchObject({ owed: 0, refused: 0, finishedAt: later.now });
      expect(contents(later)).not.toMatch(/zoe/);
    });
  });

  test("knows nobody by an address in a workspace of ids", async () => {
    await inObject(async (parts) => {
      const calls = posted(parts);
      parts.tools.erasures.start({ ...zoe, customerio: "delete" }, parts.now);
      await settle(parts, { ...account, identifiers: "id" });
      expect(calls).toEqual([]);
    });
  });
});

describe("what a source demands", () => {
  test("is forgotten as far as that source knew it", async () => {
    await inObject(async (parts) => {
      parts.account = { ...account, redact: "none" };
      await parts.accept(webhookOf([joined("1", "zoe")]), webhookOf([joined("2", "zoe")], { source: "second" }));
      await parts.accept(webhookOf([{ id: "3", type: "redacted", who: "zoe" }]));
      await parts.drain();
      await settle(parts);
      expect(newest(parts)).toMatchObject({ source: "bulk", customerio: "none", phase: "done", webhooks: 2 });
      expect(contents(parts)).not.toMatch(/bulk:customer:zoe/);
      expect(contents(parts)).toMatch(/second:customer:zoe/);
      const profile = parts.tools.book.page("profiles", "", 10).profiles.get(":email:zoe@example.com");
      expect(Object.keys(profile?.traits ?? {})).toEqual(["second:customer:zoe"]);

      const calls = posted(parts);
      await parts.accept(webhookOf([happened("4", "zoe")]), webhookOf([happened("5", "zoe")], { source: "second" }));
      await parts.drain();
      expect(calls.map(({ userId }) => userId)).toEqual(["zoe@example.com"]);
      expect(parts.balances().bulk).toMatchObject({ ignored: 1, reasons: { erased: 1 } });
      expectBalance(parts);
    });
  });
});

describe("what else a source's demand does", () => {
  test("reaches Customer.io as the account says, and later events of others make nobody anew", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([joined("2", "zoe")], { source: "second" }));
      await parts.drain();
      const calls = posted(parts);
      await parts.accept(webhookOf([{ id: "3", type: "redacted", who: "zoe" }]));
      await parts.drain();
      await settle(parts);
      expect(calls.map(({ event, userId }) => [event, userId])).toEqual([
        ["Customer Deleted", "zoe@example.com"],
        ["User Deleted", "zoe@example.com"],
      ]);
      await parts.accept(webhookOf([happened("4", "zoe")], { source: "second" }));
      await parts.drain();
      expect(calls).toHaveLength(2);
      expect(parts.balances().second).toMatchObject({ delivered: 1, ignored: 1, reasons: { deleted: 1 } });
      expectBalance(parts);
    });
  });
});

describe("an address that Customer.io still has of a user, while a newer one waits for a decision", () => {
  /** A user whose former address is named by a webhook that names nothing else of the user. @param other who has it by now */
  async function renamed(parts: Parts, other: string | null): Promise<void> {
    await parts.accept(webhookOf([joined("1", "former-zoe")]), webhookOf([joined("2", "bob")]));
    await parts.drain();
    const rows = openBook();
    rows.setProfile(":user:u_1", { left: true, addresses: { bulk: ["zoe@example.com", START] }, kept: "former-zoe@example.com" });
    rows.setAddress("zoe@example.com", { since: START, users: [["u_1", START]], decided: null, isCrowd: false });
    const users = other === null ? [] : [[other, START] as const];
    rows.setAddress("former-zoe@example.com", { since: START, users, decided: null, isCrowd: false });
    parts.tools.book.write(rows.changes(), parts.now);
    parts.tools.erasures.start({ userId: "u_1", customerio: "none", compact: false }, parts.now);
    await settle(parts);
  }

  test("is erased with the user, and with what names only that address", async () => {
    await inObject(async (parts) => {
      await renamed(parts, null);
      expect(newest(parts)).toMatchObject({ phase: "done", webhooks: 1 });
      expect(contents(parts)).not.toMatch(/zoe/);
      expect(contents(parts)).toMatch(/bob@example.com/);
    });
  });

  test("stays where it is another user's by now", async () => {
    await inObject(async (parts) => {
      await renamed(parts, "u_2");
      expect(newest(parts)).toMatchObject({ phase: "done", webhooks: 0 });
      expect(contents(parts)).not.toMatch(/u_1|[^-]zoe@/);
      expect(contents(parts)).toMatch(/former-zoe@example.com/);
    });
  });
});

describe("where else a person is named", () => {
  const wanting = (name: Pick<EraseRequest, "userId" | "email" | "id">): EraseRequest => ({
    ...name,
    customerio: "delete",
    compact: false,
  });

  /** Profiles of one person: the user, their former address which left as a person, an anonymous id, and a conflict about them. */
  function fill({ tools }: Parts): void {
    const rows = openBook();
    rows.setProfile(":user:u_1", {
      left: true,
      addresses: { bulk: ["zoe@example.com", START] },
      traits: { bulk: { name: ["Zoe", START] }, forms: { email: ["typed-zoe@example.com", START] } },
      choices: { "bulk/email/": ["unsubscribed", START] },
      optOuts: { email: { at: START, acts: true, isFinal: false } },
      apart: [":email:old-zoe@example.com"],
      strays: ["bulk:customer:stray-zoe"],
    });
    rows.setProfile(":email:old-zoe@example.com", { left: true, traits: { bulk: { plan: ["old", START] } } });
    rows.setProfile(":user:u_0", { into: ":user:u_1", left: true });
    rows.setProfile("bulk:customer:stray-zoe", { left: true, traits: { bulk: { mood: ["zoe's", START] } } });
    const links = { user: { trust: "verified" as const, seen: [["u_1", START] as const] }, email: null, person: null };
    rows.setPerson("bulk:customer:zoe", { ...links, tied: ["bulk:cart:zoe"] });
    rows.setPerson("bulk:cart:zoe", { ...links, tied: ["bulk:customer:zoe"] });
    rows.setAddress("zoe@example.com", { since: START, users: [["u_1", START]], decided: null, isCrowd: false });
    // Somebody else, who once typed the address, and who has an address with the user.
    rows.setAddress("family@example.com", {
      since: START,
      users: [
        ["u_2", START],
        ["u_1", START],
      ],
      decided: null,
      isCrowd: false,
    });
    rows.setProfile(":user:u_2", {
      left: true,
      addresses: { bulk: ["family@example.com", START] },
      traits: { bulk: { name: ["Bob", START] }, forms: { email: ["Zoe@example.com", START] } },
    });
    tools.store.transaction(() => {
      tools.book.write(rows.changes(), START);
      tools.conflicts.add(
        { keep: ":user:u_1", fold: ":email:old-zoe@example.com", reason: "address_left_first", at: START },
        START,
      );
      tools.conflicts.add({ keep: ":user:u_2", fold: ":email:bob@example.com", reason: "address_left_first", at: START }, START);
    });
  }

  test.each([
    { userId: "u_1" },
    { userId: "u_0" },
    { email: "zoe@example.com" },
    { email: "old-zoe@example.com" },
    { id: "bulk:customer:zoe" },
    { id: "bulk:cart:zoe" },
  ])("profiles and conflicts are found by %o, and those of others stay", async (name) => {
    await inObject(async (parts) => {
      fill(parts);
      const calls = posted(parts);
      parts.tools.erasures.start(wanting(name), parts.now);
      await settle(parts);
      expect(contents(parts)).not.toMatch(/zoe|u_0|u_1/i);
      expect(contents(parts)).toMatch(/Bob/);
      expect(parts.tools.conflicts.list(["open"], 0, 10)).toMatchObject([{ keep: ":user:u_2" }]);
      expect(
        parts.tools.book
          .read({ people: [], references: [], addresses: ["family@example.com"], profiles: [] }, START)
          .addresses.get("family@example.com")?.users,
      ).toEqual([["u_2", START]]);
      // All under which Customer.io knows the person, and nobody else.
      const told = calls.map(({ userId }) => userId);
      expect(told).toEqual(expect.arrayContaining(["u_1", "old-zoe@example.com"]));
      expect(told).not.toContain("u_2");
      expect(told).not.toContain("family@example.com");
    });
  });

  test("events that wait are discarded if they wait for no one else, and others wait on without the person", async () => {
    await inObject(async (parts) => {
      parts.hold = 60_000;
      await parts.accept(
        webhookOf([
          { id: "1", type: "returned", who: "order-of-zoe" },
          { id: "2", type: "returned", who: "order-of-bob" },
          happened("3", "zoe"),
        ]),
      );
      await parts.run();
      const [first] = parts.tools.waiting.of(["bulk:customer:zoe"]);
      if (first === undefined) throw new Error("it does not wait");
      parts.tools.waiting.add({ ...first, keys: ["bulk:customer:zoe", "bulk:customer:cleo"] });
      const book = openBook((keys) => parts.tools.book.read(keys, START));
      const order = { kind: "order", id: "order-of-zoe", role: "reference" as const };
      learn(
        book,
        subjectOf({ ids: [{ kind: "customer", id: "zoe", role: "person" }, order] }, { source: "bulk", userIdFrom: [] }),
        {
          source: "bulk",
          at: START,
        },
      );
      parts.tools.book.write(book.changes(), START);
      parts.tools.erasures.start({ ...wanting({ id: "bulk:customer:zoe" }), customerio: "none" }, parts.now);
      await parts.tools.erasures.run(parts.tools, account, Number.MAX_SAFE_INTEGER);
      expect(newest(parts)).toMatchObject({ waiting: 2 });
      const left = parts.store.run("SELECT strangers FROM waiting").map(({ strangers }) => String(strangers));
      expect(left.sort()).toEqual(['["bulk:customer:cleo"]', '["bulk:order:order-of-bob"]']);
      expect(left.join()).not.toMatch(/zoe/);
    });
  });
});

describe("the API", () => {
  const url = "http://127.0.0.1:8787/api/v1/accounts/demo/erase";
  const post = (body: unknown, type = "application/json"): Promise<Response> =>
    exports.default.fetch(new Request(url, { method: "POST", headers: { "content-type": type }, body: JSON.stringify(body) }));
  const statuses = z.object({ erasures: z.array(z.looseObject({ number: z.number(), finishedAt: z.number().nullable() })) });

  test("begins an erasure and says how far it is, without a name", async () => {
    const answer = await post(zoe);
    expect(answer.status).toBe(202);
    const { number } = z.looseObject({ number: z.number() }).parse(await answer.json());
    await vi.waitUntil(
      async () => {
        const text = await (await exports.default.fetch(new Request(url))).text();
        expect(text).not.toContain("zoe");
        const { erasures } = statuses.parse(JSON.parse(text));
        return erasures.some((found) => found.number === number && found.finishedAt !== null);
      },
      { timeout: 10_000, interval: 20 },
    );
  });

  test("refuses what is not said in full, and what a page of another origin could send", async () => {
    expect((await post({ email: "zoe@example.com" })).status).toBe(400);
    expect((await post(zoe, "text/plain")).status).toBe(415);
  });
});
