/**
 * The way of an event with its waits: those that are over stand in it too, and no row is written for them.
 */
import { expect, test } from "vitest";
import { operate } from "./operations.ts";
import { inObject, type Parts, START, webhookOf } from "./support.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const SECRET = { verified: [1, 1] } as const;

/** The steps of an event, those of a wait with their time and text. */
async function wayOf(parts: Parts, id: string) {
  const { timeline } = await operate(parts, "events.show", { source: "bulk", id });
  return timeline.map(({ step, at, text }) => (step.startsWith("wait") ? [step, at, text] : step));
}

test("an event that is sent at once waited for nothing", async () => {
  await inObject(async (parts) => {
    await parts.accept({ ...webhookOf([{ id: "a", type: "joined", who: "ada" }]), ...SECRET });
    await parts.drain();
    expect(await wayOf(parts, "a")).toEqual(["received", "verified", "kept", "mapped", "packed", "sent", "answered"]);
  });
});

test("a wait for a person who became known, and one that was in vain", async () => {
  await inObject(async (parts, reopen) => {
    parts.hold = MINUTE;
    await parts.accept(
      webhookOf([
        { id: "a", type: "happened", who: "ada" },
        { id: "z", type: "happened", who: "zoe" },
      ]),
    );
    await parts.run();
    expect(await wayOf(parts, "a")).toEqual([
      ...["received", "kept"],
      ["waiting", START + MINUTE, "until its person is known, at most until then"],
      "mapped",
    ]);
    parts.now += 20_000;
    await parts.accept(webhookOf([{ id: "b", type: "joined", who: "ada" }], { now: parts.now }));
    const before = parts.rows();
    await parts.run();
    const released = parts.rows() - before;
    parts.now = START + 2 * MINUTE;
    await parts.drain();
    const later = reopen();
    later.hold = MINUTE;
    expect(await wayOf(later, "a")).toEqual([
      ...["received", "kept"],
      ["waited", START + 20_000, "20 s, until its person was known"],
      ...["mapped", "packed", "sent", "answered"],
    ]);
    expect(await wayOf(later, "z")).toContainEqual([
      ...["waited", START + 2 * MINUTE, "2 min, as long as it may: its person was still unknown"],
    ]);
    expect(released).toBeLessThan(20);
  });
});

test("a wait for an order that never came ends with a dead letter", async () => {
  await inObject(async (parts) => {
    await parts.accept(webhookOf([{ id: "r", type: "returned", who: "order" }]));
    await parts.run();
    parts.now = START + 80 * HOUR;
    await parts.run();
    expect(await wayOf(parts, "r")).toEqual([
      ...["received", "kept"],
      ["waited", START + 80 * HOUR, "80 h, as long as it may: the thing that it names led to nobody"],
      ...["mapped", "ended"],
    ]);
  });
});

test("an event that was kept while Customer.io was down says so, also if it was packed later", async () => {
  await inObject(async (parts) => {
    parts.answer = () => 503;
    await parts.accept(webhookOf([{ id: "a", type: "joined", who: "ada" }]));
    await parts.run();
    parts.now += MINUTE;
    await parts.accept(webhookOf([{ id: "b", type: "joined", who: "bob" }], { now: parts.now }));
    await parts.run();
    expect(await wayOf(parts, "b")).toContainEqual([
      ...["waiting", null, `for Customer.io: it took no requests; so since ${new Date(START).toISOString()}`],
    ]);
    parts.now += 9 * MINUTE;
    parts.answer = () => 200;
    await parts.drain();
    // Its requests tell of its wait.
    expect((await wayOf(parts, "a")).filter((line) => typeof line !== "string")).toEqual([]);
    const way = await wayOf(parts, "b");
    expect(way).toContainEqual(["waited", START + 10 * MINUTE, "9 min for Customer.io: it took no requests"]);
    expect(way.filter((line) => line === "sent")).toHaveLength(1);
    // What comes afterwards waits for nothing.
    parts.now += MINUTE;
    await parts.accept(webhookOf([{ id: "c", type: "joined", who: "cy" }], { now: parts.now }));
    await parts.drain();
    expect(await wayOf(parts, "c")).toEqual(["received", "kept", "mapped", "packed", "sent", "answered"]);
  });
});
