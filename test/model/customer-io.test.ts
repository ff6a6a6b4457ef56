/**
 * The model of Customer.io keeps the sentences of the documentation.
 * @see https://docs.customer.io/integrations/api/track/tag/track-customers/identify/
 * @see https://docs.customer.io/journeys/identifying-people/
 * @see https://docs.customer.io/journeys/merge-anonymous/
 * @see https://docs.customer.io/integrations/api/cdp/customerio/
 */
import { describe, expect, test } from "vitest";
import { type PipelinesCall, type ReceivedCall, type WorkspaceSettings, workspaceAfter } from "./customer-io.ts";

const START = Date.UTC(2026, 10, 23, 12);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The workspace after these calls, a millisecond apart. */
function workspaceOf(calls: readonly (PipelinesCall | ReceivedCall)[], settings: Partial<WorkspaceSettings> = {}) {
  return workspaceAfter(
    calls.map((one, index) => (one.call === undefined ? { call: one, at: START + index } : one)),
    settings,
  );
}

const identify = (who: object, traits: object = {}, more: object = {}) => ({
  type: "identify" as const,
  ...who,
  traits,
  ...more,
});
const track = (who: object, event: string, more: object = {}) => ({ type: "track" as const, ...who, event, ...more });
const at = (milliseconds: number, call: PipelinesCall): ReceivedCall => ({ call, at: START + milliseconds });

const byId = { userId: "u_1" };
const byEmail = { userId: "ada@example.com" };
const both = identify(byId, { email: "ada@example.com" });
const people = (view: ReturnType<typeof workspaceOf>) => view.people.map(({ id, email }) => [id, email]);
const events = (holder: { readonly events: readonly { readonly name: string }[] } | undefined) =>
  holder?.events.map(({ name }) => name);
const reasons = (view: ReturnType<typeof workspaceOf>) => view.failures.map(({ reason }) => reason);

describe("§3, how Customer.io reads ids", () => {
  test("`userId` may be an `id` or an email address", () => {
    expect(people(workspaceOf([identify(byId), identify(byEmail)]))).toEqual([
      ["u_1", null],
      [null, "ada@example.com"],
    ]);
  });

  test("if an email is passed as `userId`, Customer.io sets the `email` trait", () => {
    expect(workspaceOf([identify(byEmail)]).people).toMatchObject([{ attributes: { email: "ada@example.com" } }]);
  });

  test("starts with `cio_` → `cio_id`, prefix stripped", () => {
    const view = workspaceOf([identify(byId), identify({ userId: "cio_03000001" }, { id: "u_9", email: "eve@example.com" })]);
    expect(people(view)).toEqual([["u_9", "eve@example.com"]]);
  });

  test("`id` is case-sensitive", () => {
    expect(people(workspaceOf([identify({ userId: "U_1" }), identify(byId)]))).toHaveLength(2);
  });

  test("`email` is case-insensitive", () => {
    expect(people(workspaceOf([identify({ userId: "Ada@Example.com" }), identify(byEmail)]))).toHaveLength(1);
  });

  test("an address with a domain in another script does not match the pattern: it is an `id`", () => {
    expect(people(workspaceOf([identify({ userId: "ada@exämple.com" })]))).toEqual([["ada@exämple.com", null]]);
    expect(people(workspaceOf([identify({ userId: "ada@xn--exmple-cua.com" })]))).toEqual([[null, "ada@xn--exmple-cua.com"]]);
  });

  test("identify's person id: `userId` if present, else `traits.email`", () => {
    expect(people(workspaceOf([identify({}, { email: "ada@example.com" }, { anonymousId: "a" })]))).toEqual([
      [null, "ada@example.com"],
    ]);
    expect(people(workspaceOf([both]))).toEqual([["u_1", "ada@example.com"]]);
  });

  test("in an `id` workspace an address does not identify, and an attribute may repeat", () => {
    const view = workspaceOf([both, identify({ userId: "u_2" }, { email: "ada@example.com" }), identify(byEmail)], {
      identifiers: "id",
    });
    expect(people(view)).toEqual([
      ["u_1", "ada@example.com"],
      ["u_2", "ada@example.com"],
    ]);
    expect(reasons(view)).toEqual(["email is not an identifier in this workspace"]);
  });

  test("in an `email` workspace an id does not identify", () => {
    const view = workspaceOf([track(byId, "E"), identify(byEmail, { user_id: "u_1" })], { identifiers: "email" });
    expect(people(view)).toEqual([[null, "ada@example.com"]]);
    expect(reasons(view)).toEqual(["id is not an identifier in this workspace"]);
  });

  test("track calls by an id that is unknown can create the person", () => {
    expect(workspaceOf([track(byId, "E")]).people).toMatchObject([{ id: "u_1", email: null, events: [{ name: "E" }] }]);
  });
});

