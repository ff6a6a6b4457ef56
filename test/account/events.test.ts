/**
 * The event log: what happened to an event, over real storage.
 */
import { describe, expect, test } from "vitest";
import type { OperationInput } from "../../src/account/operations.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { operate } from "./operations.ts";
import { bulk, type Item, inObject, type Parts, START, webhookOf } from "./support.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const joined = (id: string, who: string): Item => ({ id, type: "joined", who });
const happened = (id: string, who: string): Item => ({ id, type: "happened", who });

/** All pages of a list. */
async function all(parts: Parts, query: OperationInput<"events.list"> = {}) {
  const events: Awaited<ReturnType<typeof operate<"events.list">>>["events"] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Awaited<ReturnType<typeof operate<"events.list">>> = await operate(parts, "events.list", {
      ...query,
      ...(cursor === undefined ? {} : { cursor }),
    });
    events.push(...page.events);
    cursor = page.next;
  }
  return events;
}

const told = async (parts: Parts, query: OperationInput<"events.list"> = {}) =>
  (await all(parts, query)).map(({ id, state, reason }) => [id, state, ...(reason === null ? [] : [reason])]);

describe("states", () => {
  test("of everything that can become of an event", async () => {
    await inObject(async (parts) => {
      parts.hold = MINUTE;
      await parts.accept(
        webhookOf([joined("a", "ada"), { id: "b", type: "broken" }, { id: "c", type: "empty" }], { ignored: { "test mode": 1 } }),
      );
      await parts.accept(webhookOf([happened("d", "nobody"), { id: "e", type: "returned", who: "order" }, joined("a", "ada")]));
      await parts.run();
      await parts.accept(webhookOf([happened("f", "ada")]));
      expect(await told(parts)).toEqual([
        ["f", "pending"],
        ["a", "duplicate"],
        ["e", "waiting_for_order"],
        ["d", "waiting_for_identity"],
        ["c", "ignored", "nothing in it"],
        ["b", "dead", "schema"],
        ["a", "delivered"],
      ]);
      await parts.drain();
      parts.now = START + 80 * HOUR;
      await parts.drain();
      expect(await told(parts, { state: "delivered" })).toEqual([
        ["f", "delivered"],
        ["d", "delivered"],
        ["a", "delivered"],
      ]);
      expect(await told(parts, { state: "dead" })).toEqual([
        ["e", "dead", "orphan"],
        ["b", "dead", "schema"],
      ]);
      await operate(parts, "dead.discard", { reason: "orphan" });
      await operate(parts, "dead.replay", { reason: "schema" });
      expect(await told(parts, { state: "discarded" })).toEqual([["e", "discarded", "by an operator"]]);
      expect(await told(parts, { id: "b" })).toEqual([
        ["b", "pending"],
        ["b", "replayed"],
      ]);
      await parts.drain();
      expect(await told(parts, { id: "b" })).toEqual([
        ["b", "dead", "schema"],
        ["b", "replayed"],
      ]);
    });
  });

  test("outlive a restart, wherever the account is in its work", async () => {
    await inObject(async (parts, reopen) => {
      await parts.accept(webhookOf([{ id: "c", type: "empty" }]));
      await parts.drain();
      expect(await told(reopen())).toEqual([["c", "ignored", "nothing in it"]]);
      await parts.accept(webhookOf([joined("a", "ada")]));
      parts.answer = () => 503;
      await parts.run();
      const later = reopen();
      expect(await told(later)).toEqual([
        ["a", "pending"],
        ["c", "ignored", "nothing in it"],
      ]);
      await later.drain();
      expect(await told(later)).toEqual([
        ["a", "delivered"],
        ["c", "ignored", "nothing in it"],
      ]);
    });
  });

  test("of more ignored events than the state has room for", async () => {
    await inObject(async (parts, reopen) => {
      for (let round = 0; round < 5; round += 1) {
        await parts.accept(webhookOf(Array.from({ length: 90 }, (_, index) => ({ id: `${round}/${index}`, type: "empty" }))));
        await parts.drain();
      }
      const later = reopen();
      expect((await all(later, { state: "ignored" })).length).toBe(450);
      expect(later.tools.state.current().outbox.trail.ended.length).toBeLessThanOrEqual(200);
      expect(later.balances().bulk).toMatchObject({ received: 450, ignored: 450 });
      await later.accept(webhookOf([joined("a", "ada")]));
      await later.drain();
      expect((await all(later)).map(({ state }) => state)).toEqual(["delivered", ...Array(450).fill("ignored")]);
    });
  });
});

