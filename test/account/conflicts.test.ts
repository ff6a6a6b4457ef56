/**
 * People who exist twice in Customer.io: how an operator hears of them, and what a decision does.
 */
import { describe, expect, test } from "vitest";
import { describeConflict } from "../../src/account/people/conflicts.ts";
import type { ConflictReason } from "../../src/translate/merges.ts";
import { workspaceAfter } from "../model/customer-io.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { acceptedBy } from "./arrivals.ts";
import { operate } from "./operations.ts";
import { bulk, type Item, inObject, type Parts, START, webhookOf } from "./support.ts";

const source = sourceOf(bulk);
const withUsers = { options: { ...source.options, userIdFrom: ["user"] } };
const account = accountOf([sourceOf(bulk, withUsers), sourceOf(bulk, { ...withUsers, name: "second" })]);

const joined = (id: string, who: string, user?: string): Item => ({
  id,
  type: "joined",
  who,
  ...(user === undefined ? {} : { user }),
});

/** An address left as a person before it was known to be a user's, who had left too. */
async function conflicted(parts: Parts): Promise<void> {
  parts.account = account;
  await parts.accept(webhookOf([joined("1", "ada", "u_1"), joined("2", "zoe")]));
  await parts.drain();
  await parts.accept(webhookOf([joined("3", "zoe", "u_1")], { source: "second" }));
  await parts.drain();
}