describe("§3, an identify with an id and an address", () => {
  test("both are new: one person has both", () => {
    expect(people(workspaceOf([both]))).toEqual([["u_1", "ada@example.com"]]);
  });

  test("a new `id` with an `email` that already belongs to someone: the existing person is updated and gets that id", () => {
    const view = workspaceOf([identify(byEmail, { plan: "pro" }), track(byEmail, "E"), both]);
    expect(view.people).toMatchObject([
      { id: "u_1", email: "ada@example.com", attributes: { plan: "pro" }, events: [{ name: "E" }] },
    ]);
    expect(view.failures).toEqual([]);
  });

  test("the id exists and has no address: it gets the address", () => {
    const view = workspaceOf([track(byId, "E"), both]);
    expect(view.people).toMatchObject([{ id: "u_1", email: "ada@example.com", events: [{ name: "E" }] }]);
    expect(view.failures).toEqual([]);
  });

  test("they belong to two different people: 200, an Attribute Update Failure, and the rest applies", () => {
    const view = workspaceOf([
      track(byId, "E"),
      track(byEmail, "F"),
      identify(byId, { email: "ada@example.com", plan: "pro" }),
      identify(byId, { email: "ada@example.com", city: "Ulm" }),
    ]);
    expect(view.people).toMatchObject([
      { id: "u_1", email: null, attributes: { plan: "pro", city: "Ulm" } },
      { id: null, email: "ada@example.com" },
    ]);
    expect(reasons(view)).toEqual([
      "email ada@example.com belongs to another person",
      "email ada@example.com belongs to another person",
    ]);
  });

  test("the address belongs to a person with another id: two people, and the address stays where it is", () => {
    const view = workspaceOf([both, identify({ userId: "u_2" }, { email: "ada@example.com" })]);
    expect(people(view)).toEqual([
      ["u_1", "ada@example.com"],
      ["u_2", null],
    ]);
    expect(view.failures).toHaveLength(1);
  });
});

describe("§3, identifiers that are set already", () => {
  const renamed = identify(byId, { email: "new@example.com" });

  test("only a call by `cio_id` changes them", () => {
    const view = workspaceOf([both, renamed]);
    expect(people(view)).toEqual([["u_1", "ada@example.com"]]);
    expect(view.people[0]?.attributes.email).toBe("ada@example.com");
    expect(view.failures).toHaveLength(1);
    expect(people(workspaceOf([both, identify({ userId: "cio_03000001" }, { email: "new@example.com" })]))).toEqual([
      ["u_1", "new@example.com"],
    ]);
  });

  test("unless the workspace allows updates to email using ID", () => {
    const view = workspaceOf([both, renamed, track(byEmail, "E")], { mayChangeEmail: true });
    expect(people(view)).toEqual([
      ["u_1", "new@example.com"],
      [null, "ada@example.com"],
    ]);
    expect(view.people[0]?.attributes.email).toBe("new@example.com");
    expect(view.failures).toEqual([]);
  });

  test("even so an address of another person is not taken", () => {
    const view = workspaceOf([both, track({ userId: "new@example.com" }, "E"), renamed], { mayChangeEmail: true });
    expect(people(view)).toEqual([
      ["u_1", "ada@example.com"],
      [null, "new@example.com"],
    ]);
    expect(view.failures).toHaveLength(1);
  });

  test("an address never becomes another by an address", () => {
    const changed = identify(byEmail, { email: "new@example.com" });
    for (const identifiers of ["email_and_id", "email"] as const) {
      const view = workspaceOf([identify(byEmail), changed], { identifiers, mayChangeEmail: true });
      expect(people(view)).toEqual([[null, "ada@example.com"]]);
    }
  });
});