describe("events that were not kept", () => {
  test("leave a line each, and no billed row of their own", async () => {
    await inObject(async (parts) => {
      const skipped = (id: string) => ({
        ...webhookOf([], { ignored: { "test mode": 1 } }),
        skipped: [{ id, type: "happened", reason: "test mode" }],
      });
      await parts.accept(webhookOf([happened("a", "ada")]));
      await parts.drain();
      const before = parts.rows();
      await parts.accept(...Array.from({ length: 20 }, (_, index) => skipped(`i${index}`)), webhookOf([happened("a", "ada")]));
      expect(parts.rows() - before).toBe(1);
      await parts.drain();
      expect(await all(parts, { state: "ignored" })).toHaveLength(20);
      expect(await told(parts, { id: "i7" })).toEqual([["i7", "ignored", "test mode"]]);
      expect(await told(parts, { state: "duplicate" })).toEqual([["a", "duplicate"]]);
      expect(parts.balances().bulk).toMatchObject({ ignored: 20, duplicate: 1 });
      await expect(operate(parts, "events.show", { source: "bulk", id: "i7" })).resolves.toMatchObject({
        event: { state: "ignored" },
        webhook: null,
        timeline: [{ step: "received" }, { step: "ended", text: "ignored: test mode" }],
      });
    });
  });
});

describe("a search", () => {
  test("pages through everything once, whatever the size of a page", async () => {
    await inObject(async (parts) => {
      for (let index = 0; index < 30; index += 1) {
        parts.now += 7 * HOUR;
        const source = index % 3 === 0 ? "second" : "bulk";
        const items = Array.from({ length: index % 5 }, (_, place) => joined(`${index}.${place}`, `p${place}`));
        if (items.length > 0) await parts.accept(webhookOf(items, { source, now: parts.now }));
        if (index % 2 === 0) await parts.drain();
      }
      const everything = (await all(parts)).map(({ id }) => id);
      expect(new Set(everything).size).toBe(60);
      expect(everything).toHaveLength(60);
      for (const limit of ["1", "7", "100"]) {
        expect((await all(parts, { limit })).map(({ id }) => id)).toEqual(everything);
        for (const source of ["bulk", "second"])
          expect((await all(parts, { limit, source })).map(({ id }) => id)).toEqual(
            everything.filter((id) => (Number.parseInt(id, 10) % 3 === 0) === (source === "second")),
          );
      }
      const at = (hours: number) => String(START + hours * HOUR);
      const between = await all(parts, { from: at(70), to: at(140) });
      expect(
        between.map(({ receivedAt }) => receivedAt).every((time) => time >= START + 70 * HOUR && time < START + 140 * HOUR),
      ).toBe(true);
      expect(between).toHaveLength(
        (await all(parts)).filter(({ receivedAt }) => receivedAt >= START + 70 * HOUR && receivedAt < START + 140 * HOUR).length,
      );
    });
  });

  test("finds by text in the body: of a webhook with several events those that hold it", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([joined("a", "ada"), joined("b", "grace"), joined("c", "adam")]));
      await parts.accept(webhookOf([joined("d", "zoe")]));
      await parts.accept({
        ...webhookOf([joined("e", "eve")]),
        body: utf8Bytes(`[{"id":"e","type":"joined","who":"${"x".repeat(2_000_000)}needle"}]`),
      });
      expect((await all(parts, { text: '"grace"' })).map(({ id }) => id)).toEqual(["b"]);
      expect((await all(parts, { text: "ada" })).map(({ id }) => id)).toEqual(["c", "a"]);
      expect((await all(parts, { text: "needle" })).map(({ id }) => id)).toEqual(["e"]);
      expect(await all(parts, { text: "100% of _them_" })).toEqual([]);
    });
  });

  test("finds by person, under every name that the person has", async () => {
    await inObject(async (parts) => {
      const found = sourceOf(bulk);
      parts.account = accountOf([{ ...found, options: { ...found.options, userIdFrom: ["user"] } }]);
      await parts.accept(webhookOf([happened("a", "ada"), happened("z", "zoe")]));
      await parts.drain();
      parts.now += MINUTE;
      await parts.accept(webhookOf([{ ...joined("b", "ada"), user: "u_1" }], { now: parts.now }));
      await parts.drain();
      await parts.accept(webhookOf([happened("c", "ada")], { now: parts.now }));
      await parts.drain();
      for (const person of ["u_1", "ada@example.com", "bulk:customer:ada"]) {
        const events = await all(parts, { person });
        expect(
          events.map(({ id }) => id),
          person,
        ).toEqual(["c", "b", "a"]);
        expect((await all(parts, { person, limit: "1" })).map(({ id }) => id)).toEqual(["c", "b", "a"]);
      }
      expect((await all(parts, { person: "nobody@example.com" })).map(({ id }) => id)).toEqual([]);
      await expect(operate(parts, "events.list", { person: "u_1", cursor: "5.1" })).rejects.toThrow("malformed");
    });
  });
});

