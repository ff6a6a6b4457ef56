import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type Delta, deltaOf } from "../../src/account/drift/delta.ts";
import { afterRound, type Change, changesIn, NOTHING_WATCHED, type Watched } from "../../src/account/drift/watched.ts";
import { decisive, list, maybe, optional, text } from "../../src/contract/fields.ts";
import { pathsOf } from "../../src/contract/paths.ts";
import type { VendorEvent } from "../../src/contract/vendor-event.ts";
import { readWebhook } from "../../src/translate/reading.ts";
import type { Mapped } from "../../src/translate/result.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { ADAPTERS } from "../support/registry.ts";
import { sourceFor, storedWebhook } from "../support/requests.ts";
import { runsOf } from "../support/share.ts";
import { bulk, inObject, START, webhookOf } from "./support.ts";

const ACCOUNT = accountOf([sourceOf(bulk)]);

/** Events after which a path that all events had before must be missed. */
const NOTICED_WITHIN = 25;

function eventOf(data: unknown, type = "happened", version?: string): VendorEvent {
  return { id: "1", type, occurredAt: "2026-11-23T12:00:00.000Z", test: false, data, ...(version ? { version } : {}) };
}

/** What is known after rounds of these events. */
function watch(
  mapped: readonly Mapped[],
  { size = 1, begin = NOTHING_WATCHED, account = ACCOUNT }: { size?: number; begin?: Watched; account?: typeof ACCOUNT } = {},
): Watched {
  let watched = begin;
  for (let from = 0; from < mapped.length; from += size) {
    const delta = deltaOf(mapped.slice(from, from + size), account, () => false);
    if (delta !== null) watched = afterRound(watched, delta, START);
  }
  return watched;
}

function goneIn(watched: Watched): readonly Change[] {
  return changesIn(watched, START).filter((change) => "path" in change);
}

const bulkEvents = (data: readonly object[]): readonly Mapped[] => data.map((one) => ({ source: "bulk", event: eventOf(one) }));

describe("the paths of a schema", () => {
  const schema = z.object({
    id: text,
    name: maybe.text,
    customer: optional(z.object({ email: maybe.text, address: decisive(z.object({ city: text })) })),
    lines: list(z.object({ price: maybe.decimal })),
    kind: z.discriminatedUnion("of", [
      z.object({ of: z.literal("a"), one: text }),
      z.object({ of: z.literal("b"), other: text }),
    ]),
    when: z
      .object({ at: text })
      .transform(({ at }) => at)
      .pipe(z.string()),
  });

  test("are those that it reads, whatever wraps them", () => {
    expect(pathsOf(schema).names).toEqual([
      ...["id", "name", "customer", "customer.email", "customer.address", "customer.address.city"],
      ...["lines", "lines[].price", "kind", "kind.of", "kind.one", "kind.other", "when", "when.at"],
    ]);
    expect(pathsOf(schema)).toBe(pathsOf(schema));
    expect(pathsOf(z.object({ id: text })).signature).not.toBe(pathsOf(z.object({ name: text })).signature);
  });

  test("are looked for where their parent is; null is a value", () => {
    const { names, look } = pathsOf(schema);
    const found = (value: unknown) => {
      const told: string[] = [];
      look(value, (index, isThere) => told.push(`${isThere ? "+" : "-"}${names[index]}`));
      return told;
    };
    expect(found({ id: "1", name: null, customer: { email: "ada@example.com" }, lines: [{}] })).toEqual([
      ...["+id", "+name", "+customer", "+customer.email", "-customer.address", "+lines", "-lines[].price", "-kind", "-when"],
    ]);
    expect(found({ customer: null, lines: [] })).toEqual(["-id", "-name", "+customer", "+lines", "-kind", "-when"]);
    for (const strange of [null, "text", 1, [], [[]]]) expect(found(strange)).toEqual([]);
  });

  test("are those of every adapter", () => {
    const none = [...ADAPTERS.values()].filter((adapter) =>
      adapter.types.every((type) => {
        const read = adapter.schemaOf(type);
        return read === null || pathsOf(read).names.length === 0;
      }),
    );
    // Those without a fixed list of types, or whose events are read whole.
    expect(none.map(({ id }) => id).filter((id) => !OPEN.includes(id))).toEqual([]);
  });
});

