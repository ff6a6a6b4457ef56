import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Identifiers, Region } from "../../src/config/model.ts";
import { type Method, readEvents } from "../../src/sandbox/calls.ts";
import { createPeople } from "../../src/sandbox/people.ts";
import type { PeopleView, PersonView } from "../../src/sandbox/people-view.ts";

const START = Date.parse("2026-11-23T10:00:00Z");
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

interface Call {
  readonly type: Method;
  readonly call?: undefined;
  readonly [field: string]: unknown;
}

interface Sent {
  readonly call: Call;
  /** Milliseconds since the start. */
  readonly at?: number;
  readonly region?: Region;
  readonly key?: string;
}

function result(
  sent: readonly (Sent | Call)[],
  identifiers: Identifiers = "email_and_id",
  region: Region | null = null,
): PeopleView {
  const people = createPeople({ identifiers });
  for (const [index, one] of sent.entries()) {
    const { call, at = index, region: sentTo = "us", key = "key" } = one.call === undefined ? { call: one } : one;
    const [event] = readEvents(call.type, JSON.stringify(call)).events;
    if (!event) throw new Error(`not a call: ${JSON.stringify(call)}`);
    people.apply({
      seq: index + 1,
      region: sentTo,
      path: "/v1/batch",
      key,
      receivedAt: new Date(START + at).toISOString(),
      event,
    });
  }
  return people.view(region);
}

const identify = (userId: string | null, traits: object = {}, more: object = {}) =>
  ({ type: "identify", ...(userId === null ? {} : { userId }), traits, ...more }) as const;
const track = (userId: string, event: string, more: object = {}) => ({ type: "track", userId, event, ...more }) as const;
const anonymous = (anonymousId: string, event: string, more: object = {}) =>
  ({ type: "track", anonymousId, event, ...more }) as const;
const names = (holder: { readonly events: PersonView["events"] } | undefined) => holder?.events.map((event) => event.name);
const ids = (view: PeopleView) => view.people.map(({ id, email }) => [id, email]);
const reasons = (view: PeopleView) => view.failures.map((failure) => failure.reason);

