/**
 * What a source's options make of an event: consent, strangers, deletions, groups, and the operator's rules.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { SourceOptions } from "../../src/config/model.ts";
import { defineAdapter } from "../../src/contract/define.ts";
import { consent, deleted, group, identify, track } from "../../src/contract/drafts.ts";
import { claimed, person, personId, verified } from "../../src/contract/facts.ts";
import { on } from "../../src/contract/handlers.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { token } from "../../src/contract/verify/token.ts";
import { openBook } from "../../src/identity/book.ts";
import type { PeopleView } from "../../src/translate/address.ts";
import { type KeptWebhook, translateWebhook } from "../../src/translate/webhook.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";

const AT = "2026-11-20T10:00:00.000Z";

const fact = z.looseObject({
  id: z.string(),
  email: z.string().optional(),
  trust: z.enum(["claimed", "verified"]).default("verified"),
  user: z.string().optional(),
  name: z.string().default("Ada"),
  at: z.string().default(AT),
  state: z.enum(["subscribed", "unsubscribed", "pending"]).default("unsubscribed"),
});

const whoOf = ({ id, email, trust, user }: z.output<typeof fact>) =>
  person({ record: { user }, email: trust === "verified" ? verified(email) : claimed(email), ids: [personId("contact", id)] });

const vendor = defineAdapter({
  id: "vendor",
  name: "Vendor",
  secret: { format: /^\S{16,}$/, hint: "", demo: "tributary_demo_vendor" },
  verify: token({ header: "authorization" }),
  webhook: z.object({ body: z.array(z.looseObject({ event: z.string(), type: z.string(), at: z.string().default(AT) })) }),
  events: ({ body }) => body.map((data) => ({ id: data.event, type: data.type, occurredAt: data.at, test: false, data })),
  userIdFrom: ["user"],
  handlers: {
    seen: on(fact, (f) => [
      identify(whoOf(f), { name: f.name, plan: "pro", ssn: "078-05-1120" }),
      track(whoOf(f), "Page Seen", { total: 5, ip: "x", recipient: "eve@example.com" }),
    ]),
    chose: on(fact, (f) => consent(whoOf(f), { channel: "email", state: f.state, at: f.at, trust: f.trust })),
    gone: on(fact, (f) => deleted(whoOf(f), "Customer Deleted")),
    named: on(z.looseObject({ name: z.string() }), ({ name }) => track(person({ email: claimed("ada@example.com") }), name)),
    joined: on(fact, (f) => group(whoOf(f), { kind: "company", id: "c1" }, { seats: 5 }, { role: "admin" })),
  },
});

let serial = 0;

/** Maps events of the vendor with these options; what they teach stays in the memory that is handed in. */
async function mapped(
  events: readonly Readonly<Record<string, unknown>>[],
  options: Partial<SourceOptions> = {},
  { view = { book: openBook() } as PeopleView, profileFrom = ["vendor"], named: source = sourceOf(vendor) } = {},
) {
  const configured = { ...source, options: { ...source.options, userIdFrom: ["user"], ...options } };
  const body = events.map((event) => {
    serial += 1;
    return { event: `e${serial}`, ...event };
  });
  const webhook: KeptWebhook = {
    receivedAt: Date.parse("2026-11-23T10:00:00.000Z"),
    format: "json",
    headers: {},
    query: {},
    nonce: null,
    body: utf8Bytes(JSON.stringify(body)),
    events: null,
  };
  return translateWebhook(webhook, configured, accountOf([configured], { profileFrom }), { view });
}

type Outcomes = Awaited<ReturnType<typeof mapped>>;
const callsOf = (outcomes: Outcomes) => outcomes.flatMap((outcome) => (outcome.kind === "calls" ? outcome.calls : []));
const endsOf = (outcomes: Outcomes) => outcomes.map((outcome) => (outcome.kind === "ignored" ? outcome.reason : outcome.kind));

describe("rules", () => {
  test("rename events and keep, drop and hash properties and traits", async () => {
    const outcomes = await mapped([{ type: "seen", id: "1", email: "ada@example.com" }], {
      rules: { rename: new Map([["Page Seen", "Site Visited"]]), keep: null, drop: new Set(["ip"]), hash: new Set(["ssn"]) },
    });
    const [who, what] = callsOf(outcomes);
    expect(who).toMatchObject({
      traits: { name: "Ada", vendor_plan: "pro", vendor_ssn: "ef6385e04468128770c86bf7e098c70fa7bbc1a50d81a071087f925283a4e7af" },
    });
    expect(what).toMatchObject({ event: "Site Visited", properties: { total: 5 } });
    expect(what).not.toHaveProperty("properties.ip");
  });

  test("kept properties are the only ones; where it came from is always told", async () => {
    const outcomes = await mapped([{ type: "seen", id: "1", email: "ada@example.com" }], {
      rules: { rename: new Map(), keep: new Set(["total"]), drop: new Set(), hash: new Set() },
    });
    expect(callsOf(outcomes)[1]).toHaveProperty("properties", {
      total: 5,
      provider: "vendor",
      source: "vendor",
      source_event: "seen",
    });
  });
});

