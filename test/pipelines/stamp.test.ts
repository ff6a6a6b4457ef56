import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { call as callSchema } from "../../src/pipelines/calls.ts";
import { finish, type Origin, type UnstampedCall } from "../../src/pipelines/stamp.ts";
import { VERSION } from "../../src/version.ts";

const origin: Origin = {
  account: "acme",
  source: "shop-de",
  provider: "aws-sns",
  event: { id: "evt_1", type: "order.paid", occurredAt: "2026-03-01T14:00:00+02:00" },
  integrations: {},
};
const timestamp = "2026-03-01T12:00:00.000Z";
const library = { name: "tributary", version: VERSION };
const stamped = { provider: "aws-sns", source: "shop-de", source_event: "order.paid" };

async function finishedOf(calls: readonly UnstampedCall[], from: Origin = origin) {
  const finished = await finish(calls, from);
  if (!finished.ok) throw new Error(finished.issue);
  return finished.calls;
}

async function issueOf(call: UnstampedCall, from: Origin = origin): Promise<string> {
  const finished = await finish([call], from);
  return finished.ok ? "none" : finished.issue;
}

describe("each kind", () => {
  const messageId = expect.stringMatching(/^[0-9A-Z]{26}$/);

  test("identify: does not count as a visit", async () => {
    expect(
      await finishedOf([{ type: "identify", userId: "u1", anonymousId: "a1", traits: { plan: "pro", none: undefined } }]),
    ).toEqual([
      {
        type: "identify",
        messageId,
        timestamp,
        userId: "u1",
        anonymousId: "a1",
        traits: { plan: "pro" },
        context: { active: false, library },
      },
    ]);
  });

  test("track: with its origin, which no property can replace", async () => {
    expect(
      await finishedOf([
        { type: "track", userId: "u1", event: " Order Completed ", properties: { total: 19.99, source: "forged", provider: 1 } },
      ]),
    ).toEqual([
      {
        type: "track",
        messageId,
        timestamp,
        userId: "u1",
        event: "Order Completed",
        properties: { total: 19.99, ...stamped },
        context: { library },
      },
    ]);
  });

  test("page", async () => {
    expect(
      await finishedOf([{ type: "page", anonymousId: "a1", name: "Home", properties: { url: "https://example.com/" } }]),
    ).toEqual([
      {
        type: "page",
        messageId,
        timestamp,
        anonymousId: "a1",
        name: "Home",
        properties: { url: "https://example.com/", ...stamped },
        context: { library },
      },
    ]);
  });

  test("group: its traits are not changed", async () => {
    expect(await finishedOf([{ type: "group", groupId: "g1", traits: { objectTypeId: "1", name: "Acme" } }])).toEqual([
      { type: "group", messageId, timestamp, groupId: "g1", traits: { objectTypeId: "1", name: "Acme" }, context: { library } },
    ]);
  });

  test("integrations, if they are configured", async () => {
    const integrations = { All: false, Mixpanel: true };
    const [call] = await finishedOf([{ type: "identify", userId: "u1", traits: {} }], { ...origin, integrations });
    expect(call?.integrations).toEqual(integrations);
  });
});

describe("ids", () => {
  const tracks: readonly UnstampedCall[] = ["A", "B", "A"].map((event) => ({
    type: "track",
    userId: "u1",
    event,
    properties: {},
  }));

  test("are unique and constant, and do not change when a call is added", async () => {
    const ids = (await finishedOf(tracks)).map((call) => call.messageId);
    expect(new Set(ids).size).toBe(3);
    expect(
      (await finishedOf([{ type: "identify", userId: "u1", traits: {} }, ...tracks])).slice(1).map((call) => call.messageId),
    ).toEqual(ids);
    expect((await finishedOf(tracks, { ...origin, source: "other" })).map((call) => call.messageId)).not.toEqual(ids);
  });

  test("follow a given key, which must be unique", async () => {
    const own: UnstampedCall = { type: "identify", userId: "u1", traits: {}, key: "identify/1/" };
    const plain: UnstampedCall = { type: "identify", userId: "u1", traits: {} };
    const [, second] = await finishedOf([plain, plain]);
    expect((await finishedOf([own]))[0]?.messageId).toBe(second?.messageId);
    expect(await finish([own, own], origin)).toEqual({ ok: false, issue: "key: two calls share one" });
  });
});