describe("the person of a call", () => {
  test("a userId is an id, an e-mail address or a cio_id, by its shape", () => {
    const view = result([identify("u1"), identify("ada@example.com"), track("cio_03000001", "E"), identify("not an@address")]);
    expect(ids(view)).toEqual([
      ["u1", null],
      [null, "ada@example.com"],
      ["not an@address", null],
    ]);
    expect(names(view.people[0])).toEqual(["E"]);
    expect(view.failures).toEqual([]);
  });

  test("e-mail addresses are case-insensitive, ids are not", () => {
    const view = result([identify("Ada@Example.com"), track("ada@example.com", "E"), identify("U1"), identify("u1")]);
    expect(ids(view)).toEqual([
      [null, "Ada@Example.com"],
      ["U1", null],
      ["u1", null],
    ]);
  });

  test("an id is added to the person who has the e-mail address and no id yet", () => {
    const view = result([identify("ada@example.com", { plan: "pro" }), identify("u1", { email: "ada@example.com" })]);
    expect(view.people).toMatchObject([{ id: "u1", email: "ada@example.com", cio_id: "03000001", attributes: { plan: "pro" } }]);
  });

  test("an id and an e-mail address of two people: the address fails, the rest applies", () => {
    const view = result([identify("u1"), identify("ada@example.com"), identify("u1", { email: "ada@example.com", plan: "pro" })]);
    expect(view.people).toMatchObject([
      { id: "u1", email: null, attributes: { plan: "pro" } },
      { id: null, email: "ada@example.com" },
    ]);
    expect(view.failures).toEqual([
      { region: "us", key: "key", seq: 3, reason: "email ada@example.com belongs to another person" },
    ]);
  });

  test("an e-mail address of a person with another id fails", () => {
    const view = result([identify("u1", { email: "ada@example.com" }), identify("u2", { email: "ada@example.com" })]);
    expect(ids(view)).toEqual([
      ["u1", "ada@example.com"],
      ["u2", null],
    ]);
    expect(view.failures).toHaveLength(1);
  });

  test("only a call by cio_id changes identifiers", () => {
    const first = identify("u1", { email: "old@example.com" });
    const refused = result([first, identify("u1", { email: "new@example.com" })]);
    expect(ids(refused)).toEqual([["u1", "old@example.com"]]);
    expect(refused.people[0]?.attributes.email).toBe("old@example.com");
    expect(reasons(refused)).toEqual(["email is already set: only a call by cio_id can change it"]);

    const changed = result([
      first,
      identify("cio_03000001", { id: "u2", email: "new@example.com" }),
      identify("old@example.com"),
    ]);
    expect(ids(changed)).toEqual([
      ["u2", "new@example.com"],
      [null, "old@example.com"],
    ]);
    expect(reasons(result([identify("cio_00000000")]))).toEqual(["no person has cio_id 00000000"]);
  });

  test("without userId the e-mail address of the traits is used", () => {
    expect(ids(result([identify(null, { email: "ada@example.com" })]))).toEqual([[null, "ada@example.com"]]);
  });

  test("a workspace that knows only ids", () => {
    const view = result(
      [identify("u1", { email: "a@example.com" }), identify("u2", { email: "a@example.com" }), identify("a@example.com")],
      "id",
    );
    expect(ids(view)).toEqual([
      ["u1", "a@example.com"],
      ["u2", "a@example.com"],
    ]);
    expect(reasons(view)).toEqual(["email is not an identifier in this workspace"]);
  });

  test("a workspace that knows only e-mail addresses", () => {
    const view = result([identify("a@example.com", { user_id: "u1" }), track("u1", "E")], "email");
    expect(view.people).toMatchObject([{ id: null, email: "a@example.com", attributes: { user_id: "u1" }, events: [] }]);
    expect(reasons(view)).toEqual(["id is not an identifier in this workspace"]);
  });

  test("each region and API key has its own people", () => {
    const sent: Sent[] = [
      { call: identify("u1") },
      { call: identify("u1"), key: "other" },
      { call: identify("u1"), region: "eu" },
    ];
    expect(result(sent).people.map(({ region, key }) => `${region} ${key}`)).toEqual(["us key", "us other", "eu key"]);
    expect(result(sent, "email_and_id", "eu").people).toHaveLength(1);
  });

  test("an id that is too long is refused", () => {
    const view = result([identify("é".repeat(76))]);
    expect(view.people).toEqual([]);
    expect(reasons(view)).toEqual(["id of more than 150 bytes"]);
  });
});

