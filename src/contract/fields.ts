/**
 * Field types for adapters' schemas. Each gives a valid value or an issue: never NaN, never an invalid date.
 */
import * as z from "zod";
import { isoOf } from "./iso.ts";
import { parseBody } from "./parse.ts";
import { reading } from "./paths.ts";
import { readAs } from "./read-as.ts";
import { type Context, refuse, turned } from "./turned.ts";
import { decode } from "./verify/encoding.ts";

/** Maximum length of an id, characters. Customer.io's own limit is 150 bytes; all known vendor ids are shorter than this. */
const LONGEST_ID = 255;

/** Maximum length of a text, characters. Longer texts are cut. */
const LONGEST_TEXT = 10_000;

/** Times outside these years count as malformed. */
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/** Text without lone surrogates, which are not valid UTF-8, and without NUL, which ends a text in many systems. */
function clean(value: string): string {
  return value.toWellFormed().replaceAll("\u0000", "").slice(0, LONGEST_TEXT).toWellFormed();
}

/** Any text, made well-formed and cut to 10,000 characters. */
export const text = z.string().pipe(turned(clean));

/** Reads an empty text, which some vendors send for a missing value, as null. */
export const blank = z.literal("").pipe(turned((_: "") => null));

/** An id, as text: a non-empty string, or a safe integer (the parser keeps larger ones as text). */
export const id = z
  .union([z.string(), z.number().refine(Number.isSafeInteger, "not exact")])
  .pipe(turned((value: string | number) => clean(String(value)).trim()))
  .pipe(z.string().min(1).max(LONGEST_ID));

/** A finite number, also if written as text. */
export const number = z
  .union([z.number(), z.string().regex(/^\s*-?\d{1,15}(\.\d{1,15})?\s*$/)])
  .pipe(turned(Number))
  .pipe(z.number().gt(-1e15).lt(1e15));

/** An integer, also if written as text. */
export const integer = number.pipe(z.int());

/** A decimal amount as plain decimal text (`"19.99"`), from text or a number; at most 15 digits before the point. */
export const decimal = z
  .union([z.string().trim(), z.number().pipe(turned(String))])
  .pipe(z.string().regex(/^-?\d{1,15}(\.\d{1,10})?$/));

/** A currency code, upper case. */
export const currency = z
  .string()
  .trim()
  .regex(/^[A-Za-z]{3}$/)
  .pipe(turned((code: string) => code.toUpperCase()));

function toIso(milliseconds: number, context: Context): string {
  const isKnown = milliseconds >= EARLIEST && milliseconds < LATEST;
  return isKnown ? isoOf(milliseconds) : refuse(context, "not a time between 1970 and 2200");
}

/** An ISO 8601 time with `Z` or an offset (or a bare date), as ISO 8601 UTC with milliseconds. */
export const isoTime = z
  .string()
  .trim()
  .regex(/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s?(Z|z|[+-]\d{2}:?\d{2}))?$/)
  .pipe(turned((value: string, context) => toIso(Date.parse(toDateTimeString(value)), context)));

/** The same for vendors that write times without a zone and mean UTC (`2026-11-23 11:23:23`). */
export const utcTime = z
  .string()
  .trim()
  .pipe(turned((value: string) => (/(z|[+-]\d{2}:?\d{2})$/i.test(value) ? value : `${value}Z`)))
  .pipe(isoTime);

/** Rewrites a time to the one format that `Date.parse` is specified for: `T`, milliseconds, an offset with a colon. */
function toDateTimeString(value: string): string {
  if (/^\S{10}T\d{2}:\d{2}:\d{2}(\.\d{3})?(Z|.\d{2}:\d{2})$/.test(value)) return value;
  return value
    .toUpperCase()
    .replace(/^(\S{10}) (?=\d)/, "$1T")
    .replace(/\s/, "")
    .replace(/(\.\d{3})\d+/, "$1")
    .replace(/([+-]\d{2})(\d{2})$/, "$1:$2");
}

/** Whole seconds since 1970, as ISO 8601 UTC. */
export const unixSeconds = number.pipe(turned((seconds: number, context) => toIso(seconds * 1000, context)));

/** Milliseconds since 1970, as ISO 8601 UTC. */
export const unixMilliseconds = number.pipe(turned(toIso));

const writtenFlag = z.union([z.boolean(), z.literal([0, 1, "0", "1", "true", "false", "True", "False"])]);
const TRUE: ReadonlySet<z.output<typeof writtenFlag>> = new Set([true, 1, "1", "true", "True"] as const);

