/** What is wrong with data is said in plain words, and nothing of the data is. */
import fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import { describeIssues } from "../../src/contract/issues.ts";
import { runsOf } from "../support/share.ts";

const object = z.object({ id: z.string() });
const cases: readonly (readonly [schema: z.ZodType, value: unknown, issue: string])[] = [
  [object, {}, "id: missing"],
  [object, { id: 7 }, "id: must be a string"],
  [object, [], "(root): must be an object"],
  [z.object({ a: z.array(object) }), { a: [{ id: "1" }, { id: null }] }, "a.1.id: must be a string"],
  [z.object({ n: z.int() }), { n: 1.5 }, "n: must be a whole number"],
  [z.object({ n: z.number().positive().max(9) }), { n: 0 }, "n: must be more than 0"],
  [z.object({ n: z.number().max(9) }), { n: 10 }, "n: must be at most 9"],
  [z.object({ s: z.string().min(1) }), { s: "" }, "s: must have at least 1 character"],
  [z.object({ l: z.array(z.string()).max(2) }), { l: ["a", "b", "c"] }, "l: must have at most 2 items"],
  [z.object({ e: z.enum(["a", "b"]) }), { e: "c" }, 'e: must be one of "a", "b"'],
  [z.object({ l: z.literal("a") }), { l: "c" }, 'l: must be "a"'],
  [z.object({ t: z.iso.datetime() }), { t: "yesterday" }, "t: must be of the form datetime"],
  [z.object({ r: z.string().regex(/^a$/) }), { r: "b" }, "r: must have another form"],
  [z.strictObject({}), { secret: 1, token: 2 }, "(root): has unknown fields (secret, token)"],
  // Unions: by their types, by the member that fits best, and by our own check.
  [z.object({ c: z.string().or(object) }), { c: 7 }, "c: must be a string or an object"],
  [z.object({ c: z.string().or(z.null()) }), { c: [] }, "c: must be a string or null"],
  [z.object({ c: z.string().or(object) }), {}, "c: missing"],
  [z.object({ c: z.string().or(object) }), { c: { id: 7 } }, "c.id: must be a string"],
  [z.union([z.object({ a: z.string(), b: z.string() }), object]), { a: "x" }, "b: missing"],
  [
    z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") }), z.object({ kind: z.literal("b") })]),
    { kind: "c" },
    "kind: has an unknown kind",
  ],
  [
    z
      .string()
      .refine(() => false, "is no time")
      .or(z.null()),
    "x",
    "(root): is no time",
  ],
  [z.object({ c: z.unknown().refine(() => false, "") }), { c: 1 }, "c: is not valid"],
];

test.each(cases)("%#", (schema, value, issue) => {
  const result = schema.safeParse(value);
  expect(result.error && describeIssues(result.error)).toBe(issue);
});

test("many issues are counted, and a long path is cut", () => {
  const names = Array.from({ length: 8 }, (_, index) => `field${index}`);
  const schema = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
  expect(describeIssues(schema.safeParse({}).error ?? new z.ZodError([]))).toMatch(/field4: missing; and 3 more$/);
  const long = z.record(z.string(), z.string()).safeParse({ ["x".repeat(500)]: 1 });
  expect(describeIssues(long.error ?? new z.ZodError([])).length).toBeLessThan(120);
});

test("no value of the data is in it, whatever the data is", () => {
  const schema = z.object({
    id: z
      .string()
      .max(3)
      .or(z.object({ id: z.string().regex(/^a/) })),
    list: z.array(z.union([z.int(), z.enum(["a", "b"]), z.object({ at: z.iso.datetime() })])),
    kind: z.discriminatedUnion("type", [z.object({ type: z.literal("a"), of: z.email() }), z.object({ type: z.literal("b") })]),
  });
  const value = fc.oneof(
    fc.constantFrom("Ada-Value-1815", 181_512_10, true, null),
    fc.record({
      id: fc.constant("Ada-Value-1815"),
      at: fc.constant("Ada-Value-1815"),
      type: fc.constantFrom("a", "Ada-Value-1815"),
      of: fc.constant("Ada-Value-1815"),
    }),
  );
  const data = fc.record(
    { id: value, list: fc.array(value, { maxLength: 3 }).map((all): unknown => all), kind: value },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(data, (given) => {
      const { error } = schema.safeParse(given);
      const text = error === undefined ? "" : describeIssues(error);
      expect(text).not.toMatch(/Ada|1815/);
      expect(text.length).toBeLessThan(1_000);
    }),
    { numRuns: runsOf(400) },
  );
});