describe("consent", () => {
  const choose = (state: string, at: string) => ({ type: "chose", id: "1", email: "ada@example.com", state, at });
  const channels = (outcomes: Outcomes) =>
    callsOf(outcomes).map((call) =>
      call.type === "identify" ? call.traits?.["cio_subscription_preferences.channels.email"] : "?",
    );

  test("trait: no channel is touched", async () => {
    expect(channels(await mapped([choose("unsubscribed", AT)], { consent: "trait" }))).toEqual([undefined]);
  });

  test("opt_out: an opt-out switches off, nothing switches on", async () => {
    expect(channels(await mapped([choose("unsubscribed", AT), choose("subscribed", "2026-11-21T10:00:00.000Z")]))).toEqual([
      false,
      undefined,
    ]);
  });

  test("sync: only an opt-in newer than every opt-out switches on", async () => {
    const events = [
      choose("unsubscribed", "2026-11-20T10:00:00.000Z"),
      choose("subscribed", "2026-11-20T10:00:00.000Z"),
      choose("subscribed", "2026-11-22T10:00:00.000Z"),
    ];
    expect(channels(await mapped(events, { consent: "sync" }))).toEqual([false, undefined, true]);
  });

  test("sync: an older opt-in that arrives late switches nothing on", async () => {
    const events = [choose("unsubscribed", "2026-11-22T10:00:00.000Z"), choose("subscribed", "2026-11-21T10:00:00.000Z")];
    const outcomes = await mapped(events, { consent: "sync" });
    expect(channels(outcomes)).toEqual([false]);
    // It is remembered, and says nothing new.
    expect(endsOf(outcomes)[1]).toBe("traits unchanged");
  });

  test("sync: an opt-in that is not verified switches nothing on", async () => {
    const typed = { ...choose("subscribed", "2026-11-22T10:00:00.000Z"), trust: "claimed" };
    expect(channels(await mapped([choose("unsubscribed", AT), typed], { consent: "sync" }))).toEqual([false, undefined]);
  });
});

describe("strangers", () => {
  test("do not become people where only known ones are wanted", async () => {
    const outcomes = await mapped(
      [
        { type: "seen", id: "1", email: "ada@example.com" },
        { type: "seen", id: "2" },
      ],
      { people: "known" },
    );
    expect(endsOf(outcomes)).toEqual(["about an unknown person", "about an unknown person"]);
  });

  test("who was named by another source is known", async () => {
    const view: PeopleView = { book: openBook() };
    await mapped([{ type: "seen", id: "1", user: "u_1", email: "ada@example.com" }], {}, { view });
    const outcomes = await mapped(
      [{ type: "seen", id: "9", email: "ada@example.com", trust: "claimed" }],
      { people: "known" },
      { view },
    );
    expect(callsOf(outcomes).find(({ type }) => type === "track")).toMatchObject({ userId: "u_1" });
  });
});

describe("a form", () => {
  test("with the address of somebody known writes none of their core traits", async () => {
    const view: PeopleView = { book: openBook() };
    await mapped([{ type: "seen", id: "1", user: "u_victim", email: "victim@example.com" }], {}, { view });
    const form = { id: "2", email: "victim@example.com", trust: "claimed", name: "Mallory" };
    const other = sourceOf(vendor, { name: "forms" });
    for (const named of [undefined, other]) {
      const outcomes = await mapped([{ type: "seen", ...form }], {}, { view, ...(named === undefined ? {} : { named }) });
      const calls = callsOf(outcomes);
      expect(calls.find(({ type }) => type === "track")).toMatchObject({ userId: "u_victim" });
      for (const call of calls.filter(({ type }) => type === "identify")) {
        expect(call).toMatchObject({ userId: "u_victim" });
        expect(call).not.toHaveProperty("traits.name");
        expect(call).not.toHaveProperty("traits.email");
      }
    }
    expect(view.book.profile(":user:u_victim").traits?.["vendor:contact:1"]?.name?.[0]).toBe("Ada");
    expect(view.book.profile(":user:u_victim").traits?.["forms:contact:2"]?.name?.[0]).toBe("Mallory");
  });

  test("with a user id in it does not reach that user where the operator does not read ids from there", async () => {
    const outcomes = await mapped([{ type: "seen", id: "2", user: "u_victim", email: "eve@example.com", trust: "claimed" }], {
      userIdFrom: [],
    });
    for (const call of callsOf(outcomes)) expect(call).toMatchObject({ userId: "eve@example.com" });
  });
});

