/**
 * What an account's object asks of its shards when a person is forgotten or comes back, where one of them refuses or is not there.
 */
import { describe, expect, test } from "vitest";
import { passOn } from "../../src/account/erasure/pass-on.ts";
import type { OperationContext } from "../../src/account/operation.ts";
import type { Account } from "../../src/config/model.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { operate } from "./operations.ts";
import { bulk, inObject, type Parts, webhookOf } from "./support.ts";

const shards = ["one", "two"].map((name) => [name, accountOf([], { name: `demo.${name}`, id: `demo.${name}` })] as const);
const account = accountOf([sourceOf(bulk)], { shards: new Map(shards) });

const NOBODY = { userIds: [], addresses: [], ids: [], references: [] };

/** Shards that answer as they are told, with what they were asked. */
function answering(
  answers: (place: string, operation: string) => Awaited<ReturnType<ReturnType<OperationContext["shard"]>["operate"]>>,
) {
  const asked: string[] = [];
  const inputs: unknown[] = [];
  const shard: OperationContext["shard"] = ({ name }) => ({
    operate: async (operation, input) => {
      asked.push(`${name} ${operation}`);
      inputs.push(JSON.parse(input));
      return answers(name, operation);
    },
  });
  return { shard, asked, inputs };
}

const said = (value: object) => ({ ok: true, value: JSON.stringify(value) }) as const;

const zoe = { email: "zoe@example.com", customerio: "none" as const };

describe("an erasure", () => {
  test("asks until no object knows more, and begins in all with everything that any of them knows", async () => {
    await inObject(async (parts) => {
      parts.account = account;
      await parts.accept(webhookOf([{ id: "evt_1", type: "joined", who: "zoe" }]));
      await parts.drain();
      // The first knows a second address by the user's id, the other one a number by that address.
      const { shard, asked, inputs } = answering((name, operation) => {
        if (operation === "erase.start") return said({ number: 7 });
        const last = JSON.stringify(inputs.at(-1));
        if (name === "demo.one")
          return said({ ...NOBODY, addresses: last.includes("bulk:customer:zoe") ? ["zoe.2@example.com"] : [] });
        return said({ ...NOBODY, ids: last.includes("zoe.2@example.com") ? ["other:customer:7"] : [] });
      });
      const begun = await operate(parts, "erase.start", zoe, shard);
      expect(begun).toMatchObject({
        shards: [
          { account: "demo.one", number: 7 },
          { account: "demo.two", number: 7 },
        ],
      });
      expect(asked.slice(-2)).toEqual(["demo.one erase.start", "demo.two erase.start"]);
      expect(inputs.at(-1)).toMatchObject({
        also: { addresses: ["zoe@example.com", "zoe.2@example.com"], ids: ["bulk:customer:zoe", "other:customer:7"] },
      });
      // Looking changed nothing of the book.
      expect(parts.tools.book.count()).toMatchObject({ people: 1, addresses: 1 });
    });
  });

  test.each(["erase.reach", "erase.start"])("does not begin in the account while %s fails in a shard", async (failing) => {
    await inObject(async (parts) => {
      parts.account = account;
      const { shard } = answering((name, operation) => {
        if (name === "demo.two" && operation === failing) throw new Error("overloaded");
        return operation === "erase.reach" ? said(NOBODY) : said({ number: 1 });
      });
      await expect(operate(parts, "erase.start", zoe, shard)).rejects.toThrow("unusable: The shard demo.two does not answer");
      expect(parts.tools.erasures.status()).toEqual([]);
    });
  });

  test("says of each shard how far it is, or that it does not answer", async () => {
    await inObject(async (parts) => {
      parts.account = account;
      const { shard } = answering((name) => {
        if (name === "demo.two") return { ok: false, refusal: "compacting", problem: null };
        return said({ erasures: [], compaction: { wantedSince: null, last: null }, shards: [] });
      });
      const { shards: found } = await operate(parts, "erase.status", {}, shard);
      expect(found).toEqual([
        { account: "demo.one", erasures: [] },
        { account: "demo.two", erasures: null },
      ]);
    });
  });
});