describe("attributes", () => {
  const attributesOf = (...traits: readonly object[]) => result(traits.map((one) => identify("u1", one))).people[0]?.attributes;

  test("null removes one, and an older value does not bring it back", () => {
    const view = result([
      identify("u1", { plan: "pro", city: "Ulm" }),
      identify("u1", { plan: null }, { timestamp: "2026-11-24T00:00:00Z" }),
      identify("u1", { plan: "old" }, { timestamp: "2026-11-23T23:00:00Z" }),
    ]);
    expect(view.people[0]?.attributes).toEqual({ city: "Ulm" });
  });

  test("are added and updated, never removed by omission", () => {
    expect(attributesOf({ plan: "free", city: "Ulm" }, { plan: "pro" })).toEqual({ plan: "pro", city: "Ulm" });
  });

  test("dates become Unix seconds, in objects too, not in arrays", () => {
    expect(
      attributesOf({
        day: "2026-01-02",
        time: "2026-01-02T03:04:05.678+02:00",
        bare: "2026-01-02T03:04:05",
        digits: "1767225600",
        nested: { day: "2026-01-02" },
        list: ["2026-01-02"],
        wrong: "2026-13-45",
      }),
    ).toEqual({
      day: 1767312000,
      time: 1767315845,
      bare: 1767323045,
      digits: "1767225600",
      nested: { day: 1767312000 },
      list: ["2026-01-02"],
      wrong: "2026-13-45",
    });
  });

  test("createdAt is created_at, which wins", () => {
    expect(attributesOf({ createdAt: "2026-01-02" })).toEqual({ created_at: 1767312000 });
    expect(attributesOf({ createdAt: "2026-01-02", created_at: 1 })).toEqual({ created_at: 1 });
  });

  test("an older value does not overwrite a newer one, even if it arrives later", () => {
    const view = result([
      identify("u1", { plan: "pro" }, { timestamp: "2026-11-20T00:00:00Z" }),
      identify("u1", { plan: "free", city: "Ulm" }, { timestamp: "2026-11-19T00:00:00Z" }),
    ]);
    expect(view.people[0]?.attributes).toEqual({ plan: "pro", city: "Ulm" });
  });

  test("one subscription preference is changed by its dotted name", () => {
    const name = "cio_subscription_preferences";
    expect(
      attributesOf(
        { [name]: { channels: { email: true, sms: true } } },
        { [`${name}.channels.email`]: false, [`${name}.topics.topic_1`]: true },
      ),
    ).toEqual({ [name]: { channels: { email: false, sms: true }, topics: { topic_1: true } } });
  });

  test.each([
    [true, true],
    ["TRUE", true],
    [1, true],
    ["1", true],
    [false, false],
    ["yes", false],
  ])("unsubscribed %j means %j", (given, meant) => {
    expect(attributesOf({ unsubscribed: given })).toEqual({ unsubscribed: meant });
  });

  test("an attribute that exceeds a limit fails, the others apply", () => {
    const many = Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`a${index}`, index]));
    const view = result([
      identify("u1", { long: "x".repeat(1001), ["n".repeat(151)]: 1, fits: "x".repeat(1000) }),
      identify("u2", many),
    ]);
    expect(Object.keys(view.people[0]?.attributes ?? {})).toEqual(["fits"]);
    expect(Object.keys(view.people[1]?.attributes ?? {})).toHaveLength(300);
    expect(view.failures.map((failure) => failure.seq)).toEqual([1, 1, 2]);
  });

  test("names such as __proto__ are ordinary names", () => {
    const [event] = readEvents("identify", '{"userId":"u1","traits":{"__proto__":{"polluted":1},"constructor":"x"}}').events;
    const people = createPeople();
    if (event)
      people.apply({ seq: 1, region: "us", path: "/v1/identify", key: "k", receivedAt: new Date(START).toISOString(), event });
    expect(JSON.stringify(people.view(null).people[0]?.attributes)).toBe('{"__proto__":{"polluted":1},"constructor":"x"}');
    expect(Object.keys({})).toEqual([]);
    expect("polluted" in {}).toBe(false);
  });
});

describe("activity", () => {
  test("creates its person, is sorted by time, and a repeated messageId counts once", () => {
    const view = result([
      track("u1", "Second", { messageId: "m2", timestamp: "2026-11-02T00:00:00Z" }),
      track("u1", " First ", { messageId: "m1", timestamp: "2026-11-01T00:00:00Z" }),
      track("u1", "First", { messageId: "m1" }),
    ]);
    expect(view.people[0]?.events).toEqual([
      { type: "event", name: "First", timestamp: "2026-11-01T00:00:00.000Z", messageId: "m1" },
      { type: "event", name: "Second", timestamp: "2026-11-02T00:00:00.000Z", messageId: "m2" },
    ]);
  });

  test("a page is named by its URL, a screen by its name", () => {
    const view = result([
      { type: "page", userId: "u1", name: "Home", properties: { url: "https://example.com/" } },
      { type: "screen", userId: "u1", name: "Start" },
      { type: "page", userId: "u1", name: "Home" },
      { type: "screen", userId: "u1" },
      track("u1", "e".repeat(101)),
    ]);
    expect(view.people[0]?.events).toMatchObject([
      { type: "page", name: "https://example.com/" },
      { type: "screen", name: "Start" },
    ]);
    expect(reasons(view)).toEqual(["page without properties.url", "screen without name", "event name of more than 100 bytes"]);
  });

  test("of a group alone belongs to no person", () => {
    expect(result([{ type: "track", groupId: "g1", event: "E" }])).toMatchObject({ people: [], anonymous: [], failures: [] });
  });
});