describe("deletions", () => {
  const ada = { id: "1", user: "u_1", email: "ada@example.com" };
  const gone = { ...ada, type: "gone", at: "2026-11-21T10:00:00.000Z" };
  const seen = { ...ada, type: "seen" };
  /** What comes of the deletion of a known person. */
  const deletion = async (options: Partial<SourceOptions> = {}, given: Parameters<typeof mapped>[2] = {}, event = gone) => {
    const [, ...outcomes] = await mapped([seen, event], options, given);
    return callsOf(outcomes);
  };

  test("are an event unless the operator says more", async () => {
    const calls = await deletion();
    expect(calls).toHaveLength(1);
    expect(calls).toMatchObject([{ event: "Customer Deleted", userId: "u_1" }]);
  });

  test.each([
    ["delete", "User Deleted"],
    ["suppress", "User Suppressed"],
  ] as const)("%s acts where this source owns the person", async (onDelete, event) => {
    const calls = await deletion({ onDelete });
    expect(calls).toHaveLength(2);
    expect(calls).toMatchObject([{ event: "Customer Deleted" }, { event, userId: "u_1" }]);
  });

  test("do not act where another source owns the profile, nor on a typed address", async () => {
    expect(await deletion({ onDelete: "delete" }, { profileFrom: ["other", "vendor"] })).toHaveLength(1);
    const typed = { type: "gone", id: "7", email: "ada@example.com", trust: "claimed" };
    expect(callsOf((await mapped([seen, typed], { onDelete: "delete" })).slice(1))).toHaveLength(1);
  });

  test("let late events of others about the deleted end, until their source names them anew", async () => {
    const view: PeopleView = { book: openBook() };
    await mapped([seen, gone], { onDelete: "delete" }, { view });
    const shop = sourceOf(vendor, { name: "shop" });
    const late = { type: "seen", id: "9", email: "ada@example.com", at: "2026-11-22T10:00:00.000Z" };
    expect(endsOf(await mapped([late], {}, { view, named: shop }))).toEqual(["deleted"]);
    expect(endsOf(await mapped([seen], { onDelete: "delete" }, { view }))).toEqual(["deleted"]);
    const anew = await mapped([{ ...seen, at: "2026-11-22T12:00:00.000Z" }], { onDelete: "delete" }, { view });
    // Nothing of the deleted person is left in Customer.io: all is said again.
    expect(callsOf(anew)[0]).toMatchObject({ userId: "u_1", traits: { name: "Ada", email: "ada@example.com" } });
    expect(endsOf(await mapped([{ ...late, at: "2026-11-22T13:00:00.000Z" }], {}, { view, named: shop }))).toEqual(["calls"]);
  });

  test("an opt-out outlives the deletion", async () => {
    const view: PeopleView = { book: openBook() };
    const anew = { ...seen, at: "2026-11-22T12:00:00.000Z" };
    await mapped([{ ...ada, type: "chose" }, gone], { onDelete: "delete" }, { view });
    expect(callsOf(await mapped([anew], { onDelete: "delete" }, { view }))[0]).toMatchObject({
      traits: { "cio_subscription_preferences.channels.email": false },
    });
  });
});

describe("what nobody may say", () => {
  test.each(["User Deleted", "User Suppressed", "Object Deleted", "Relationship Deleted", "Device Deleted", " user deleted "])(
    "%j from a payload is a dead letter, not an action",
    async (name) => {
      expect(endsOf(await mapped([{ type: "named", name }]))).toEqual(["dead"]);
    },
  );

  test("properties that would redirect messages are renamed", async () => {
    const [, what] = callsOf(await mapped([{ type: "seen", id: "1", email: "ada@example.com" }]));
    expect(what).not.toHaveProperty("properties.recipient");
    expect(what).toMatchObject({ properties: { vendor_recipient: "eve@example.com" } });
  });
});

describe("groups", () => {
  const joined = { type: "joined", id: "1", user: "u_1" };

  test("are left out without an object type", async () => {
    expect(endsOf(await mapped([joined]))).toEqual(["a group without an object_type_id"]);
  });

  test("carry it, and the relationship", async () => {
    expect(callsOf(await mapped([joined], { objectTypes: new Map([["company", "2"]]) }))).toMatchObject([
      {
        type: "group",
        userId: "u_1",
        groupId: "c1",
        traits: { seats: 5, objectTypeId: "2", relationshipAttributes: { role: "admin" } },
      },
    ]);
  });
});