describe("one event", () => {
  test("is shown whole: its webhook, who it is about and why, what was sent with whom, and the answers", async () => {
    await inObject(async (parts) => {
      await parts.accept({ ...webhookOf([{ ...joined("a", "ada"), user: "u_1" }, happened("b", "zoe")]), verified: [2, 2] });
      parts.answer = () => 503;
      await parts.run();
      parts.answer = () => 200;
      await parts.drain();
      const shown = await operate(parts, "events.show", { source: "bulk", id: "a" });
      expect(shown).toMatchObject({
        event: { state: "delivered", people: [{ name: "ada@example.com", step: "address_of_id", trust: "verified" }], calls: 2 },
        webhook: { number: 1, verified: { secret: 2, of: 2 }, keptAt: START, events: [{ id: "a" }, { id: "b" }] },
        mapped: { kind: "drafts", drafts: [{ kind: "identify" }, { kind: "track" }] },
        batch: { number: 1, events: 2, calls: 3, neighbours: [{ source: "bulk", id: "b" }] },
      });
      expect(atob(shown.webhook?.body ?? "")).toContain('"id":"a"');
      expect(shown.calls.map(({ text }) => JSON.parse(text).type)).toEqual(["identify", "track"]);
      expect(shown.calls.every(({ text, bytes }) => utf8Bytes(text).byteLength === bytes)).toBe(true);
      expect(shown.batch?.attempts.map(({ status }) => status)).toEqual([503, 200]);
      expect(shown.timeline.map(({ step }) => step)).toEqual([
        ...["received", "verified", "kept", "mapped", "packed"],
        ...["sent", "answered", "sent", "answered"],
      ]);
      const times = shown.timeline.flatMap(({ at }) => (at === null ? [] : [at]));
      expect(times).toEqual(times.toSorted());
      // The next batch takes the requests along.
      await parts.accept(webhookOf([happened("c", "zoe")]));
      await parts.drain();
      expect(parts.tools.state.current().outbox.trail.answered.map(({ batch }) => batch)).toEqual([2]);
      expect((await operate(parts, "events.show", { source: "bulk", id: "a" })).batch?.attempts).toEqual(shown.batch?.attempts);
    });
  });

  test("that Customer.io refused is shown with the calls that it was sent as, and the answers", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([joined("a", "ada"), happened("b", "ada")]));
      parts.answer = (body) => (body.includes('"item":"b"') ? 400 : 200);
      await parts.drain();
      const shown = await operate(parts, "events.show", { source: "bulk", id: "b" });
      expect(shown.event.state).toBe("dead");
      expect(shown.calls.map(({ text }) => JSON.parse(text).properties?.item)).toEqual(["b"]);
      expect(shown.batch?.attempts.map(({ status }) => status)).toContain(400);
      expect(await operate(parts, "events.show", { source: "bulk", id: "a" })).toMatchObject({ event: { state: "delivered" } });
    });
  });

  test("is found, however often its vendor sent it again right behind", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([joined("a", "ada")]));
      for (let times = 0; times < 12; times += 1) await parts.accept(webhookOf([joined("a", "ada")]));
      await parts.drain();
      const { event, history } = await operate(parts, "events.show", { source: "bulk", id: "a" });
      expect(event).toMatchObject({ webhook: 1, state: "delivered" });
      expect(history.filter(({ state }) => state === "duplicate")).toHaveLength(10);
      const events = [{ source: "bulk", id: "a" }];
      expect(await operate(parts, "events.replay", { events, may_trigger: true })).toMatchObject({ replayed: 1, refused: [] });
    });
  });

  test("that is not there is absent", async () => {
    await inObject(async (parts) => {
      await expect(operate(parts, "events.show", { source: "bulk", id: "x" })).rejects.toThrow("absent");
      await expect(operate(parts, "events.show", { source: "nobody", id: "x" })).rejects.toThrow("absent");
    });
  });

  test("is found while its dead letter is kept, though the log has forgotten it", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([{ id: "x", type: "broken" }]));
      await parts.drain();
      parts.now = START + 20 * 24 * HOUR;
      parts.retire();
      expect(await operate(parts, "events.show", { source: "bulk", id: "x" })).toMatchObject({
        event: { state: "dead", reason: "schema" },
        webhook: { number: 1 },
        mapped: { kind: "failed" },
      });
    });
  });
});

