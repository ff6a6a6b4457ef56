/**
 * What `send` changes in a body, and how a storm is planned and judged.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSetting, type Setting, withValues } from "../../src/cli/body-values.ts";
import { planStorm, runStorm, type Shot, type Storm } from "../../src/cli/chaos.ts";

describe("a value that is set", () => {
  const settings = (...texts: readonly string[]): readonly Setting[] => texts.flatMap((text) => parseSetting(text) ?? []);
  const body = JSON.stringify({ id: "evt_1", data: { object: { amount: 5, lines: [{ sku: "A" }, { sku: "B" }] }, none: null } });

  test("is written as a path and a value", () => {
    expect(parseSetting("a.b=1")).toEqual({ path: ["a", "b"], value: 1 });
    expect(parseSetting("items[0].sku=A=B")).toEqual({ path: ["items", "0", "sku"], value: "A=B" });
    expect(parseSetting('a={"b":[true]}')).toEqual({ path: ["a"], value: { b: [true] } });
    expect([parseSetting("a="), parseSetting("a=007")]).toEqual([
      { path: ["a"], value: "" },
      { path: ["a"], value: "007" },
    ]);
    for (const text of ["a", "=1", "a..b=1", ".a=1", ""]) expect(parseSetting(text)).toBeNull();
  });

  test("replaces, adds, and makes the objects on its way; the rest stays", () => {
    const changes = settings(
      "data.object.amount=500",
      "data.object.lines[1].sku=C",
      "data.none.new.deep=x",
      "data.object.lines[2]=1",
    );
    const changed = withValues(body, "json", changes);
    expect(changed.ok && JSON.parse(changed.text)).toEqual({
      id: "evt_1",
      data: { object: { amount: 500, lines: [{ sku: "A" }, { sku: "C" }, 1] }, none: { new: { deep: "x" } } },
    });
    expect(withValues(body, "json", [])).toEqual({ ok: true, text: body });
  });

  test("goes into the fields of a form, into the JSON of a field, into each line, and into claims", () => {
    expect(withValues("a=1&b=2", "form", settings("b=3", "c.d=x"))).toEqual({ ok: true, text: "a=1&b=3&c.d=x" });
    const inner = withValues("payload=%7B%22a%22%3A1%7D&x=1", { form: "payload" }, settings("a=2"));
    expect(inner).toEqual({ ok: true, text: "payload=%7B%22a%22%3A2%7D&x=1" });
    expect(withValues('{"a":1}\n\n{"b":1}\n', "json-lines", settings("a=2"))).toEqual({
      ok: true,
      text: '{"a":2}\n{"b":1,"a":2}',
    });
  });

  test("is refused where it has no place", () => {
    const problems = [
      [body, "json", "data.object.lines[3]=1", 'data.object.lines.3: a list of 2 has no place "3"'],
      [body, "json", "id.x=1", 'id.x: what stands before "x" is neither an object nor a list'],
      ["{", "json", "a=1", "The body is not JSON: no value can be set."],
      ["hello", "text", "a=1", "A text has no values to set."],
    ] as const;
    for (const [text, format, setting, problem] of problems)
      expect(withValues(text, format, settings(setting))).toEqual({ ok: false, problem });
  });

  test("is there afterwards, whatever its name, and changes no prototype", () => {
    const name = fc.oneof(fc.constantFrom("__proto__", "constructor", "toString"), fc.stringMatching(/^[a-z_]{1,8}$/));
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 4 }),
        fc.jsonValue(),
        fc.dictionary(name, fc.integer()),
        (path, value, within) => {
          const before = Object.fromEntries(Object.entries(within).filter(([key]) => key !== path[0]));
          const changed = withValues(JSON.stringify(before), "json", [{ path, value }]);
          if (!changed.ok) throw new Error(changed.problem);
          const found = path.reduce<unknown>(
            (inner, key) =>
              typeof inner === "object" && inner !== null ? Object.getOwnPropertyDescriptor(inner, key)?.value : undefined,
            JSON.parse(changed.text),
          );
          expect(JSON.stringify(found)).toBe(JSON.stringify(value));
        },
      ),
    );
  });
});

describe("a storm", () => {
  const both = ["tamper", "stale"] as const;

  test("sends each webhook once at least, some again, some altered, in any order, and the same for the same seed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (count, seed) => {
        const storm = planStorm(count, both, seed);
        expect(planStorm(count, both, seed)).toEqual(storm);
        const genuine = storm.flat().filter(({ mischief }) => mischief === null);
        expect(new Set(genuine.map(({ webhook }) => webhook)).size).toBe(count);
        expect(Math.max(...storm.map((burst) => burst.length))).toBeLessThanOrEqual(16);
        expect(
          planStorm(count, [], seed)
            .flat()
            .every(({ mischief }) => mischief === null),
        ).toBe(true);
      }),
    );
    const shots = planStorm(200, both, 1).flat();
    const count = (is: (shot: Shot) => boolean) => shots.filter(is).length;
    expect(count(({ mischief }) => mischief === "tamper")).toBeGreaterThan(30);
    expect(count(({ mischief }) => mischief === "stale")).toBeGreaterThan(30);
    expect(count(({ mischief }) => mischief === null)).toBeGreaterThan(280);
    const order = shots.map(({ webhook }) => webhook);
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
  });

  const storm: Storm = [
    [
      { webhook: 0, mischief: null },
      { webhook: 0, mischief: "tamper" },
      { webhook: 1, mischief: null },
    ],
    [
      { webhook: 0, mischief: null },
      { webhook: 1, mischief: "stale" },
      { webhook: 2, mischief: null },
    ],
  ];
  const names = ["a", "b", "c"];
  const answer = (status: number, accepted = 0, duplicate = 0, ignored = 0) => ({
    url: "",
    status,
    text: status === 200 ? JSON.stringify({ accepted, duplicate, ignored }) : "no",
  });

  /** A Worker that keeps each webhook once, ignores the last, and is wrong where that is said. */
  function worker(wrong: (shot: Shot, times: number) => ReturnType<typeof answer> | undefined = () => undefined) {
    const times = new Map<number, number>();
    return async (shot: Shot) => {
      const before = times.get(shot.webhook) ?? 0;
      if (shot.mischief === null) times.set(shot.webhook, before + 1);
      const said = wrong(shot, before);
      if (said !== undefined) return said;
      if (shot.mischief !== null) return answer(401);
      if (shot.webhook === 2) return answer(200, 0, 0, 1);
      return before === 0 ? answer(200, 2, 0) : answer(200, 0, 2);
    };
  }

  test("is as it should be where each event is kept once, and nothing forged", async () => {
    expect(await runStorm(storm, names, worker())).toEqual({
      ...{ requests: 6, largest: 3, accepted: 2, ignored: 1, duplicates: 1 },
      refused: { tamper: 1, stale: 1 },
      problems: [],
    });
  });

  test.each([
    [
      "an event twice",
      (shot: Shot) => (shot.webhook === 0 && !shot.mischief ? answer(200, 2) : undefined),
      "a: of 2 events 4 were accepted in 2 requests, not each once",
    ],
    [
      "an event not at all",
      (shot: Shot) => (shot.webhook === 1 && !shot.mischief ? answer(200, 0, 2) : undefined),
      "b: of 2 events 0 were accepted in 1 request, not each once",
    ],
    ["a forged one", (shot: Shot) => (shot.mischief === "tamper" ? answer(200, 2) : undefined), "a, tampered with: 200, not 401"],
    ["an old one", (shot: Shot) => (shot.mischief === "stale" ? answer(503) : undefined), "b, stale: 503, not 401"],
    ["nothing of a genuine one", (shot: Shot) => (shot.webhook === 2 ? answer(503) : undefined), "c: 503 no"],
  ])("says so where the Worker takes %s", async (_, wrong, problem) => {
    expect((await runStorm(storm, names, worker(wrong)))?.problems).toEqual([problem]);
  });

  test("ends where nobody answers", async () => {
    expect(await runStorm(storm, names, async () => null)).toBeNull();
  });
});