describe("anonymous activity", () => {
  const both = identify("u1", {}, { anonymousId: "a1" });

  test("is listed apart, with its traits", () => {
    const view = result([identify(null, { plan: "pro" }, { anonymousId: "a1" }), anonymous("a1", "E")]);
    expect(view.people).toEqual([]);
    expect(view.anonymous).toMatchObject([{ anonymousId: "a1", attributes: { plan: "pro" }, events: [{ name: "E" }] }]);
  });

  test("is merged by an identify that carries both ids; traits are not", () => {
    const view = result([
      identify(null, { plan: "pro" }, { anonymousId: "a1" }),
      anonymous("a1", "E"),
      anonymous("a2", "F"),
      both,
    ]);
    expect(view.people).toMatchObject([{ id: "u1", anonymousIds: ["a1"], attributes: {}, events: [{ name: "E" }] }]);
    expect(view.anonymous).toMatchObject([
      { anonymousId: "a1", attributes: { plan: "pro" }, events: [] },
      { anonymousId: "a2", events: [{ name: "F" }] },
    ]);
  });

  test("is not merged by a track that carries both ids", () => {
    const view = result([anonymous("a1", "E"), track("u1", "F", { anonymousId: "a1" })]);
    expect(names(view.people[0])).toEqual(["F"]);
    expect(names(view.anonymous[0])).toEqual(["E"]);
  });

  test("is merged for 30 days", () => {
    const view = result([
      { call: anonymous("a1", "Old"), at: 0 },
      { call: anonymous("a1", "Young"), at: 1 },
      { call: both, at: 30 * DAY + 1 },
    ]);
    expect(names(view.people[0])).toEqual(["Young"]);
    expect(names(view.anonymous[0])).toEqual(["Old"]);
  });

  test("follows the identify for five minutes", () => {
    const view = result([
      { call: both, at: 0 },
      { call: anonymous("a1", "In time"), at: 5 * MINUTE },
      { call: anonymous("a1", "Late"), at: 5 * MINUTE + 1 },
    ]);
    expect(names(view.people[0])).toEqual(["In time"]);
    expect(names(view.anonymous[0])).toEqual(["Late"]);
  });
});