describe("a person who exists twice", () => {
  test("is told once to the log, without an identifier, and counted in health", async () => {
    await inObject(async (parts) => {
      await conflicted(parts);
      await parts.accept(webhookOf([joined("4", "zoe", "u_1"), joined("5", "zoe")]));
      await parts.drain();
      expect(parts.reports.filter(({ outcome }) => outcome === "conflict")).toEqual([
        { outcome: "conflict", reason: "address_left_first" },
      ]);
      expect(await operate(parts, "health", {})).toMatchObject({ conflicts: 1 });
      expect(await operate(parts, "conflicts.list", {})).toEqual({
        open: 1,
        next: null,
        conflicts: [
          {
            number: 1,
            state: "open",
            reason: "address_left_first",
            keep: "u_1",
            fold: "zoe@example.com",
            at: START,
            foundAt: START,
            mergeable: true,
            text: expect.stringMatching(/zoe@example\.com became a person before u_1/),
          },
        ],
      });
      expect(await operate(parts, "conflicts.list", { cursor: "1" })).toMatchObject({ conflicts: [], open: 1 });
      expect(await operate(parts, "conflicts.list", { state: "merged" })).toMatchObject({ conflicts: [] });
    });
  });

  test("becomes one when an operator says so, with all that was known of both", async () => {
    await inObject(async (parts) => {
      const calls = acceptedBy(parts);
      await conflicted(parts);
      expect(workspaceAfter(calls).people).toHaveLength(2);
      const before = calls.length;
      await parts.accept(webhookOf([{ id: "6", type: "left", who: "zoe" }]));
      expect(await operate(parts, "conflicts.decide", { number: 1, decision: "merge" })).toMatchObject({ state: "merging" });
      expect(parts.tools.isPending()).toBe(true);
      await parts.drain();

      expect(calls.slice(before).map(({ call }) => [call.type, call.userId])).toEqual([
        ["alias", "u_1"],
        ["identify", "u_1"],
        ["identify", "u_1"],
        ["track", "u_1"],
      ]);
      expect(calls[before]?.call).toMatchObject({ previousId: "zoe@example.com" });
      const { people, failures } = workspaceAfter(calls);
      expect(failures).toEqual([]);
      expect(people).toMatchObject([{ id: "u_1", events: [{}, {}, {}, {}] }]);
      expect(parts.tools.conflicts.find(1)).toMatchObject({ state: "merged" });
      expect(await operate(parts, "health", {})).toMatchObject({ conflicts: 0 });
      expect(parts.tools.book.page("profiles", "", 10).profiles.has(":email:zoe@example.com")).toBe(false);
      expect(parts.tools.isPending()).toBe(false);
      await expect(operate(parts, "conflicts.decide", { number: 1, decision: "dismiss" })).rejects.toThrow("merged already");
      for (const { received, delivered } of Object.values(parts.balances())) expect(received).toBe(delivered);
    });
  });

  test("leaves a hint if the merge changes the address, which the workspace may forbid", async () => {
    await inObject(async (parts) => {
      const calls = acceptedBy(parts);
      parts.account = account;
      await parts.accept(webhookOf([joined("1", "ada", "u_1"), joined("2", "zoe")]));
      await parts.drain();
      await parts.accept(webhookOf([joined("3", "zoe", "u_1")], { now: START + 60_000 }));
      await parts.drain();
      await operate(parts, "conflicts.decide", { number: 1, decision: "merge" });
      await parts.drain();
      const told = calls.map(({ call }) => JSON.stringify([call.type, call.userId, call.traits]));
      expect(told).toContainEqual(expect.stringMatching(/^\["identify","u_1",.*"email":"zoe@example\.com"/));
      expect(await operate(parts, "conflicts.list", {})).toMatchObject({
        open: 1,
        conflicts: [{ reason: "address_change", keep: "u_1", fold: "ada@example.com", mergeable: false }],
      });
    });
  });

  test("is merged with the same calls where Customer.io cannot take them yet, also after a restart", async () => {
    await inObject(async (parts, reopen) => {
      await conflicted(parts);
      const refused: string[] = [];
      parts.answer = (body) => {
        refused.push(...(body.match(/(?<="messageId":")[^"]+/g) ?? []));
        return 503;
      };
      await operate(parts, "conflicts.decide", { number: 1, decision: "merge" });
      await parts.run();
      const later = reopen();
      later.account = account;
      later.now = parts.now + 60_000;
      const calls = acceptedBy(later);
      await later.drain();
      expect(calls.map(({ call }) => call.messageId)).toEqual(refused);
      expect(calls.map(({ call }) => call.type)).toEqual(["alias", "identify"]);
    });
  });

  test("costs no other event where Customer.io refuses the merge", async () => {
    await inObject(async (parts) => {
      await conflicted(parts);
      const before = parts.taken.length;
      parts.answer = (body) => (body.includes('"alias"') ? 400 : 200);
      await operate(parts, "conflicts.decide", { number: 1, decision: "merge" });
      await parts.accept(webhookOf([joined("7", "bob")]));
      await parts.drain();
      expect(parts.reports).toContainEqual({ outcome: "merge_call_refused" });
      expect(parts.taken.slice(before).flatMap(({ properties }) => properties?.item ?? [])).toContain("7");
      expect(parts.balances().bulk).toMatchObject({ dead: 0, pending: 0 });
    });
  });

  test("is not dismissed while it is merged: the operator hears that it was", async () => {
    await inObject(async (parts) => {
      const calls = acceptedBy(parts);
      await conflicted(parts);
      const before = calls.length;
      await operate(parts, "conflicts.decide", { number: 1, decision: "merge" });
      await parts.accept(webhookOf(Array.from({ length: 50 }, (_, index) => joined(`m${index}`, "bob"))));
      const dismissals: Promise<unknown>[] = [];
      parts.pause = async () => {
        if (dismissals.length === 0)
          dismissals.push(operate(parts, "conflicts.decide", { number: 1, decision: "dismiss" }).catch(String));
      };
      await parts.run();
      expect(await Promise.all(dismissals)).toEqual([expect.stringContaining("merged already")]);
      expect(calls.slice(before).filter(({ call }) => call.type === "alias")).toHaveLength(1);
    });
  });

  test("stays two where it is dismissed before its round begins", async () => {
    await inObject(async (parts) => {
      const calls = acceptedBy(parts);
      await conflicted(parts);
      const before = calls.length;
      await operate(parts, "conflicts.decide", { number: 1, decision: "merge" });
      // Something else has the book: the round waits for its turn behind the dismissal.
      const others = Promise.withResolvers<void>();
      const holding = parts.tools.alone(() => others.promise);
      const dismissal = operate(parts, "conflicts.decide", { number: 1, decision: "dismiss" });
      const run = parts.run();
      others.resolve();
      await Promise.all([holding, run]);
      expect(await dismissal).toMatchObject({ state: "dismissed" });
      await parts.drain();
      expect(calls).toHaveLength(before);
      expect(parts.tools.conflicts.find(1)).toMatchObject({ state: "dismissed" });
    });
  });

  test("stays two after a dismissal, and is not told again", async () => {
    await inObject(async (parts) => {
      const calls = acceptedBy(parts);
      await conflicted(parts);
      const before = calls.length;
      expect(await operate(parts, "conflicts.decide", { number: 1, decision: "dismiss" })).toMatchObject({ state: "dismissed" });
      await parts.drain();
      expect(calls).toHaveLength(before);
      await parts.accept(webhookOf([joined("8", "zoe", "u_1")]));
      await parts.drain();
      expect(await operate(parts, "conflicts.list", {})).toMatchObject({ conflicts: [] });
      // Minds change: it can still be merged.
      await operate(parts, "conflicts.decide", { number: 1, decision: "merge" });
      await parts.drain();
      expect(workspaceAfter(calls).people).toHaveLength(1);
    });
  });

  test("names the identifier under which one of the two went on, also once it is dismissed; between the two it is merged", async () => {
    await inObject(async (parts) => {
      const { conflicts, store } = parts.tools;
      const [ada, bob, zoe] = [":email:ada@example.com", ":email:bob@example.com", ":email:zoe@example.com"];
      const u1 = ":user:u_1";
      const told = (): unknown =>
        conflicts
          .list(["open", "merged", "dismissed"], 0, 10)
          .map(({ keep, fold, reason, state }) => [keep, fold, reason, state]);
      store.transaction(() => {
        conflicts.add({ keep: ada, fold: bob, reason: "address_changed", at: START }, START);
        conflicts.add({ keep: bob, fold: zoe, reason: "address_changed", at: START }, START);
        conflicts.add({ keep: ":user:u_2", fold: bob, reason: "address_change", at: START }, START);
        conflicts.set(2, "dismissed");
        conflicts.follow({ former: bob, key: u1 });
      });
      const hint = [":user:u_2", bob, "address_change", "open"];
      expect(told()).toEqual([[u1, ada, "address_left_first", "open"], [u1, zoe, "address_changed", "dismissed"], hint]);
      store.transaction(() => conflicts.follow({ former: ada, key: u1 }));
      expect(told()).toEqual([[u1, ada, "address_left_first", "merged"], [u1, zoe, "address_changed", "dismissed"], hint]);
    });
  });

  test("is not merged where one of the two was deleted meanwhile", async () => {
    await inObject(async (parts) => {
      await conflicted(parts);
      const calls = acceptedBy(parts);
      const book = parts.tools.book.page("profiles", "", 10);
      const gone = { at: START, source: "bulk", isGone: true };
      parts.tools.store.transaction(() =>
        parts.tools.book.write({ ...book, people: new Map(), profiles: new Map([[":user:u_1", { deleted: gone }]]) }, START),
      );
      await operate(parts, "conflicts.decide", { number: 1, decision: "merge" });
      await parts.drain();
      expect(calls).toEqual([]);
      expect(parts.tools.conflicts.find(1)).toMatchObject({ state: "merged" });
      expect(parts.tools.isPending()).toBe(false);
    });
  });

  test("is forgotten 30 days after the decision, and never before", async () => {
    await inObject(async (parts) => {
      await conflicted(parts);
      const { conflicts } = parts.tools;
      parts.tools.store.transaction(() =>
        conflicts.add({ keep: ":user:u_2", fold: ":email:b@example.com", reason: "merged", at: START }, START),
      );
      await operate(parts, "conflicts.decide", { number: 1, decision: "dismiss" });
      parts.now = START + 30 * 86_400_000;
      parts.retire();
      expect(conflicts.find(1)).not.toBeNull();
      parts.now += 1;
      parts.retire();
      expect(conflicts.find(1)).toBeNull();
      expect(conflicts.find(2)).toMatchObject({ state: "open" });
    });
  });
});

describe("what is no pair of people", () => {
  test.each<[ConflictReason, RegExp]>([
    ["address_change", /Allow changes of addresses/],
    ["address_taken", /two people/],
  ])("%s is dismissed, and cannot be merged", async (reason, why) => {
    await inObject(async (parts) => {
      const conflict = { keep: ":user:u_1", fold: reason === "address_taken" ? ":user:u_2" : ":email:zoe@example.com", reason };
      parts.tools.store.transaction(() => parts.tools.conflicts.add({ ...conflict, at: START }, START));
      expect(await operate(parts, "conflicts.list", {})).toMatchObject({ conflicts: [{ mergeable: false }] });
      await expect(operate(parts, "conflicts.decide", { number: 1, decision: "merge" })).rejects.toThrow(why);
      expect(parts.tools.conflicts.find(1)).toMatchObject({ state: "open" });
      expect(await operate(parts, "conflicts.decide", { number: 1, decision: "dismiss" })).toMatchObject({ state: "dismissed" });
    });
  });

  test("a request names one conflict and a decision", async () => {
    await inObject(async (parts) => {
      await expect(operate(parts, "conflicts.decide", { number: 9, decision: "merge" })).rejects.toThrow("absent");
      await expect(operate(parts, "conflicts.decide", { number: 0, decision: "merge" })).rejects.toThrow("malformed");
      await expect(operate(parts, "conflicts.list", { cursor: "x" })).rejects.toThrow("malformed");
    });
  });

  test("every reason is explained by its identifiers", () => {
    const reasons: ConflictReason[] = ["address_left_first", "address_changed", "merged", "address_taken", "address_change"];
    for (const reason of reasons) {
      const text = describeConflict({ keep: ":user:u_1", fold: ":email:zoe@example.com", reason, at: START });
      expect(text).toContain("u_1");
      expect(text).toContain("zoe@example.com");
    }
  });
});