/** True or false, also if written as text or a digit. */
export const flag = writtenFlag.pipe(turned((value: z.output<typeof writtenFlag>) => TRUE.has(value)));

/**
 * An object of any fields, as it was sent. `z.looseObject({})` copies it field by field, which takes longer than parsing the body: use this one
 * where another schema reads it, or where only a field or two are wanted.
 */
export const anyObject = z.unknown().pipe(
  turned((value: unknown, context): Readonly<Record<string, unknown>> => {
    if (isObject(value)) return value;
    context.issues.push({ code: "invalid_type", expected: "object", input: value });
    return z.NEVER;
  }),
);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The fields of an object by their schema, and the object whole, as it was sent: for vendors whose events have no data of their own. A loose
 * object with these fields copies all the others.
 */
export function whole<Schema extends z.ZodObject>(fields: Schema) {
  const checked = anyObject.pipe(
    turned((sent: Readonly<Record<string, unknown>>, { issues }) => {
      const result = readAs(fields, sent);
      if (result.success) return { fields: result.data, sent };
      issues.push(...result.error.issues.map((issue) => ({ input: undefined, ...issue })));
      return z.NEVER;
    }),
  );
  return reading(checked, fields);
}

/** The same shape for each of these fields. */
export function each<Schema extends z.ZodType, Name extends string>(
  schema: Schema,
  ...names: readonly Name[]
): { readonly [name in Name]: Schema };
export function each(schema: z.ZodType, ...names: readonly string[]): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(names.map((name) => [name, schema]));
}

/** Issue in the dead letter for a malformed decisive field. */
export const MALFORMED_DECISION = "malformed, and it decides what the event means";

/**
 * A field that may be absent or null. A malformed value counts as absent: a bad part (PHP's `[]` for an empty object, an impossible date) is
 * then lost without the rest of the event.
 *
 * Not for fields that an event's meaning depends on: see `decisive`.
 */
export function optional<Schema extends z.ZodType>(schema: Schema): z.ZodCatch<z.ZodOptional<z.ZodNullable<Schema>>> {
  return schema.nullish().catch(undefined);
}

/**
 * A field that may be absent or null, but must be valid if present, because a wrong guess would be worse than a dead letter: it decides about
 * the event, the person, the tenant, a deletion, whether money moved, or whether the event is a test.
 */
export function decisive<Schema extends z.ZodType>(schema: Schema) {
  const field = schema.nullish();
  const checked = z
    .unknown()
    .optional()
    .pipe(
      turned((value: unknown, context): z.output<typeof field> => {
        const result = readAs(field, value);
        return result.success ? result.data : refuse(context, MALFORMED_DECISION);
      }),
    );
  return reading(checked, schema);
}

/**
 * A list without its malformed items. If the sum or the first item matters, use `z.array` instead, which refuses the whole list: dropping an
 * item would change the result.
 */
export function list<Schema extends z.ZodType>(item: Schema) {
  const good = z.array(z.unknown()).pipe(
    turned((items: unknown[]): z.output<Schema>[] =>
      items.flatMap((value) => {
        const result = readAs(item, value);
        return result.success ? [result.data] : [];
      }),
    ),
  );
  return reading(good, z.array(item));
}

/** JSON within a text, within the limits of a body. */
export const jsonText = z.string().pipe(
  turned((json: string, context): unknown => {
    const parsed = parseBody(new TextEncoder().encode(json), "json");
    return parsed.ok ? parsed.value : refuse(context, "not JSON");
  }),
);

/** JSON in base64, within the limits of a body. */
export const base64Json = z.string().pipe(
  turned((written: string, context): unknown => {
    const bytes = decode(written, "base64");
    const parsed = bytes && parseBody(bytes, "json");
    return parsed?.ok ? parsed.value : refuse(context, "not JSON in base64");
  }),
);

/** The claims of a token in a text, as JSON. Only for tokens that the verifier checked, and for those within their claims. */
export const tokenText = z.string().pipe(
  turned((token: string, context): unknown => {
    const parsed = parseBody(new TextEncoder().encode(token), "jwt");
    return parsed.ok ? parsed.value : refuse(context, "not a token");
  }),
);

/** The same types for optional fields: see `optional`. */
export const maybe = {
  text: optional(text),
  id: optional(id),
  number: optional(number),
  integer: optional(integer),
  decimal: optional(decimal),
  currency: optional(currency),
  isoTime: optional(isoTime),
  unixSeconds: optional(unixSeconds),
  unixMilliseconds: optional(unixMilliseconds),
  flag: optional(flag),
  boolean: optional(z.boolean()),
} as const;