describe("§3, anonymous events", () => {
  const anonymous = track({ anonymousId: "a" }, "E");
  const linked = identify(byId, {}, { anonymousId: "a" });

  test("`anonymousId` next to a `userId` links earlier anonymous events to the person", () => {
    const view = workspaceOf([anonymous, linked]);
    expect(events(view.people[0])).toEqual(["E"]);
    expect(view.anonymous).toEqual([]);
  });

  test("an identify by address merges them too", () => {
    expect(events(workspaceOf([anonymous, identify(byEmail, {}, { anonymousId: "a" })]).people[0])).toEqual(["E"]);
  });

  test("events of the last 30 days", () => {
    expect(events(workspaceOf([at(0, anonymous), at(30 * DAY, linked)]).people[0])).toEqual(["E"]);
    const late = workspaceOf([at(0, anonymous), at(30 * DAY + 1, linked)]);
    expect(events(late.people[0])).toEqual([]);
    expect(events(late.anonymous[0])).toEqual(["E"]);
  });

  test("and only if turned on", () => {
    const view = workspaceOf([anonymous, linked], { mergesAnonymous: false });
    expect(events(view.people[0])).toEqual([]);
    expect(events(view.anonymous[0])).toEqual(["E"]);
  });

  test("received up to five minutes after the identify", () => {
    expect(events(workspaceOf([at(0, linked), at(5 * MINUTE, anonymous)]).people[0])).toEqual(["E"]);
    expect(events(workspaceOf([at(0, linked), at(5 * MINUTE + 1, anonymous)]).people[0])).toEqual([]);
    expect(events(workspaceOf([at(0, linked), at(1, anonymous)], { followsIdentify: false }).people[0])).toEqual([]);
  });

  test("a track with both ids links nothing", () => {
    expect(events(workspaceOf([anonymous, track({ ...byId, anonymousId: "a" }, "F")]).people[0])).toEqual(["F"]);
  });

  test("traits of an anonymous identify do not become the person's", () => {
    const view = workspaceOf([identify({ anonymousId: "a" }, { plan: "pro" }), linked]);
    expect(view.people[0]?.attributes).toEqual({});
  });
});

describe("§7, identify", () => {
  test("attributes are added and updated, never removed by omission", () => {
    const view = workspaceOf([identify(byId, { plan: "pro", city: "Ulm" }), identify(byId, { plan: "team" })]);
    expect(view.people[0]?.attributes).toEqual({ plan: "team", city: "Ulm" });
  });

  test("null removes an attribute", () => {
    expect(workspaceOf([identify(byId, { plan: "pro" }), identify(byId, { plan: null })]).people[0]?.attributes).toEqual({});
  });

  test("`cio_subscription_preferences`: the whole object replaces; flat dotted keys change one", () => {
    const one = (channel: string, isOn: boolean) =>
      identify(byId, { [`cio_subscription_preferences.channels.${channel}`]: isOn });
    const preferences = (calls: readonly PipelinesCall[]) =>
      workspaceOf(calls).people[0]?.attributes.cio_subscription_preferences;
    expect(preferences([one("email", false), one("sms", true), one("sms", false)])).toEqual({
      channels: { email: false, sms: false },
    });
    const whole = identify(byId, { cio_subscription_preferences: { topics: { topic_1: false } } });
    expect(preferences([one("email", false), whole])).toEqual({ topics: { topic_1: false } });
  });

  test('`unsubscribed`: `true`, any casing of it, 1 and "1"; other values are subscribed', () => {
    for (const [said, kept] of [
      ["TRUE", true],
      [1, true],
      ["1", true],
      ["yes", false],
      [false, false],
    ] as const)
      expect(workspaceOf([identify(byId, { unsubscribed: said })]).people[0]?.attributes.unsubscribed).toBe(kept);
  });

  test("a string that looks like an ISO date becomes Unix seconds", () => {
    expect(
      workspaceOf([identify(byId, { since: "2026-11-23T12:00:00.900Z", day: "2026-11-23", code: "123" })]).people[0],
    ).toMatchObject({
      attributes: { since: START / 1000, day: Date.UTC(2026, 10, 23) / 1000, code: "123" },
    });
  });

  test("`created_at` wins over `createdAt`", () => {
    expect(workspaceOf([identify(byId, { createdAt: 1, created_at: 2 })]).people[0]?.attributes).toEqual({ created_at: 2 });
  });

  test("`timestamp` orders updates to the person; where it does not, a late identify overwrites newer data", () => {
    const calls = [
      identify(byId, { plan: "new" }, { timestamp: "2026-11-22T00:00:00Z" }),
      identify(byId, { plan: "old" }, { timestamp: "2026-11-21T00:00:00Z" }),
    ];
    expect(workspaceOf(calls).people[0]?.attributes.plan).toBe("new");
    expect(workspaceOf(calls, { ordersByTime: false }).people[0]?.attributes.plan).toBe("old");
  });
});

