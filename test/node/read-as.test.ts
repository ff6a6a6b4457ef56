/**
 * What is read by schemas without zod's interpreter: the same as zod reads, of what vendors send and of what none should.
 */
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { each, maybe } from "../../src/contract/fields.ts";
import { readAs } from "../../src/contract/read-as.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { placesIn } from "../support/mutations.ts";
import { ADAPTERS } from "../support/registry.ts";
import { keptFor, partsOf } from "../support/requests.ts";
import { IS_WHOLE, runsOf } from "../support/share.ts";

/** Of the fields one in so many is tried absent and with other values. */
const ONE_IN = IS_WHOLE ? 5 : 40;

/** What both make of a value; the order of fields counts, since calls are compared as texts. */
function bothOf(schema: z.ZodType, value: unknown) {
  const [ours, zods] = [readAs(schema, value), schema.safeParse(value)];
  return [ours, zods].map(({ success, data, error }) => ({ success, data, order: JSON.stringify(data), issues: error?.issues }));
}

describe.each([...ADAPTERS.values()])("$id", (adapter) => {
  test("reads its vendor's data as zod does", async () => {
    let tried = 0;
    for (const fixture of fixturesOf(adapter.id)) {
      if (fixture.name.startsWith("handshake")) continue;
      const { source, webhook } = await keptFor(adapter, fixture);
      const events = partsOf(source.configured, webhook).flatMap((part) => (part.ok ? part.events : []));
      for (const { type, data } of events) {
        const schema = adapter.schemaOf(type);
        if (schema === null || data === undefined) continue;
        const safeParse = vi.spyOn(schema, "safeParse");
        const isRead = readAs(schema, data).success;
        // Else nothing would be gained.
        expect(isRead && safeParse.mock.calls.length > 0, type).toBe(false);
        safeParse.mockRestore();
        for (const place of placesIn(utf8Bytes(JSON.stringify(data)), "json")) {
          tried += 1;
          if (tried % ONE_IN !== 0) continue;
          for (const { change, body } of [place.absent(), place.malformed(), ...place.others()]) {
            const [ours, zods] = bothOf(schema, JSON.parse(new TextDecoder().decode(body)));
            expect(ours, `${fixture.name}: ${change}`).toStrictEqual(zods);
          }
        }
      }
    }
  });
});

/** One of each kind, and those that zod reads itself. */
const KINDS: Readonly<Record<string, z.ZodType>> = {
  unknown: z.unknown(),
  texts: z.tuple([z.string(), z.string().trim().min(1), z.uuid().or(z.iso.datetime())]),
  numbers: z.tuple([z.number(), z.int(), z.number().gt(-5).or(z.null())]),
  coerced: z.tuple([z.coerce.string(), z.coerce.number(), z.coerce.boolean()]),
  choices: z.union([z.boolean(), z.literal([1, "a", null]), z.enum(["b", "c"]), z.array(z.string())]),
  fields: z.object({ a: z.string(), b: z.string().optional(), c: z.number().nullish(), d: maybe.text, e: z.unknown() }),
  "filled in": z.object({
    a: z.string().default("none"),
    b: z.number().optional().default(7),
    c: z.string().default("none").optional(),
    d: z.number().catch(3),
    e: z
      .unknown()
      .optional()
      .transform((value) => value ?? null),
    f: z.number().exactOptional(),
    g: z.null().prefault(null),
  }),
  "loose fields": z.looseObject(each(maybe.id, "a", "b")),
  "no other fields": z.strictObject(each(maybe.number, "a", "b")),
  "typed other fields": z.object({ a: z.string().optional() }).catchall(z.number()),
  "checked fields": z.object({ a: maybe.text, b: maybe.text }).refine(({ a, b }) => a !== b),
  tagged: z.discriminatedUnion("a", [z.object({ a: z.literal("a"), b: z.string() }), z.looseObject({ a: z.literal([1, null]) })]),
  exclusive: z.xor([z.object({ a: z.number() }), z.object({ b: z.number() })]),
  lists: z.array(z.object({ a: maybe.decimal })).or(z.array(z.number()).min(2)),
  records: z.record(z.string(), z.number().or(z.record(z.string().min(1), z.string()))),
  "pairs of optional": z.tuple([z.string(), z.string().optional()]).or(z.tuple([z.string()], z.number())),
  refusing: z.string().transform((text, context) => {
    if (text.length > 2) context.addIssue("too long");
    return text.length;
  }),
  "refusing by hand": z.string().transform((text, context) => {
    if (text.length > 2) context.issues.push({ code: "custom", input: context.value, message: "too long" });
    return context.value === text ? text.length : -1;
  }),
  "through others": z.codec(z.string(), z.number(), { decode: Number, encode: String }).pipe(z.number().max(9)),
  "merged fields": z.object({ a: z.string().optional() }).and(z.looseObject({ b: z.number().optional() })),
  itself: z.json(),
  frozen: z.object({ a: z.string().readonly() }).readonly(),
};

/** JSON that the kinds take more often than by chance. */
function values(): fc.Arbitrary<unknown> {
  const leaf = fc.oneof(
    fc.constantFrom<unknown>("", "a", "b", " c ", "12.5", 0, 1, 7, 1.5, true, false, null, "2026-11-29T10:00:00Z"),
    fc.string({ maxLength: 4 }),
    fc.integer(),
  );
  const name = fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "__proto__", "valueOf");
  const { value } = fc.letrec<{ value: unknown; item: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("item"), { maxLength: 3 }),
      // As parsing makes it: `__proto__` is a field like any other.
      fc.dictionary(name, tie("item"), { maxKeys: 5 }).map((fields) => JSON.parse(JSON.stringify(fields))),
    ),
    item: fc.oneof({ weight: 4, arbitrary: leaf }, { weight: 1, arbitrary: tie("value") }),
  }));
  return value;
}

describe("a schema reads as zod does", () => {
  test.each(Object.entries(KINDS))("%s", (_, schema) => {
    fc.assert(
      fc.property(values(), (value) => {
        const [ours, zods] = bothOf(schema, value);
        expect(ours).toStrictEqual(zods);
      }),
      { numRuns: runsOf(4_000) },
    );
  });
});

test("a transform that throws does so here too, and the next value is read", () => {
  const strict = z.string().transform((text) => {
    if (text === "bad") throw new TypeError("bad");
    return text.length;
  });
  expect(() => readAs(strict, "bad")).toThrow(TypeError);
  expect(readAs(strict, "good")).toStrictEqual({ success: true, data: 4 });
});