describe("a vendor's demand", () => {
  const bulkAt = (shards: typeof account.shards) => accountOf([sourceOf(bulk)], { shards });
  const elsewhere = bulkAt(new Map([["bulk", accountOf([], { name: "demo.bulk", id: "demo.bulk" })]]));

  /** A person whom the source made known, and whom it then demands to erase. */
  async function demanded(parts: Parts, configured: Account): Promise<void> {
    parts.account = configured;
    await parts.accept(webhookOf([{ id: "evt_1", type: "joined", who: "zoe" }]));
    await parts.drain();
    await parts.accept(webhookOf([{ id: "evt_2", type: "redacted", who: "zoe" }]));
    await parts.drain();
    await parts.tools.erasures.run(parts.tools, configured, Number.MAX_SAFE_INTEGER);
    await parts.drain();
    await parts.tools.erasures.run(parts.tools, configured, Number.MAX_SAFE_INTEGER);
  }

  test("is told to the other object once, and keeps its identifiers until then", async () => {
    await inObject(async (parts) => {
      await demanded(parts, elsewhere);
      const { tools } = parts;
      expect([tools.erasures.isOpen(), tools.erasures.untold()]).toMatchObject([true, [{ source: "bulk" }]]);
      const gone = answering(() => ({ ok: false, refusal: "compacting", problem: null }));
      expect(await passOn(tools, elsewhere, gone.shard)).toBe(false);
      const broken = () => {
        throw new Error("overloaded");
      };
      expect(await passOn(tools, elsewhere, broken)).toBe(false);
      const { shard, asked, inputs } = answering(() => said({}));
      expect(await passOn(tools, elsewhere, shard)).toBe(true);
      expect(await passOn(tools, elsewhere, shard)).toBe(true);
      expect(asked).toEqual(["demo.bulk erase.demand"]);
      expect(inputs).toMatchObject([{ source: "bulk", addresses: ["zoe@example.com"], ids: ["bulk:customer:zoe"] }]);
      expect(tools.erasures.isOpen()).toBe(false);
    });
  });

  test("ends by itself where no other object may know the person, or no longer", async () => {
    await inObject(async (parts) => {
      const alone = bulkAt(new Map());
      await demanded(parts, alone);
      expect(parts.tools.erasures.isOpen()).toBe(false);
    });
    await inObject(async (parts) => {
      await demanded(parts, elsewhere);
      expect(await passOn(parts.tools, bulkAt(new Map()), answering(() => said({})).shard)).toBe(true);
      expect(parts.tools.erasures.isOpen()).toBe(false);
    });
  });

  test("that is told here erases what the source said, and is told to nobody", async () => {
    await inObject(async (parts) => {
      parts.account = elsewhere;
      await parts.accept(webhookOf([{ id: "evt_1", type: "joined", who: "zoe" }]));
      await parts.drain();
      const demand = { source: "bulk", addresses: ["zoe@example.com"], ids: ["bulk:customer:zoe"] };
      expect(await operate(parts, "erase.demand", demand)).toMatchObject({ source: "bulk", customerio: "none" });
      await parts.tools.erasures.run(parts.tools, elsewhere, Number.MAX_SAFE_INTEGER);
      expect([parts.tools.erasures.isOpen(), parts.tools.erasures.untold()]).toEqual([false, []]);
      expect(parts.tools.erasures.status()).toMatchObject([{ links: 1, webhooks: 1 }]);
    });
  });
});

describe("who comes back", () => {
  test("comes back in all objects", async () => {
    await inObject(async (parts) => {
      parts.account = account;
      const { shard, inputs } = answering(() => said({ identifiers: 2, deletions: 1 }));
      expect(await operate(parts, "erase.lift", { email: "zoe@example.com" }, shard)).toEqual({ identifiers: 4, deletions: 2 });
      expect(inputs).toEqual([{ email: "zoe@example.com" }, { email: "zoe@example.com" }]);
    });
  });

  test("does not while an erasure is under way anywhere, and it is said where", async () => {
    await inObject(async (parts) => {
      parts.account = account;
      const { shard } = answering((name) =>
        name === "demo.one"
          ? said({ identifiers: 0, deletions: 0 })
          : { ok: false, refusal: "conflict", problem: "An erasure is under way." },
      );
      await expect(operate(parts, "erase.lift", { userId: "u_1" }, shard)).rejects.toThrow("conflict: demo.two: An erasure");
      const gone = answering(() => ({ ok: false, refusal: "compacting", problem: null }));
      await expect(operate(parts, "erase.lift", { userId: "u_1" }, gone.shard)).rejects.toThrow("demo.one does not answer");
      parts.tools.erasures.start({ email: "zoe@example.com", customerio: "none", compact: false }, parts.now);
      const { shard: unasked, asked } = answering(() => said({ identifiers: 0, deletions: 0 }));
      await expect(operate(parts, "erase.lift", { userId: "u_1" }, unasked)).rejects.toThrow("under way");
      expect(asked).toEqual([]);
    });
  });
});