describe("§7, alias", () => {
  const folded = { type: "alias" as const, userId: "u_1", previousId: "ada@example.com" };

  test("the secondary is folded into the primary and deleted", () => {
    const view = workspaceOf([
      identify(byId, { plan: "pro" }),
      identify(byEmail, { plan: "free", city: "Ulm" }, { anonymousId: "a" }),
      track(byEmail, "E"),
      folded,
      track(byEmail, "F"),
    ]);
    expect(view.people).toMatchObject([
      { id: "u_1", email: "ada@example.com", anonymousIds: ["a"], attributes: { plan: "pro", city: "Ulm" } },
    ]);
    expect(events(view.people[0])).toEqual(["E", "F"]);
  });

  test("the primary must already exist, else nothing happens", () => {
    const view = workspaceOf([track(byEmail, "E"), folded]);
    expect(people(view)).toEqual([[null, "ada@example.com"]]);
    expect(reasons(view)).toEqual(["alias to a person who does not exist"]);
  });
});

describe("§7.1, semantic events", () => {
  test("`User Deleted`: `userId` may be id or email; the person comes back as a new one", () => {
    for (const who of [byId, byEmail]) {
      const view = workspaceOf([both, track(byId, "E"), track(who, "User Deleted"), track(byEmail, "F")]);
      expect(view.people.filter((person) => person.deleted !== true)).toMatchObject([
        { id: null, email: "ada@example.com", events: [{ name: "F" }] },
      ]);
    }
  });

  test("`User Suppressed`: deletes the profile and blocks the identifiers, both of them", () => {
    const view = workspaceOf([both, track(byId, "User Suppressed"), track(byId, "E"), track(byEmail, "F")]);
    expect(view.people).toMatchObject([{ suppressed: true, deleted: true, events: [] }]);
  });

  test("`User Unsuppressed`: lifts it", () => {
    const view = workspaceOf([
      both,
      track(byId, "User Suppressed"),
      track(byId, "User Unsuppressed"),
      identify(byId, { email: "ada@example.com" }),
    ]);
    expect(view.people.filter((person) => person.deleted !== true)).toMatchObject([{ id: "u_1", email: "ada@example.com" }]);
  });

  test("`Delete Person` is not the event name: it is an ordinary event", () => {
    expect(events(workspaceOf([both, track(byId, "Delete Person")]).people[0])).toEqual(["Delete Person"]);
  });
});

test("group: the object, its traits, and the person's relationship with it", () => {
  const view = workspaceOf([
    {
      type: "group",
      ...byId,
      groupId: "g",
      traits: { objectTypeId: "2", name: "Acme", relationshipAttributes: { role: "owner" } },
    },
  ]);
  expect(view.objects).toMatchObject([
    { objectTypeId: "2", objectId: "g", attributes: { name: "Acme" }, relationships: [{ attributes: { role: "owner" } }] },
  ]);
});

test("page: `properties.url` is its name and is required", () => {
  const view = workspaceOf([
    { type: "page", ...byId, properties: { url: "https://example.com/" } },
    { type: "page", ...byId, name: "Home" },
  ]);
  expect(events(view.people[0])).toEqual(["https://example.com/"]);
  expect(view.failures).toHaveLength(1);
});

test("a call that strict mode refuses is no call", () => {
  expect(() => workspaceOf([{ type: "track", event: "E" }])).toThrow("refuse");
});

test("it knows nothing of the code that it judges", () => {
  const sources = import.meta.glob<string>("../../src/sandbox/*.ts", { query: "?raw", import: "default", eager: true });
  const fold = [
    "people",
    "people-view",
    "identify",
    "subjects",
    "workspace",
    "attributes",
    "activities",
    "actions",
    "objects",
    "calls",
  ];
  for (const name of fold) {
    const imported = [...(sources[`../../src/sandbox/${name}.ts`] ?? "").matchAll(/from "(\.\.\/[^"]+)"/g)].map(
      ([, path]) => path,
    );
    expect(imported.filter((path) => path !== "../config/model.ts")).toEqual([]);
    expect(sources[`../../src/sandbox/${name}.ts`]).toBeDefined();
  }
});
