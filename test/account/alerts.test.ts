import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type AlertState, afterLook, afterTry, nextMessage, nextTry } from "../../src/account/alerts/alert-state.ts";
import { type Condition, conditionsIn, keyOf, LIMITED_LASTS, type Observed } from "../../src/account/alerts/conditions.ts";
import { bodyOf } from "../../src/account/alerts/message.ts";
import { ALERT_KINDS, type AlertTarget } from "../../src/config/alert-options.ts";
import { countFailures } from "../../src/ingest/failures.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { bulk, inObject, type Parts, START, webhookOf } from "./support.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const KEY = "c2VjcmV0IG9mIHRoZSBvcGVyYXRvciwgMzIgYnl0ZXM=";

const TARGET: AlertTarget = {
  url: "https://ops.example.com/tributary",
  form: "json",
  secret: `whsec_${KEY}`,
  kinds: new Set(ALERT_KINDS),
  lag: 900,
};

const body = z.strictObject({
  type: z.enum(["tributary.alert.opened", "tributary.alert.reminder", "tributary.alert.resolved"]),
  timestamp: z.iso.datetime(),
  data: z.strictObject({
    account: z.string(),
    region: z.string(),
    source: z.string().nullable(),
    kind: z.string(),
    since: z.iso.datetime(),
    summary: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
});

/** A receiver that checks signatures as the specification of Standard Webhooks says, with nothing of ours. */
function receiverOf(parts: Parts, answer: () => number = () => 200) {
  const got: { readonly id: string; readonly body: z.output<typeof body>; readonly text: string }[] = [];
  const asked: string[] = [];
  parts.fetch = async (url, init) => {
    asked.push(url);
    expect(init).toMatchObject({ method: "POST", redirect: "manual" });
    const { headers, text } = z
      .object({ headers: z.record(z.string(), z.string()), body: z.string() })
      .transform((given) => ({ headers: given.headers, text: given.body }))
      .parse(init);
    const [id = "", at = "", signatures = ""] = ["id", "timestamp", "signature"].map((name) => headers[`webhook-${name}`]);
    const key = await crypto.subtle.importKey(
      "raw",
      Uint8Array.from(atob(KEY), (character) => character.charCodeAt(0)),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["verify"],
    );
    const signature = Uint8Array.from(atob(signatures.replace(/^v1,/, "")), (character) => character.charCodeAt(0));
    const isSigned = await crypto.subtle.verify("HMAC", key, signature, new TextEncoder().encode(`${id}.${at}.${text}`));
    expect(isSigned).toBe(true);
    expect(Math.abs(Number(at) * 1_000 - parts.now)).toBeLessThan(1_000);
    const status = answer();
    if (status === 200) got.push({ id, body: body.parse(JSON.parse(text)), text });
    return new Response(null, { status });
  };
  return { got, asked };
}

/** Looks and sends, as the object does after a run. */
async function alert(parts: Parts): Promise<number | null> {
  parts.tools.alerts.look(parts.account);
  return parts.tools.alerts.send(parts.account);
}

describe("an alert", () => {
  test("is told once when it begins, at most daily while it lasts, and once when it is over", () =>
    inObject(async (parts) => {
      parts.account = accountOf([sourceOf(bulk)], { alerts: TARGET });
      const { got, asked } = receiverOf(parts);
      await alert(parts);
      expect(got).toEqual([]);
      await parts.accept(webhookOf([{ id: "ada@example.com", type: "broken", who: "ada@example.com" }]));
      await parts.drain();
      await alert(parts);
      await alert(parts);
      parts.now += DAY - MINUTE;
      await alert(parts);
      expect(got.map(({ body: { type, data } }) => [type, data.kind, data.details])).toEqual([
        ["tributary.alert.opened", "dead_letters", { count: 1 }],
      ]);
      expect(got[0]?.body.data).toMatchObject({
        account: "demo",
        region: "us",
        source: null,
        since: new Date(START).toISOString(),
      });
      parts.now += MINUTE;
      await alert(parts);
      parts.tools.store.transaction(() => parts.tools.dead.remove({}, 10));
      await alert(parts);
      await alert(parts);
      expect(got.map(({ body: { type } }) => type.split(".").at(-1))).toEqual(["opened", "reminder", "resolved"]);
      expect(new Set(got.map(({ id }) => id)).size).toBe(3);
      expect(new Set(asked)).toEqual(new Set([TARGET.url]));
      // Neither the id of the event nor the person that it is about.
      for (const { text } of got) expect(text).not.toMatch(/ada|@/);
    }));

  test("is known to an object that was started again, and no webhook writes a row for it", () =>
    inObject(async (parts, reopen) => {
      parts.account = accountOf([sourceOf(bulk)], { alerts: TARGET });
      await parts.accept(webhookOf([{ id: "1", type: "broken" }]));
      await parts.drain();
      const { got } = receiverOf(parts);
      await alert(parts);
      const again = reopen();
      again.account = parts.account;
      const second = receiverOf(again);
      await alert(again);
      expect([got.length, second.got.length]).toEqual([1, 0]);

      const looked = again.rows();
      for (let count = 0; count < 20; count += 1) again.tools.alerts.look(again.account);
      expect(again.rows()).toBe(looked);
    }));

  test("that nobody takes is tried again with the same id, later and later, for a day", () =>
    inObject(async (parts) => {
      parts.account = accountOf([sourceOf(bulk)], { alerts: TARGET });
      await parts.accept(webhookOf([{ id: "1", type: "broken" }]));
      await parts.drain();
      let status = 503;
      const tries: number[] = [];
      const { got } = receiverOf(parts, () => {
        tries.push(parts.now);
        return status;
      });
      let next = await alert(parts);
      while (next !== null && tries.length < 8) {
        expect(next).toBeGreaterThan(parts.now);
        parts.now = next;
        next = await parts.tools.alerts.send(parts.account);
      }
      const waits = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
      expect(waits).toEqual([...waits].sort((one, other) => one - other));
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(15_000);
      expect(Math.max(...waits)).toBeLessThanOrEqual(HOUR);
      status = 200;
      parts.now = next ?? parts.now;
      expect(await parts.tools.alerts.send(parts.account)).toBeNull();
      expect(got).toHaveLength(1);
      expect(parts.reports.filter(({ outcome }) => outcome === "alert_not_sent")).toHaveLength(8);
    }));

  test("is given up after a day, and told again as a reminder", () =>
    inObject(async (parts) => {
      parts.account = accountOf([sourceOf(bulk)], { alerts: TARGET });
      await parts.accept(webhookOf([{ id: "1", type: "broken" }]));
      await parts.drain();
      receiverOf(parts, () => 500);
      for (let next = await alert(parts); next !== null; next = await parts.tools.alerts.send(parts.account)) parts.now = next;
      expect(parts.now).toBeGreaterThanOrEqual(START + DAY);
      const { got } = receiverOf(parts);
      await alert(parts);
      expect(got.map(({ body: { type } }) => type)).toEqual(["tributary.alert.reminder"]);
    }));

  test("does not wait for another one that hangs, and delivery waits for neither", () =>
    inObject(async (parts) => {
      parts.account = accountOf([sourceOf(bulk)], { alerts: TARGET });
      await parts.accept(webhookOf([{ id: "1", type: "broken" }]));
      await parts.drain();
      const hanging = Promise.withResolvers<Response>();
      parts.fetch = () => hanging.promise;
      parts.tools.alerts.look(parts.account);
      const sending = parts.tools.alerts.send(parts.account);
      // A second go while the first one hangs ends at once.
      expect(await parts.tools.alerts.send(parts.account)).toBeNull();
      await parts.accept(webhookOf([{ id: "2", type: "joined", who: "ada" }]));
      await parts.drain();
      expect(parts.taken.length).toBeGreaterThan(0);
      hanging.resolve(new Response(null, { status: 204 }));
      expect(await sending).toBeNull();
    }));

  test("goes nowhere where the account says no place, and what was open is forgotten", () =>
    inObject(async (parts) => {
      parts.account = accountOf([sourceOf(bulk)], { alerts: TARGET });
      await parts.accept(webhookOf([{ id: "1", type: "broken" }]));
      await parts.drain();
      receiverOf(parts, () => 500);
      await alert(parts);
      parts.account = accountOf([sourceOf(bulk)]);
      const { asked } = receiverOf(parts);
      expect(await alert(parts)).toBeNull();
      expect([asked, parts.tools.alerts.open(), parts.tools.alerts.waiting()]).toEqual([[], [], 0]);
    }));

  test("tells of a destination that is down, refuses the key, or asks for less", () =>
    inObject(async (parts) => {
      parts.account = accountOf([sourceOf(bulk)], { alerts: TARGET });
      const { got } = receiverOf(parts);
      const told = () => got.splice(0).map(({ body: { type, data } }) => `${data.kind} ${type.split(".").at(-1)}`);
      parts.answer = () => 429;
      await parts.accept(webhookOf([{ id: "1", type: "joined" }]));
      await parts.run();
      await alert(parts);
      expect(told()).toEqual(["rate_limited opened"]);
      expect(parts.tools.alerts.nextDue()).toBeLessThanOrEqual(parts.now + LIMITED_LASTS);
      parts.answer = () => 503;
      parts.now += 16 * MINUTE;
      await parts.run();
      await alert(parts);
      expect(told()).toEqual(["rate_limited resolved", "lag opened"]);
      parts.answer = () => 401;
      parts.now += HOUR;
      await parts.run();
      await parts.run();
      await alert(parts);
      expect(told()).toEqual(["held opened"]);
      parts.answer = () => 200;
      parts.now += HOUR;
      await parts.drain();
      await alert(parts);
      expect(told()).toEqual(["lag resolved", "held resolved"]);
    }));
});

describe("what an operator must know of", () => {
  const QUIET: Observed = {
    hold: null,
    heldSources: new Map(),
    dead: 0,
    conflicts: 0,
    oldestPending: null,
    failing: new Map(),
    drift: [],
    limitedAt: null,
  };
  const limits = { kinds: new Set(ALERT_KINDS), lag: 900, givesUp: () => ({ hours: 24 }) };
  const at = (observed: Partial<Observed>, given: Partial<typeof limits> = {}, open: readonly string[] = []) =>
    conditionsIn({ ...QUIET, ...observed }, { ...limits, ...given }, new Set(open), START).map(keyOf);

  test("is nothing of a quiet account, and only of the kinds that are wanted", () => {
    expect(at({})).toEqual([]);
    expect(at({ dead: 3, conflicts: 1 })).toEqual(["dead_letters/", "conflicts/"]);
    expect(at({ dead: 3, conflicts: 1 }, { kinds: new Set(["conflicts"]) })).toEqual(["conflicts/"]);
    expect(at({ heldSources: new Map([["shop", 1]]) })).toEqual(["held/shop"]);
  });

  test("is what changed at a vendor, once for each source", () => {
    const gone = { source: "shop", type: "order.paid", path: "customer.email", version: null };
    const drift = [gone, { ...gone, path: "total" }, { source: "crm", type: null, path: null, version: "2026-10" }];
    expect(conditionsIn({ ...QUIET, drift }, limits, new Set(), START)).toMatchObject([
      { kind: "drift", source: "shop", details: { count: 2, what: "order.paid no longer has customer.email" } },
      { kind: "drift", source: "crm", details: { count: 1, what: "version 2026-10 of its API" } },
    ]);
  });

  test("is a lag until it is half of the limit: one that swings around the limit is one alert", () => {
    expect(at({ oldestPending: START - 900_000 })).toEqual([]);
    expect(at({ oldestPending: START - 900_001 })).toEqual(["lag/"]);
    expect(at({ oldestPending: START - 500_000 }, {}, ["lag/"])).toEqual(["lag/"]);
    expect(at({ oldestPending: START - 450_000 }, {}, ["lag/"])).toEqual([]);
  });

  test("is a vendor whose patience ends, by its own limits", () => {
    const failing = (since: number, count: number) => ({ failing: new Map([["shop", { since, count }]]) });
    expect(at(failing(START - 6 * HOUR + 1, 9))).toEqual([]);
    expect(at(failing(START - 6 * HOUR, 9))).toEqual(["vendor_gives_up/shop"]);
    const inARow = { ...limits, givesUp: () => ({ failures: 8 }) };
    const count = (failures: number) => conditionsIn({ ...QUIET, ...failing(START, failures) }, inARow, new Set(), START).length;
    expect([count(3), count(4)]).toEqual([0, 1]);
    const never = { ...limits, givesUp: () => null };
    expect(conditionsIn({ ...QUIET, ...failing(0, 1_000_000) }, never, new Set(), START)).toEqual([]);
  });
});

test("an account's object forgets the failures of a source that a webhook was stored for", () =>
  inObject(async (parts, reopen) => {
    const patient = { ...sourceOf(bulk).adapter, givesUp: { failures: 10 } };
    parts.account = accountOf([sourceOf(bulk, { adapter: patient })], { alerts: TARGET });
    const { got } = receiverOf(parts);
    parts.tools.alerts.failed("bulk", parts.now, 4);
    await alert(parts);
    expect(got).toEqual([]);
    // When they began is known to an object that was started again.
    const again = reopen();
    again.account = parts.account;
    const second = receiverOf(again);
    again.tools.alerts.failed("bulk", parts.now + MINUTE, 1);
    await alert(again);
    expect(second.got.map(({ body: { data } }) => [data.kind, data.source, data.since])).toEqual([
      ["vendor_gives_up", "bulk", new Date(START).toISOString()],
    ]);
    again.now += 2 * MINUTE;
    await again.accept(webhookOf([{ id: "1", type: "empty" }], { now: again.now }));
    await alert(again);
    expect(second.got.map(({ body: { type } }) => type.split(".").at(-1))).toEqual(["opened", "resolved"]);
  }));

test("whatever comes and goes, each alert is opened before it is resolved, and the two take turns", () => {
  const kinds = fc.constantFrom("held", "lag", "drift" as const);
  const step = fc.record({ holding: fc.uniqueArray(kinds), passed: fc.integer({ min: 1, max: 2 * DAY }), isTaken: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let state: AlertState = { open: [], waiting: [] };
      let [now, ids] = [START, 0];
      const told = new Map<string, string[]>();
      for (const { holding, passed, isTaken } of steps) {
        now += passed;
        const conditions = holding.map((kind): Condition => ({ kind, source: null, since: null, details: {} }));
        const newId = (): string => {
          ids += 1;
          return String(ids);
        };
        state = afterLook(state, conditions, now, newId);
        expect(state.open.map(keyOf).sort()).toEqual(conditions.map(keyOf).sort());
        expect(afterLook(state, conditions, now, () => "never")).toBe(state);
        for (let message = nextMessage(state, now); message !== null; message = nextMessage(state, now)) {
          if (isTaken) told.set(keyOf(message), [...(told.get(keyOf(message)) ?? []), message.state]);
          state = afterTry(state, message.id, isTaken, now, 0.5);
        }
        expect(nextTry(state) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
      }
      // Those that were given up left gaps: without reminders, no state is told twice in a row unless the one between was given up.
      if (steps.every(({ isTaken }) => isTaken))
        for (const states of told.values()) {
          const turns = states.filter((one) => one !== "reminder");
          expect(turns).toEqual(turns.map((_, index) => (index % 2 === 0 ? "opened" : "resolved")));
        }
    }),
  );
});

test("a chat gets one text, with names of the configuration alone", () => {
  const message = { id: "1", state: "opened", kind: "held", source: "shop", since: START, at: START } as const;
  const text = bodyOf({ name: "acme", region: "eu" }, { ...message, details: { reason: "key_refused" } }, "chat");
  expect(JSON.parse(text)).toEqual({
    text: "[tributary] Alert: acme/shop: nothing is delivered until you act: Customer.io refuses the API key",
  });
});

test("failing answers are told at most once a minute, and a success ends them", () => {
  const failures = countFailures();
  const named = { account: "acme", source: "shop" } as const;
  const failed = { ...named, outcome: "unusable" } as const;
  const stored = {
    ...named,
    outcome: "accepted",
    tally: { accepted: 1, duplicate: 0, ignored: 0 },
    first: null,
    fields: {},
  } as const;
  expect([0, 1].map((second) => failures.after(failed, START + second))).toEqual([null, null]);
  expect(failures.after(failed, START + 2)).toEqual({ ...named, since: START, count: 3 });
  expect(failures.after(failed, START + 3)).toBeNull();
  for (let count = 0; count < 10; count += 1) expect(failures.after(failed, START + 4)).toBeNull();
  expect(failures.after(failed, START + MINUTE + 2)).toEqual({ ...named, since: START + 3, count: 12 });
  expect(failures.after(stored, START + MINUTE + 3)).toBeNull();
  expect(failures.after(failed, START + 3 * MINUTE)).toBeNull();
  // Strangers, who have no signature, are not the vendor.
  const strange = { ...named, outcome: "unverified", reason: "missing" } as const;
  for (let count = 0; count < 10; count += 1) expect(failures.after(strange, START + DAY)).toBeNull();
  for (let count = 0; count < 10; count += 1) expect(failures.after({ outcome: "unknown_route" }, START + DAY)).toBeNull();
});
