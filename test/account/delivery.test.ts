import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { afterAnswer, type Effect, withoutKey } from "../../src/account/outbox/after-answer.ts";
import { type DeliveryState, INITIAL_DELIVERY, type Sent } from "../../src/account/outbox/delivery.ts";
import { headsOf, type Open, requestFor, unsentOf } from "../../src/account/outbox/lanes.ts";
import { nextStep } from "../../src/account/outbox/next-step.ts";
import { toBody } from "../../src/account/outbox/outbox.ts";
import type { SealedEvent } from "../../src/account/outbox/sealed-event.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import type { Answer } from "../../src/pipelines/sender.ts";

const KEY = "key-1";
const MINUTE = 60_000;

const status = (code: number, retryAfter: number | null = null): Answer => ({
  kind: "status",
  status: code,
  retryAfter,
  detail: "",
});
const OK = status(200);
const ONE: Sent = { kind: "batch", lanes: [{ source: "s", head: "h", events: 1, calls: 1 }] };

let accepted = 0;

/** A vendor event, and the texts of its calls. */
interface Unit extends Omit<SealedEvent, "calls"> {
  readonly texts: readonly string[];
}

/** A vendor event of so many calls; their texts tell where they came from. */
function unit(name: string, calls: number, source = "s"): Unit {
  accepted += 1;
  const texts = Array.from({ length: calls }, (_, index) => `"${name}/${index}"`);
  return { seq: accepted, source, since: 0, id: name, type: "t", occurredAt: "2026-01-01T00:00:00.000Z", texts, about: [] };
}

/** Batches of so many of these events. */
function sealed(units: readonly Unit[], size: number): Open[] {
  return Array.from({ length: Math.ceil(units.length / size) }, (_, index) => {
    const events = units.slice(index * size, (index + 1) * size);
    return {
      batch: {
        id: index + 1,
        sealedAt: 0,
        events: events.map(({ texts, ...event }) => ({ ...event, calls: texts.map((text) => text.length) })),
        body: toBody(events.flatMap(({ texts }) => texts.map(utf8Bytes))),
      },
      passed: new Map(),
    };
  });
}

/** What a run of the machine against a destination came to. */
interface Run {
  readonly delivered: string[];
  readonly dead: string[];
  /** Calls that the destination took, in order. */
  readonly taken: string[];
  readonly requests: number;
  readonly alarms: string[];
  readonly state: DeliveryState;
  readonly now: number;
}