describe("actions", () => {
  const ada = identify("u1", { email: "ada@example.com" }, { anonymousId: "a1" });

  test("User Deleted removes the person; the same address then creates a new one", () => {
    const gone = result([ada, track("u1", "E"), track("ada@example.com", "User Deleted")]);
    expect(gone.people).toEqual([
      {
        region: "us",
        key: "key",
        id: "u1",
        email: "ada@example.com",
        cio_id: "03000001",
        anonymousIds: [],
        attributes: {},
        events: [],
        devices: [],
        deleted: true,
      },
    ]);
    const back = result([ada, track("u1", "User Deleted"), anonymous("a1", "E"), identify("u1")]);
    expect(back.people).toMatchObject([{ id: "u1", email: null, cio_id: "03000002" }]);
    expect(back.people[0]).not.toHaveProperty("deleted");
    expect(result([track("nobody", "User Deleted")]).people).toEqual([]);
  });

  test("User Suppressed blocks both identifiers until User Unsuppressed", () => {
    const suppressed = [ada, track("u1", "User Suppressed"), identify("u1"), track("ada@example.com", "E")];
    const view = result(suppressed);
    expect(view.people).toMatchObject([{ id: "u1", deleted: true, suppressed: true, events: [] }]);
    expect(view.failures).toEqual([]);
    expect(reasons(result([...suppressed, identify("u2", { email: "ada@example.com" })]))).toEqual([
      "email ada@example.com is suppressed",
    ]);
    const lifted = result([...suppressed, track("u1", "User Unsuppressed"), track("ada@example.com", "F")]);
    expect(lifted.people).toMatchObject([{ id: null, email: "ada@example.com", events: [{ name: "F" }] }]);
    expect(result([track("u9", "User Suppressed"), identify("u9")]).people).toMatchObject([{ id: "u9", suppressed: true }]);
  });

  test("devices are added and removed", () => {
    const device = (token: string) => ({ context: { device: { token, type: "ios" } } });
    const view = result([
      track("u1", "Device Created or Updated", { ...device("t1"), properties: { os: "26" } }),
      track("u1", "Application Opened", device("t2")),
      track("u1", "Device Created or Updated"),
      track("u1", "Application Uninstalled", device("t2")),
    ]);
    expect(view.people[0]).toMatchObject({
      devices: [{ token: "t1", platform: "ios", attributes: { os: "26" } }],
      events: [{ name: "Application Opened" }, { name: "Application Uninstalled" }],
    });
    expect(reasons(view)).toEqual(["device without context.device.token"]);
    expect(
      result([track("u1", "Device Created or Updated", device("t1")), track("u1", "Device Deleted", device("t1"))]).people[0]
        ?.devices,
    ).toEqual([]);
  });

  test("reports about messages are not events", () => {
    expect(result([track("u1", "Report Delivery Event", { properties: { metric: "opened" } })])).toMatchObject({
      people: [],
      failures: [],
    });
  });

  test("an action without a userId fails with a reason", () => {
    expect(reasons(result([anonymous("a1", "User Deleted")]))).toEqual(["User Deleted without userId"]);
  });
});

describe("objects", () => {
  const acme = {
    type: "group",
    groupId: "g1",
    userId: "u1",
    traits: { name: "Acme", objectTypeId: "2", createdAt: "2026-01-02", relationshipAttributes: { role: "owner" } },
  } as const;
  const first = (view: PeopleView) => view.objects[0];

  test("have attributes, and relationships with attributes", () => {
    expect(first(result([acme]))).toEqual({
      region: "us",
      key: "key",
      objectTypeId: "2",
      objectId: "g1",
      attributes: { name: "Acme", created_at: 1767312000 },
      relationships: [{ person: { id: "u1", email: null, cio_id: "03000001" }, attributes: { role: "owner" } }],
    });
  });

  test("have type 1 by default, and need no person", () => {
    expect(first(result([{ type: "group", groupId: "g1" }]))).toMatchObject({ objectTypeId: "1", relationships: [] });
    expect(first(result([{ type: "group", groupId: "g1", anonymousId: "a1" }]))?.relationships).toEqual([
      { person: { anonymousId: "a1" }, attributes: {} },
    ]);
  });

  test("are related to people by identify calls too", () => {
    const view = result([
      identify("u1", { objectId: "g1", object_type_id: 2, relationshipAttributes: { role: "owner" }, plan: "pro" }),
    ]);
    expect(first(view)).toMatchObject({ objectTypeId: "2", objectId: "g1", relationships: [{ attributes: { role: "owner" } }] });
    expect(view.people[0]?.attributes).toEqual({ plan: "pro" });
  });

  test("and relationships are deleted", () => {
    const properties = { objectId: "g1", objectTypeId: 2 };
    expect(first(result([acme, track("u1", "Relationship Deleted", { properties })]))?.relationships).toEqual([]);
    expect(first(result([acme, track("u1", "User Deleted")]))?.relationships).toEqual([]);
    expect(result([acme, anonymous("x", "Object Deleted", { properties })]).objects).toEqual([]);
  });
});