describe("a replay", () => {
  test("sends a delivered event once more, with the same messageId, and says first what that may trigger", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([joined("a", "ada"), happened("b", "ada")]));
      await parts.drain();
      const before = parts.balances();
      const first = parts.taken.find(({ properties }) => properties?.item === "b")?.messageId;
      const events = [{ source: "bulk", id: "b" }];
      await expect(operate(parts, "events.replay", { events })).rejects.toThrow(
        /conflict: 1 of 1 event happened within the last 72 hours/,
      );
      expect(await operate(parts, "events.replay", { events, dry_run: true })).toEqual({
        ...{ replayed: 0, replayable: 1, may_trigger: 1, refused: [] },
      });
      expect(await operate(parts, "events.replay", { events, may_trigger: true })).toMatchObject({ replayed: 1, may_trigger: 1 });
      expect(parts.balances().bulk).toMatchObject({ received: 2, delivered: 1, pending: 1 });
      expect((await operate(parts, "events.replay", { events, may_trigger: true })).refused).toEqual([
        { source: "bulk", id: "b", reason: "not_finished" },
      ]);
      await parts.drain();
      expect(parts.taken.filter(({ messageId }) => messageId === first)).toHaveLength(2);
      expect(parts.balances()).toEqual(before);
      const { history } = await operate(parts, "events.show", { source: "bulk", id: "b" });
      expect(history.map(({ state, replayedAt }) => [state, replayedAt !== null])).toEqual([
        ["delivered", true],
        ["delivered", false],
      ]);
      parts.now += 73 * HOUR;
      expect(await operate(parts, "events.replay", { events })).toMatchObject({ replayed: 1, may_trigger: 0 });
      await parts.drain();
      expect(parts.taken.filter(({ messageId }) => messageId === first)).toHaveLength(3);
      expect((await operate(parts, "events.show", { source: "bulk", id: "b" })).history).toHaveLength(3);
    });
  });

  test("takes whatever became of an event, as long as it was kept", async () => {
    await inObject(async (parts) => {
      parts.hold = MINUTE;
      await parts.accept(webhookOf([{ id: "dead", type: "broken" }, { id: "ignored", type: "empty" }, happened("waits", "zoe")]));
      await parts.accept({ ...webhookOf([], { ignored: { off: 1 } }), skipped: [{ id: "line", type: "x", reason: "off" }] });
      await parts.run();
      const events = ["dead", "ignored", "waits", "line", "never"].map((id) => ({ source: "bulk", id }));
      const answer = await operate(parts, "events.replay", { events, may_trigger: true });
      expect(answer).toEqual({
        replayed: 2,
        replayable: 2,
        may_trigger: 2,
        refused: [
          { source: "bulk", id: "waits", reason: "not_finished" },
          { source: "bulk", id: "line", reason: "not_kept" },
          { source: "bulk", id: "never", reason: "absent" },
        ],
      });
      await parts.drain();
      expect(parts.balances().bulk).toMatchObject({
        ...{ received: 4, delivered: 1, ignored: 2, dead: 1, pending: 0 },
        reasons: { "nothing in it": 1, off: 1 },
      });
    });
  });
});