/** Drives the machine as the object does, in virtual time, until everything has left or `until` has passed. */
function drive(
  units: readonly Unit[],
  destination: (body: string, now: number, probe: boolean) => Answer,
  { until = 3 * 24 * 60 * MINUTE, key = (_now: number): string | null => KEY, random = () => 0.5, size = 2_000 } = {},
): Run {
  const run = { delivered: [] as string[], dead: [] as string[], taken: [] as string[], requests: 0, alarms: [] as string[] };
  let state: DeliveryState = INITIAL_DELIVERY;
  let open = sealed(units, size);
  let now = 1_000_000;
  const take = (source: string, count: number): string[] => {
    const left: string[] = [];
    open = open.map(({ batch, passed }) => {
      const leaving = unsentOf({ batch, passed })
        .filter((event) => event.source === source)
        .slice(0, count - left.length);
      left.push(...leaving.map(({ id }) => id));
      return { batch, passed: new Map(passed).set(source, (passed.get(source) ?? 0) + leaving.length) };
    });
    open = open.filter((one) => unsentOf(one).length > 0);
    return left;
  };
  const perform = (effect: Effect): void => {
    if (effect.kind === "delivered") run.delivered.push(...take(effect.source, effect.events));
    else if (effect.kind === "refused") run.dead.push(...take(effect.source, 1));
    else run.alarms.push(effect.reason);
  };
  while (open.length > 0 && now < until && run.requests < 100_000) {
    const today = key(now);
    if (today === null) {
      const held = withoutKey(state, now);
      state = held.state;
      for (const effect of held.effects) perform(effect);
    }
    const step = nextStep(state, today, now, headsOf(open));
    if (step.do === "wait" || today === null) {
      now = step.do === "wait" ? step.until : now + 1;
      continue;
    }
    let sent: Sent = { kind: "probe" };
    let answer: Answer;
    if (step.do === "probe") answer = destination("probe", now, true);
    else {
      const request = requestFor(open, step);
      if (request === null) throw new Error("a step asked for nothing");
      sent = request.sent;
      const body = new TextDecoder().decode(request.body);
      answer = destination(body, now, false);
      const isTaken = answer.kind === "status" && answer.status >= 200 && answer.status < 300;
      if (isTaken) run.taken.push(...[...body.matchAll(/"([^"]+\/\d+)"/g)].map((match) => match[1] ?? ""));
    }
    run.requests += 1;
    now += 10;
    const transition = afterAnswer(state, sent, answer, today, now, random());
    state = transition.state;
    for (const effect of transition.effects) perform(effect);
  }
  return { ...run, state, now };
}

const many = (count: number, calls = 1): Unit[] => Array.from({ length: count }, (_, index) => unit(`e${index}`, calls));
const names = (units: readonly Unit[]): string[] => units.map(({ id }) => id);
const refusing =
  (...poison: readonly string[]) =>
  (body: string): Answer =>
    poison.some((name) => body.includes(`"${name}/`)) ? status(400) : OK;

describe("answers", () => {
  test("everything leaves in one request when the destination is well", () => {
    const run = drive(many(100), () => OK);
    expect(run.delivered).toEqual(names(many(100)));
    expect(run.requests).toBe(1);
  });

  test.each([408, 429, 500, 502, 503, 504, 522, 301, 307])("%i is waited out, for days if need be, and loses nothing", (code) => {
    const run = drive(many(3), (_, now) => (now < 40 * 60 * MINUTE ? status(code) : OK));
    expect(run.delivered).toEqual(["e0", "e1", "e2"]);
    expect(run.dead).toEqual([]);
    expect(run.now).toBeLessThan(41 * 60 * MINUTE);
  });

  test("time-outs and cut connections are waited out", () => {
    const run = drive(many(3), (_, now) => (now < 60 * MINUTE ? { kind: "network", detail: "timeout" } : OK));
    expect(run.delivered).toHaveLength(3);
  });

  test("waits lie between one second and ten minutes", () => {
    for (const random of [0, 0.5, 1]) {
      let state: DeliveryState = INITIAL_DELIVERY;
      for (let failure = 0; failure < 40; failure += 1) {
        ({ state } = afterAnswer(state, ONE, status(503), KEY, 0, random));
        expect(state.notBefore).toBeGreaterThanOrEqual(1_000);
        expect(state.notBefore).toBeLessThanOrEqual(10 * MINUTE);
      }
    }
  });

  test("Retry-After is honoured where it is longer", () => {
    const { state } = afterAnswer(INITIAL_DELIVERY, ONE, status(429, 30 * MINUTE), KEY, 0, 1);
    expect(state.notBefore).toBe(30 * MINUTE);
  });
});

describe("refusals", () => {
  test("one of 500 dies alone, and few requests find it", () => {
    const run = drive(many(500), refusing("e317"));
    expect(run.dead).toEqual(["e317"]);
    expect(run.delivered).toHaveLength(499);
    expect(run.requests).toBeLessThan(30);
    expect(run.alarms).toEqual([]);
  });

  test("the only event there is dies after a probe was accepted", () => {
    const run = drive([unit("e0", 1)], (body, _, probe) => (probe ? OK : refusing("e0")(body)));
    expect(run.dead).toEqual(["e0"]);
    expect(run.requests).toBe(3);
  });

  test("of an event of three calls the accepted ones are not sent again", () => {
    const run = drive([unit("a", 1), unit("b", 3)], (body) => (body.includes('"b/2"') ? status(413) : OK));
    expect(run.dead).toEqual(["b"]);
    expect(run.taken).toEqual(["a/0", "b/0", "b/1"]);
  });

  test("400 to everything for an hour leaves no dead letter and one alarm", () => {
    const run = drive(many(50), (_, now) => (now < 60 * MINUTE ? status(400) : OK));
    expect(run.dead).toEqual([]);
    expect(run.delivered).toHaveLength(50);
    expect(run.alarms).toEqual(["everything_refused"]);
  });

  test("three lone refusals in a row hold the account, although probes are accepted", () => {
    const run = drive(many(10), (_, now, probe) => (probe || now > 60 * MINUTE ? OK : status(400)));
    expect(run.dead).toEqual(["e0", "e1"]);
    expect(run.delivered).toHaveLength(8);
    expect(run.alarms).toContain("everything_refused");
  });

  test("a run of refused events is got over, three an hour, where nothing else is there to be accepted", () => {
    const bad = 8;
    const isBad = (body: string): boolean =>
      Array.from({ length: bad }, (_, index) => `"e${index}/`).some((name) => body.includes(name));
    const hourly = [0, 1, 2, 3].map((hours) =>
      drive(many(20), (body, _, probe) => (!probe && isBad(body) ? status(400) : OK), {
        until: 1_000_000 + (hours * 60 + 50) * MINUTE,
      }),
    );
    expect(hourly.map(({ dead }) => dead.length)).toEqual([2, 5, 8, 8]);
    expect(hourly[3]?.delivered).toHaveLength(20 - bad);
    expect(hourly[3]?.requests).toBeLessThan(200);
  });

  test("a firewall that refuses one content with 403 costs that event only", () => {
    const run = drive(many(20), (body, _, probe) => (!probe && body.includes('"e7/') ? status(403) : OK));
    expect(run.dead).toEqual(["e7"]);
    expect(run.delivered).toHaveLength(19);
  });

  test.each([404, 405, 410, 422])("%i to everything is the destination's fault: held, nothing dies", (code) => {
    const run = drive(many(5), (_, now) => (now < 120 * MINUTE ? status(code) : OK));
    expect(run.dead).toEqual([]);
    expect(run.delivered).toHaveLength(5);
  });
});

describe("keys", () => {
  test("a refused key holds the account, is tried again at intervals, and is released when it works again", () => {
    const run = drive(many(5), (_, now) => (now < 300 * MINUTE ? status(401) : OK));
    expect(run.dead).toEqual([]);
    expect(run.delivered).toHaveLength(5);
    expect(run.alarms).toEqual(["key_refused"]);
    expect(run.requests).toBeLessThan(200);
  });

  test("a new key releases the hold at once", () => {
    const held = drive(many(1), () => status(401), { until: 2_000_000 }).state;
    expect(held.hold?.reason).toBe("key_refused");
    expect(nextStep(held, KEY, held.notBefore - 1, new Map([["s", "h"]])).do).toBe("wait");
    expect(nextStep(held, "key-2", held.notBefore - 1, new Map([["s", "h"]])).do).toBe("probe");
  });

  test("without a key nothing is sent, one alarm is raised, and a key starts delivery", () => {
    const run = drive(many(2), () => OK, { key: (now) => (now < 60 * MINUTE ? null : KEY) });
    expect(run.alarms).toEqual(["no_key"]);
    expect(run.delivered).toHaveLength(2);
  });

  test("a key that is revoked just after a delivery kills nothing", () => {
    let requests = 0;
    const run = drive(many(6), (_, now) => {
      requests += 1;
      return requests === 1 || now > 200 * MINUTE ? OK : status(401);
    });
    expect(run.dead).toEqual([]);
  });
});

describe("sources", () => {
  const flood = (count: number): Unit[] => Array.from({ length: count }, (_, index) => unit(`bad${index}`, 1, "flood"));
  const good = (count: number): Unit[] => Array.from({ length: count }, (_, index) => unit(`good${index}`, 1, "good"));

  test("a flood of poison of one source delays no other, and kills nothing of it", () => {
    const run = drive([...flood(1_000), ...good(50)], (body, _, probe) => (probe || !body.includes('"bad') ? OK : status(400)), {
      until: 20 * MINUTE,
    });
    expect(run.delivered).toEqual(names(good(50)));
    expect(run.dead.every((name) => name.startsWith("bad"))).toBe(true);
    expect(run.alarms).toContain("everything_refused");
  });

  test("the held source goes on by itself when its events are accepted again", () => {
    const run = drive([...flood(300), ...good(5)], (body, now, probe) =>
      probe || !body.includes('"bad') || now > 55 * MINUTE ? OK : status(400),
    );
    expect(run.delivered).toHaveLength(305 - run.dead.length);
    expect(run.dead.length).toBeLessThan(10);
    const longer = drive([...flood(300), ...good(5)], (body, now, probe) =>
      probe || !body.includes('"bad') || now > 300 * MINUTE ? OK : status(400),
    );
    expect(longer.delivered).toHaveLength(305 - longer.dead.length);
    // Two at first, and three in each hour that follows.
    expect(longer.dead.length).toBeLessThanOrEqual(2 + 3 * 5);
  });

  test("poison of two sources is found in each", () => {
    const run = drive([...flood(40), ...good(40)], (body, _, probe) =>
      !probe && (body.includes('"bad7/') || body.includes('"good9/')) ? status(400) : OK,
    );
    expect(run.dead.sort()).toEqual(["bad7", "good9"]);
    expect(run.delivered).toHaveLength(78);
    expect(run.requests).toBeLessThan(60);
  });

  test("sources travel together, in the order of acceptance", () => {
    const mixed = Array.from({ length: 30 }, (_, index) => unit(`e${index}`, 1, ["a", "b", "c"][index % 3]));
    const run = drive(mixed, () => OK);
    expect(run.requests).toBe(1);
    expect(run.taken).toEqual(names(mixed).map((name) => `${name}/0`));
  });
});

describe("whatever the destination does", () => {
  const answers = fc.constantFrom(200, 200, 200, 400, 401, 403, 404, 408, 413, 429, 500, 503, 302, 0);

  test("everything ends delivered or dead, in order, and only what it refused is dead", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        fc.uniqueArray(fc.nat(39), { maxLength: 2 }),
        fc.array(answers, { maxLength: 60 }),
        fc.constantFrom(1, 3, 10, 50),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (sizes, sources, poisonous, script, size, chance) => {
          const units = sizes.map((calls, index) => unit(`e${index}`, calls, `s${index % sources}`));
          const poison = poisonous.map((index) => `e${index}`);
          const troubles = [...script];
          const run = drive(
            units,
            (body, _, probe) => {
              const trouble = troubles.shift();
              if (trouble === 0) return { kind: "network", detail: "connection" };
              // Trouble of the destination's own meets probes and events alike.
              if (trouble !== undefined && trouble !== 200) return status(trouble);
              return probe ? OK : refusing(...poison)(body);
            },
            { random: () => chance.next().value ?? 0, size },
          );
          const all = names(units);
          expect([...run.delivered, ...run.dead].sort()).toEqual([...all].sort());
          // In the order of acceptance, each source by itself.
          for (let source = 0; source < sources; source += 1) {
            const own = all.filter((_, index) => index % sources === source && run.delivered.includes(all[index] ?? ""));
            expect(run.delivered.filter((name) => own.includes(name))).toEqual(own);
          }
          // A destination that answers 400 at random may refuse anything once; without such answers only poison dies.
          if (!script.some((code) => [400, 413, 401, 403, 404].includes(code))) {
            expect(run.dead.every((name) => poison.includes(name))).toBe(true);
          }
          // Each call of a delivered event was taken, and each event's in their order.
          for (const [index, name] of all.entries()) {
            if (!run.delivered.includes(name)) continue;
            const taken = run.taken.filter((call) => call.startsWith(`${name}/`));
            expect([...new Set(taken)]).toEqual(Array.from({ length: sizes[index] ?? 0 }, (_, call) => `${name}/${call}`));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
