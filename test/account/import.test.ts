/**
 * Imported webhooks: handled as those of the vendor, once, and not counted as sent by it.
 */
import { describe, expect, test } from "vitest";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { operate } from "./operations.ts";
import { type Item, inObject, type Parts, START, webhookOf } from "./support.ts";

const HOUR = 3_600_000;

const joined = (id: string, who = "ada"): Item => ({ id, type: "joined", who });

const bodyOf = (...items: readonly Item[]) => ({ body: JSON.stringify(items) });

function take(parts: Parts, webhooks: readonly { readonly body: string; readonly encoding?: "base64" }[], isDry = false) {
  return operate(parts, "webhooks.import", { source: "bulk", webhooks: [...webhooks], dry_run: isDry });
}

async function sourceIn(parts: Parts) {
  const { sources } = await operate(parts, "sources", {});
  return sources.find(({ name }) => name === "bulk");
}

describe("an import", () => {
  test("becomes the calls of its handlers, each event once", async () => {
    await inObject(async (parts) => {
      const page = [bodyOf(joined("a"), { id: "b", type: "happened", who: "ada" }), bodyOf({ id: "c", type: "unheard" })];
      expect(await take(parts, page)).toEqual({
        ...{ done: 2, stopped: null, accepted: 2, duplicate: 0, ignored: 1, unreadable: 0, may_trigger: 2, refused: [] },
        types: { joined: 1, happened: 1 },
        makes: { identify: 1, "Customer Joined": 1, "It Happened": 1 },
        reasons: { "no handler for this type": 1 },
      });
      expect(await take(parts, page)).toMatchObject({ accepted: 0, duplicate: 2, ignored: 1, types: {} });
      await parts.drain();
      expect(parts.taken.map(({ type }) => type)).toEqual(["identify", "track", "track"]);
      expect(parts.balances().bulk).toMatchObject({ received: 6, delivered: 2, duplicate: 2, ignored: 2, pending: 0 });
    });
  });

  test("adds nothing to what the vendor sent before, and what the vendor sends afterwards adds nothing", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([joined("a")]));
      expect(await take(parts, [bodyOf(joined("a"), joined("b"))])).toMatchObject({ accepted: 1, duplicate: 1 });
      expect(await parts.accept(webhookOf([joined("b"), joined("c")]))).toEqual([{ kind: "stored", accepted: 1, duplicate: 1 }]);
      await parts.drain();
      expect(parts.balances().bulk).toMatchObject({ received: 5, delivered: 3, duplicate: 2, pending: 0 });
      expect(parts.taken.filter(({ type }) => type === "track").map(({ properties }) => properties?.item)).toEqual([
        "a",
        "b",
        "c",
      ]);
    });
  });

  test("has the messageIds that the vendor's webhook would have had", async () => {
    const idsOf = async (send: (parts: Parts) => Promise<unknown>) => {
      let ids: readonly string[] = [];
      await inObject(async (parts) => {
        await send(parts);
        await parts.drain();
        ids = parts.taken.map(({ messageId }) => messageId);
      });
      return ids;
    };
    const imported = await idsOf((parts) => take(parts, [bodyOf(joined("a"))]));
    expect(imported).toHaveLength(2);
    expect(await idsOf((parts) => parts.accept(webhookOf([joined("a")])))).toEqual(imported);
  });

  test("is no webhook of the vendor: neither its last one, nor its first", async () => {
    await inObject(async (parts) => {
      expect(await sourceIn(parts)).toMatchObject({ lastReceivedAt: null, since: null });
      await take(parts, [bodyOf(joined("a"))]);
      await parts.drain();
      expect(await sourceIn(parts)).toMatchObject({ lastReceivedAt: null, since: null, counts: { delivered: 1 } });
      parts.now = START + HOUR;
      await parts.accept(webhookOf([joined("b")], { now: parts.now }));
      await parts.drain();
      parts.now = START + 2 * HOUR;
      await take(parts, [bodyOf(joined("c"))]);
      await parts.accept(webhookOf([joined("d")], { now: parts.now }));
      await take(parts, [bodyOf(joined("e"))]);
      await parts.drain();
      expect(await sourceIn(parts)).toMatchObject({ lastReceivedAt: START + 2 * HOUR, since: START + HOUR });
      const { timeline } = await operate(parts, "events.show", { source: "bulk", id: "e" });
      expect(timeline[0]).toMatchObject({ step: "received", text: "by an import, for bulk" });
    });
  });

  test("whose beginning an earlier release counted says that it is unknown", async () => {
    await inObject(async (parts) => {
      parts.tools.state.update((record) => {
        const { since: _, ...counts } = { ...record.ledger.get("bulk"), received: 3, delivered: 3 };
        const known = { ignored: 0, duplicate: 0, dead: 0, discarded: 0, late: 0, anonymous: 0, reasons: {}, ...counts };
        return { ...record, ledger: new Map([["bulk", known]]) };
      });
      await parts.accept(webhookOf([joined("b")]));
      await parts.drain();
      expect(await sourceIn(parts)).toMatchObject({ since: "unknown", lastReceivedAt: START });
    });
  });

  test("may be tried without being kept", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([joined("a")]));
      const before = parts.rows();
      expect(await take(parts, [bodyOf(joined("a"), joined("b"), { id: "c", type: "empty" })], true)).toMatchObject({
        ...{ accepted: 2, duplicate: 1, may_trigger: 2, types: { joined: 1, empty: 1 } },
        ...{ makes: { identify: 1, "Customer Joined": 1 }, reasons: { "nothing in it": 1 } },
      });
      expect(parts.rows()).toBe(before);
    });
  });

  test("names what it does not keep, and keeps the rest", async () => {
    await inObject(async (parts) => {
      const bytes = encode(utf8Bytes(JSON.stringify([joined("b")])), "base64");
      const page = [bodyOf(joined("a")), { body: "" }, { body: "%", encoding: "base64" as const }];
      expect(await take(parts, [...page, { body: bytes, encoding: "base64" }, { body: "{}" }])).toMatchObject({
        ...{ done: 5, accepted: 3, unreadable: 1 },
        refused: [
          { index: 1, issue: "the body is empty" },
          { index: 2, issue: "the body is not base64" },
        ],
      });
      await expect(operate(parts, "webhooks.import", { source: "nobody", webhooks: [{ body: "[]" }] })).rejects.toThrow("absent");
    });
  });

  test("waits while the account has enough to do: the vendor's own webhooks would wait behind it", async () => {
    await inObject(async (parts) => {
      parts.answer = () => 500;
      const page = Array.from({ length: 2_000 }, (_, index) => joined(`e${index}`));
      await parts.accept(webhookOf(page));
      expect(await take(parts, [bodyOf(joined("z"))])).toMatchObject({ done: 0, stopped: "behind", accepted: 0 });
      expect(await take(parts, [bodyOf(joined("z"))], true)).toMatchObject({ done: 1, stopped: null, accepted: 1 });
      parts.answer = () => 200;
      await parts.drain();
      expect(await take(parts, [bodyOf(joined("z"))])).toMatchObject({ done: 1, stopped: null, accepted: 1 });
    });
  });

  test("goes no further than the room there is, and goes on from there", async () => {
    await inObject(async (parts) => {
      parts.cap = 1;
      expect(await take(parts, [bodyOf(joined("a")), bodyOf(joined("b"))])).toMatchObject({ done: 0, stopped: "full" });
    });
  });
});
