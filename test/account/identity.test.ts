/**
 * Who calls are about, through the log, the book, waiting and delivery.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type Item, inObject, type Parts, START, webhookOf } from "./support.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

const happened = (id: string, who: string): Item => ({ id, type: "happened", who });
const joined = (id: string, who: string): Item => ({ id, type: "joined", who });

const sentCall = z.looseObject({
  type: z.string(),
  userId: z.string().optional(),
  anonymousId: z.string().optional(),
  traits: z.record(z.string(), z.unknown()).optional(),
  properties: z.looseObject({ item: z.string().optional() }).optional(),
});
const sentBatch = z.object({ batch: z.array(sentCall) });

/** Batches as they were taken: each call as `who: what`. */
function recorded(parts: Parts): string[][] {
  const batches: string[][] = [];
  const { answer } = parts;
  parts.answer = (body) => {
    const status = answer(body);
    if (status === 200) {
      batches.push(
        sentBatch.parse(JSON.parse(body)).batch.map(({ type, userId, anonymousId, traits, properties }) => {
          const who = [userId, anonymousId].filter((id) => id !== undefined).join(" + ");
          return `${who}: ${
            properties?.item ??
            `${type} ${Object.keys(traits ?? {})
              .sort()
              .join(",")}`
          }`;
        }),
      );
    }
    return status;
  };
  return batches;
}

describe("who is known", () => {
  test("is reached weeks later by an event that names only the vendor's id", async () => {
    await inObject(async (parts, reopen) => {
      await parts.accept(webhookOf([joined("a", "ada")]));
      await parts.drain();
      const later = reopen();
      later.now = START + 40 * DAY;
      const batches = recorded(later);
      await later.accept(webhookOf([happened("b", "ada")], { now: later.now }));
      await later.drain();
      expect(batches).toEqual([["ada@example.com: b"]]);
    });
  });

  test("is told the same traits once", async () => {
    await inObject(async (parts) => {
      const batches = recorded(parts);
      await parts.accept(webhookOf([joined("a", "ada"), joined("b", "ada")]));
      await parts.drain();
      expect(batches).toEqual([
        ["ada@example.com: identify bulk_id,bulk_plan,email", "ada@example.com: a", "ada@example.com: b"],
      ]);
    });
  });

  test("is not told older traits after newer ones", async () => {
    await inObject(async (parts) => {
      const batches = recorded(parts);
      await parts.accept(webhookOf([{ ...joined("a", "ada"), plan: "new" }], { now: START + 1_000 }));
      await parts.accept(webhookOf([{ ...joined("b", "ada"), plan: "old" }], { now: START }));
      await parts.drain();
      expect(batches.flat()).toEqual([
        "ada@example.com: identify bulk_id,bulk_plan,email",
        "ada@example.com: a",
        "ada@example.com: b",
      ]);
    });
  });
});

describe("who is not known yet", () => {
  test("waits, delays nobody, and leaves under the name that is learned meanwhile", async () => {
    await inObject(async (parts) => {
      parts.hold = MINUTE;
      const batches = recorded(parts);
      await parts.accept(webhookOf([happened("a", "ada"), happened("b", "bob")]));
      await parts.accept(webhookOf([joined("j", "cleo")]));
      await parts.run();
      expect(batches.flat()).toEqual(["cleo@example.com: identify bulk_id,bulk_plan,email", "cleo@example.com: j"]);
      expect(parts.balances().bulk).toMatchObject({ received: 3, delivered: 1, pending: 2 });

      parts.now += MINUTE / 2;
      await parts.accept(webhookOf([joined("k", "ada")], { now: parts.now }));
      await parts.run();
      expect(batches.slice(1).flat()).toEqual([
        "ada@example.com: a",
        // Who has left under the address has it.
        "ada@example.com: identify bulk_id,bulk_plan",
        "ada@example.com: k",
      ]);

      await parts.drain();
      expect(batches.at(-1)).toEqual(["bulk:customer:bob: b"]);
      expect(parts.now).toBe(START + MINUTE);
      expect(parts.balances().bulk).toMatchObject({ received: 4, delivered: 4, pending: 0 });
    });
  });

  test("and is named in the same webhook does not wait at all", async () => {
    await inObject(async (parts) => {
      parts.hold = MINUTE;
      const batches = recorded(parts);
      await parts.accept(webhookOf([happened("a", "ada"), joined("j", "ada")]));
      await parts.run();
      expect(batches.flat()).toEqual([
        "ada@example.com: a",
        // Who has left under the address has it.
        "ada@example.com: identify bulk_id,bulk_plan",
        "ada@example.com: j",
      ]);
    });
  });

  test("leaves anonymous when the time is up, and is tied to the person by the first event that names them, ahead of all else", async () => {
    await inObject(async (parts, reopen) => {
      parts.hold = MINUTE;
      await parts.accept(webhookOf([happened("a", "ada"), { id: "s", type: "spoke", who: "ada" }]));
      const early = recorded(parts);
      await parts.drain();
      expect(early).toEqual([["bulk:customer:ada: a"]]);

      const later = reopen();
      later.hold = MINUTE;
      later.now = START + 5 * DAY;
      const batches = recorded(later);
      await later.accept(webhookOf([happened("b", "bob")], { now: later.now }));
      await later.accept(webhookOf([joined("j", "ada")], { now: later.now }));
      await later.drain();
      expect(batches).toEqual([
        ["ada@example.com + bulk:customer:ada: identify bulk_id,bulk_mood,bulk_plan,email"],
        ["ada@example.com: j"],
        ["bulk:customer:bob: b"],
      ]);
    });
  });

  test("nothing of the person leaves before the tie is accepted", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([happened("a", "ada")]));
      await parts.drain();
      await parts.accept(webhookOf([joined("j", "ada")]));
      const batches = recorded(parts);
      let failures = 3;
      const { answer } = parts;
      parts.answer = (body) => {
        if (failures > 0) {
          failures -= 1;
          expect(sentBatch.parse(JSON.parse(body)).batch).toHaveLength(1);
          return 503;
        }
        return answer(body);
      };
      await parts.drain();
      expect(batches[0]).toEqual(["ada@example.com + bulk:customer:ada: identify bulk_id,bulk_plan,email"]);
      expect(batches[1]).toEqual(["ada@example.com: j"]);
    });
  });

  test("a restart while they wait changes nothing", async () => {
    await inObject(async (parts, reopen) => {
      parts.hold = MINUTE;
      await parts.accept(webhookOf([happened("a", "ada")]));
      await parts.run();
      const again = reopen();
      again.hold = MINUTE;
      again.now = parts.now + 1_000;
      const batches = recorded(again);
      await again.accept(webhookOf([joined("j", "ada")], { now: again.now }));
      await again.drain();
      expect(batches.flat()).toEqual([
        "ada@example.com: a",
        // Who has left under the address has it.
        "ada@example.com: identify bulk_id,bulk_plan",
        "ada@example.com: j",
      ]);
      expect(again.store.run("SELECT * FROM waiting")).toEqual([]);
    });
  });
});