describe("actions of Customer.io", () => {
  const forget: UnstampedCall = { type: "track", userId: "u1", event: "User Deleted", properties: {} };

  test("are sent only on purpose", async () => {
    expect(await issueOf(forget)).toBe("event: the name of an action of Customer.io");
    expect(await issueOf({ ...forget, event: " user  deleted" })).toBe("event: the name of an action of Customer.io");
    expect((await finishedOf([{ ...forget, action: true }]))[0]).toMatchObject({ event: "User Deleted", userId: "u1" });
    expect(await issueOf({ ...forget, event: "Order Completed", action: true })).toBe("event: not an action of Customer.io");
  });

  test("a property cannot redirect messages", async () => {
    const [call] = await finishedOf([
      {
        type: "track",
        userId: "u1",
        event: "Shared",
        properties: { recipient: "a@example.com", Reply_To: "b@example.com", note: { recipient: "c" } },
      },
    ]);
    expect(call).toMatchObject({
      properties: { aws_sns_recipient: "a@example.com", aws_sns_Reply_To: "b@example.com", note: { recipient: "c" } },
    });
    expect(call).not.toHaveProperty("properties.recipient");
    expect(call).not.toHaveProperty("properties.Reply_To");
  });
});

describe("refusals name fields, never values", () => {
  const secret = "person@example.com";

  test.each<[string, UnstampedCall]>([
    ["no person", { type: "track", event: secret, properties: {} }],
    ["an empty id", { type: "track", userId: "", event: secret, properties: {} }],
    ["a long id", { type: "track", userId: secret.repeat(20), event: "A", properties: {} }],
    ["a blank event name", { type: "track", userId: secret, event: " ", properties: {} }],
    ["a long event name", { type: "track", userId: secret, event: secret.repeat(20), properties: {} }],
    ["a broken id", { type: "group", groupId: `${secret}\ud800`, traits: {} }],
  ])("%s", async (_, call) => {
    const issue = await issueOf(call);
    expect(issue).toMatch(new RegExp(`^${call.type}: `));
    expect(issue).not.toContain("example");
  });

  test.each(["", "yesterday", "1969-12-31T23:59:59Z", "+012026-01-01T00:00:00.000Z"])("a time like %j", async (occurredAt) => {
    const call: UnstampedCall = { type: "identify", userId: "u1", traits: {} };
    expect(await issueOf(call, { ...origin, event: { ...origin.event, occurredAt } })).toBe("occurredAt: not a time since 1970");
  });
});

test("any input ends in calls that match the schema, or in an issue", async () => {
  const value = fc.anything({ withNullPrototype: true, withDate: true, withBigInt: true });
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.dictionary(fc.string({ unit: "binary" }), value),
      async (id, name, content) => {
        const properties = Object(content);
        const calls: readonly UnstampedCall[] = [
          { type: "identify", userId: id, traits: properties },
          { type: "track", anonymousId: id, event: name, properties },
          { type: "page", userId: id, name, properties },
          { type: "group", groupId: id, traits: properties },
        ];
        for (const call of calls) {
          const finished = await finish([call], { ...origin, event: { ...origin.event, id, type: name } });
          if (!finished.ok) continue;
          for (const done of finished.calls) {
            const sent: unknown = JSON.parse(JSON.stringify(done));
            expect(callSchema.parse(sent)).toEqual(done);
            expect(JSON.stringify(callSchema.parse(sent))).toBe(JSON.stringify(done));
            expect(JSON.stringify(done).isWellFormed()).toBe(true);
          }
        }
      },
    ),
  );
});