/** Adapters without a list of types. */
const OPEN = ["generic", "mixpanel", "standard-webhooks", "supabase", "jotform", "tally", "typeform", "framer", "posthog"];

describe("a path that most events had", () => {
  test("is missed within a few events of its type once it is gone, in rounds of any size", () => {
    const history = fc.integer({ min: 120, max: 400 });
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 30 }), fc.boolean(), (count, size, comesBack) => {
        const had = Array.from({ length: count }, () => ({ id: "1", type: "happened", plan: "pro", who: null }));
        const lacks = had.map(({ plan: _, ...rest }) => rest);
        // Of a round, twenty events are looked at; one round may have both kinds.
        const needed = Math.ceil(NOTICED_WITHIN / Math.min(size, 20)) * size + size;
        const before = watch(bulkEvents(had), { size });
        expect(goneIn(before)).toEqual([]);
        const after = watch(bulkEvents(Array.from({ length: needed }, (_, index) => lacks[index % count] ?? {})), {
          size,
          begin: before,
        });
        const names = pathsOf(bulk.schemaOf("happened") ?? z.never()).names;
        expect(goneIn(after).map((change) => ("path" in change ? names[change.path] : ""))).toEqual(["plan"]);
        if (comesBack) expect(goneIn(watch(bulkEvents(had.slice(0, 1)), { begin: after }))).toEqual([]);
        // After some time it is how the vendor does it now.
        const later = watch(bulkEvents(Array.from({ length: 600 }, () => lacks[0] ?? {})), { begin: after });
        expect(goneIn(later)).toEqual([]);
      }),
      { numRuns: runsOf(40) },
    );
  });

  test("is not missed where it is now there, now not, whatever the odds", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (odds, draws) => {
          const data = Array.from({ length: 1_500 }, () => (draws.next().value < odds ? { id: "1", plan: "pro" } : { id: "1" }));
          let watched = NOTHING_WATCHED;
          for (const mapped of bulkEvents(data)) {
            watched = watch([mapped], { begin: watched });
            expect(goneIn(watched)).toEqual([]);
          }
        },
      ),
      { numRuns: runsOf(20) },
    );
  });
});

test("fixtures of every adapter in random order are no change, and without a field that all of a type have they are one", async () => {
  const random = fc.sample(fc.integer({ min: 0, max: 2 ** 30 }), 4_000);
  let [draw, missed, tried] = [0, 0, 0];
  const next = (below: number): number => {
    draw += 1;
    return (random[draw % random.length] ?? 0) % below;
  };
  for (const adapter of ADAPTERS.values()) {
    const mapped: Mapped[] = [];
    for (const fixture of fixturesOf(adapter.id)) {
      const source = sourceFor(adapter, fixture);
      const { events } = await readWebhook(await storedWebhook(source, fixture), source);
      mapped.push(...events.flatMap(({ event, ignored }) => (ignored === null ? [{ source: adapter.id, event }] : [])));
    }
    if (mapped.length === 0) continue;
    const account = accountOf([sourceOf(adapter)]);
    const drawn = Array.from({ length: 400 }, () => mapped[next(mapped.length)]).filter((one) => one !== undefined);
    let watched = NOTHING_WATCHED;
    for (let from = 0; from < drawn.length; from += 5) {
      const delta = deltaOf(drawn.slice(from, from + 5), account, () => false);
      if (delta !== null) watched = afterRound(watched, delta, START);
      expect({ adapter: adapter.id, gone: goneIn(watched) }).toEqual({ adapter: adapter.id, gone: [] });
    }

    // One event again and again; then without a field that it had.
    const [first] = mapped;
    const data = first?.event.data;
    if (first === undefined || typeof data !== "object" || data === null) continue;
    const schema = adapter.schemaOf(first.event.type);
    const names = schema === null ? [] : pathsOf(schema).names;
    const [field] = Object.entries(data).find(([name, value]) => value !== undefined && names.includes(name)) ?? [];
    if (field === undefined) continue;
    tried += 1;
    const before = watch(
      Array.from({ length: 60 }, () => first),
      { account },
    );
    const lacking = Object.fromEntries(Object.entries(data).filter(([name]) => name !== field));
    const event = { ...first.event, data: lacking };
    const after = watch(
      Array.from({ length: NOTICED_WITHIN }, () => ({ ...first, event })),
      { begin: before, account },
    );
    if (goneIn(after).some((change) => "path" in change && names[change.path] === field)) missed += 1;
  }
  expect(tried).toBeGreaterThan(40);
  expect(missed).toBe(tried);
});