describe("alias", () => {
  test("merges the previous person into the one that stays", () => {
    const view = result([
      identify("u1", { plan: "pro" }),
      identify("b@example.com", { plan: "free", city: "Ulm" }, { anonymousId: "a1" }),
      track("b@example.com", "E"),
      { type: "group", groupId: "g1", userId: "b@example.com" },
      { type: "alias", userId: "u1", previousId: "b@example.com" },
      track("b@example.com", "F"),
      anonymous("a1", "G"),
    ]);
    expect(view.people).toHaveLength(1);
    expect(view.people[0]).toMatchObject({
      id: "u1",
      email: "b@example.com",
      attributes: { plan: "pro", city: "Ulm" },
      anonymousIds: ["a1"],
    });
    expect(names(view.people[0])).toEqual(["E", "F", "G"]);
    expect(view.objects[0]?.relationships).toMatchObject([{ person: { id: "u1" } }]);
  });

  test("accepts an anonymous id, and does nothing for a person who does not exist", () => {
    const alias = { type: "alias", userId: "u1", previousId: "a1" } as const;
    expect(names(result([identify("u1"), anonymous("a1", "E"), alias]).people[0])).toEqual(["E"]);
    const view = result([anonymous("a1", "E"), alias]);
    expect(view.people).toEqual([]);
    expect(reasons(view)).toEqual(["alias to a person who does not exist"]);
  });
});

test("for any calls, an identifier belongs to at most one person, and no activity is lost or duplicated", () => {
  const who = fc.constantFrom("u1", "u2", "a@example.com", "A@example.com", "b@example.com", "cio_03000001");
  const email = fc.constantFrom("a@example.com", "b@example.com");
  const anonymousId = fc.constantFrom("a1", "a2");
  const call = fc.oneof(
    fc.record({
      type: fc.constant("identify" as const),
      userId: who,
      anonymousId,
      traits: fc.record({ email }, { requiredKeys: [] }),
    }),
    fc.record({ type: fc.constant("track" as const), userId: who, event: fc.constant("E") }),
    fc.record({ type: fc.constant("track" as const), anonymousId, event: fc.constant("E") }),
    fc.record({ type: fc.constant("alias" as const), userId: who, previousId: fc.oneof(who, anonymousId) }),
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
      const view = result(calls);
      const identifiers = view.people.flatMap((person) => [person.id, person.email?.toLowerCase()].filter(Boolean));
      expect(new Set(identifiers).size).toBe(identifiers.length);
      const refused = view.failures.filter((failure) => calls[failure.seq - 1]?.type === "track").length;
      const kept = [...view.people, ...view.anonymous].flatMap((holder) => holder.events).length;
      expect(kept + refused).toBe(calls.filter((one) => one.type === "track").length);
    }),
  );
});

test("for any call, the people can be shown", () => {
  const field = fc.constantFrom(
    "email",
    "id",
    "objectId",
    "objectTypeId",
    "relationshipAttributes",
    "createdAt",
    "unsubscribed",
    "toString",
  );
  const value = fc.oneof(fc.jsonValue(), fc.constant({ toString: 1, valueOf: 1 }), fc.constant("2026-01-02"));
  const said = fc.array(fc.tuple(fc.oneof(field, fc.string()), value)).map((entries) => Object.fromEntries(entries));
  const call = fc.record({
    type: fc.constantFrom("identify", "track", "page", "screen", "group", "alias"),
    userId: fc.string({ minLength: 1 }),
    previousId: fc.string({ minLength: 1 }),
    groupId: fc.string({ minLength: 1 }),
    event: fc.constantFrom("E", " ", "User Deleted", "Object Deleted", "Relationship Deleted", "Device Created or Updated"),
    timestamp: fc.double(),
    context: said,
    traits: said,
    properties: said,
  });
  fc.assert(
    fc.property(fc.array(call), (calls) => {
      const view = result(calls.map((one) => ({ ...one, timestamp: Number.isFinite(one.timestamp) ? one.timestamp : 0 })));
      expect(JSON.parse(JSON.stringify(view))).toMatchObject({ people: expect.any(Array) });
    }),
  );
});