describe("a version of the vendor's API", () => {
  const looks = (count: number, version: string): readonly Mapped[] =>
    Array.from({ length: count }, () => ({ source: "bulk", event: eventOf({ id: "1" }, "happened", version) }));

  test("is news for a week if the source never had it, but not while the source is new", () => {
    const learned = watch([...looks(2, "2026-01"), ...looks(2, "2025-10"), ...looks(30, "2026-01")]);
    expect(changesIn(learned, START)).toEqual([]);
    const news = watch(looks(1, "2026-10"), { begin: learned });
    expect(changesIn(news, START)).toEqual([{ source: "bulk", version: "2026-10", since: START }]);
    expect(changesIn(watch(looks(5, "2026-10"), { begin: news }), START + 86_400_000)).toHaveLength(1);
    expect(changesIn(news, START + 7 * 86_400_000)).toEqual([]);
  });

  test("is no text of any kind", () => {
    const strange = ["", " ", "a b", "x".repeat(41), "\u001b[2J", "ada@example.com"];
    const told = strange.map((version) => deltaOf(looks(1, version), ACCOUNT, () => false));
    expect(told.flatMap((delta: Delta | null) => delta?.versions ?? [])).toEqual([]);
  });
});

test("an account's object notices a path that is gone, remembers it, and writes no row for it", () =>
  inObject(async (parts, reopen) => {
    const one = async (at: typeof parts, count: number, item: object): Promise<void> => {
      for (let index = 0; index < count; index += 1) {
        at.now += 1_000;
        await at.accept(webhookOf([{ id: `${at.now}`, type: "happened", ...item }], { now: at.now }));
        await at.drain();
      }
    };
    await one(parts, 30, { plan: "pro" });
    const before = parts.rows();
    await one(parts, 1, { plan: "pro" });
    const each = parts.rows() - before;
    await one(parts, 39, { plan: "pro" });
    const again = reopen();
    again.now = parts.now;
    await one(again, 10, {});
    const rows = again.rows();
    await one(again, 15, {});
    // What each webhook cost before.
    expect(again.rows() - rows).toBe(15 * each);
    expect(again.tools.drift.notices(again.account)).toEqual([{ source: "bulk", type: "happened", path: "plan", version: null }]);
    const later = reopen();
    later.now = again.now;
    expect(later.tools.drift.notices(later.account)).toHaveLength(1);
    // What is stored has names of the schema, and counts: no value.
    const texts = later.store.run("SELECT value FROM drift").map(({ value }) => String(value));
    expect(texts.join("")).not.toContain('"pro"');
    await one(later, 1, { plan: "pro" });
    expect(later.tools.drift.notices(later.account)).toEqual([]);
  }));

test("what is known is bounded, however many types a source has", () => {
  const delta = (type: string): Delta => ({
    types: [{ source: "bulk", type, signature: "s", present: "1".repeat(150), missing: "0".repeat(150) }],
    versions: [["bulk", type]],
  });
  let watched = NOTHING_WATCHED;
  for (let index = 0; index < 1_000; index += 1) watched = afterRound(watched, delta(`type-${index}`), START);
  expect(watched.types.size).toBe(300);
  expect(watched.types.has("bulk type-999")).toBe(true);
  expect(watched.sources.get("bulk")?.versions.length).toBe(20);
});
