/**
 * The schemas of accounts, sources and variables.
 */
import * as z from "zod";
import { isReservedEvent } from "../contract/reserved.ts";
import { alertsSchema } from "./alert-options.ts";
import type { Problem } from "./findings.ts";

const NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** Default, seconds. A short wait is enough: Customer.io merges anonymous activity that arrives up to five minutes later. */
const HOLD_UNKNOWN = 60;

/** How long an event that names only references may wait, and how long at most, seconds: 72 hours, and 14 days. */
const HOLD_ORPHANS = 72 * 3_600;
const MOST_HOLD_ORPHANS = 14 * 86_400;

/** The name of an account or a source. */
export const nameSchema = z.string().regex(NAME);

/** That an account or a source cannot have its name. @param path its place */
export function nameProblem(what: "account" | "source", path: readonly string[]): Problem {
  return {
    code: "bad_name",
    path,
    text: `the ${what}'s name: must begin with a small letter, and have only small letters, digits and hyphens, at most 32; rename it`,
  };
}

/** A region. */
export const regionSchema = z.enum(["us", "eu"]);

/** Which identifiers a workspace uses for people. */
export const identifiersSchema = z.enum(["email_and_id", "id", "email"]).default("email_and_id");

/** A number from 0 to 1,000,000, as a number or as text. */
export const quantitySchema = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d+(\.\d+)?$/)
        .transform(Number),
    ],
    "must be a number",
  )
  .pipe(z.number().min(0).max(1_000_000));

/** The accounts by name, as a table or as JSON. Each account is checked separately. */
export const accountsSchema = z
  .unknown()
  .transform((given, context) => (typeof given === "string" ? parseJson(given, context) : given))
  .pipe(z.record(z.string(), z.unknown(), "declare the accounts here, as a table or as JSON"))
  .refine((accounts) => Object.keys(accounts).length > 0, "declare at least one account");

/** The accounts that the Worker of the other region serves: names, and the address of that Worker. */
export const elsewhereSchema = z
  .unknown()
  .transform((given, context) => (typeof given === "string" ? parseJson(given, context) : given))
  .pipe(z.record(nameSchema, z.url({ protocol: /^https$/, error: "must be the https address of a Worker" }).transform(originOf)));

function originOf(url: string): string {
  return new URL(url).origin;
}

/** One account. */
export const accountSchema = z.strictObject({
  region: regionSchema,
  was: nameSchema.optional(),
  identifiers: identifiersSchema,
  profile_from: z.array(z.string()).optional(),
  billing_from: z.string().optional(),
  hold_unknown: z.number().min(0).max(600).default(HOLD_UNKNOWN),
  hold_orphans: z.number().min(0).max(MOST_HOLD_ORPHANS).default(HOLD_ORPHANS),
  merge: z.enum(["ask", "auto"]).default("ask"),
  redact: z.enum(["none", "delete", "suppress"]).default("delete"),
  alerts: alertsSchema.optional(),
  sources: z.record(z.string(), z.unknown()).default({}),
});

const names = z.array(z.string().min(1).max(150)).max(100);

/** A path to fields of the company's own: names, and `*` for all names that begin so. */
const CUSTOM_FIELD = /^[^*]{1,200}(\.\*)?$/;

/** The options of every source. All other keys are options of its adapter. */
export const sourceSchema = z.object({
  adapter: z.string().optional(),
  user_id_from: z.array(z.string().min(1).max(200)).max(20).optional(),
  integrations: z.record(z.string().min(1).max(100), z.boolean()).default({}),
  test_events: z.enum(["ignore", "deliver"]).optional(),
  events_on: z.array(z.string()).default([]),
  events_off: z.array(z.string()).default([]),
  public_url: z.string().optional(),
  shard: z.union([z.boolean(), z.literal("ended")], 'must be true, false or "ended"').default(false),
  people: z.enum(["create", "known"]).optional(),
  email_trust: z.enum(["claimed", "verified"]).optional(),
  consent: z.enum(["trait", "opt_out", "sync"]).default("opt_out"),
  on_delete: z.enum(["event", "delete", "suppress"]).default("event"),
  object_type_id: z.record(z.string().max(100), z.string().regex(/^[1-9]\d{0,5}$/)).default({}),
  rename_events: z
    .record(
      z.string().min(1),
      z
        .string()
        .min(1)
        .refine((name) => !isReservedEvent(name), "is the name of an action of Customer.io"),
    )
    .default({}),
  keep_properties: names.optional(),
  drop_properties: names.default([]),
  custom_fields: z
    .union(
      [z.literal("all"), z.array(z.string().regex(CUSTOM_FIELD)).max(100)],
      'must be "all", or paths like "metadata.plan" and "metadata.*"',
    )
    .optional(),
  hash_properties: names.default([]),
});

/** The options of every source. */
export const SOURCE_OPTIONS: readonly string[] = Object.keys(sourceSchema.shape);

/** Whether this is an option of every source. An adapter cannot have its own option of the same name. */
export function isSourceOption(name: string): boolean {
  return Object.hasOwn(sourceSchema.shape, name);
}

/** The options of the adapter. */
export function ownOptions(given: unknown): Readonly<Record<string, unknown>> {
  const options = typeof given === "object" && !Array.isArray(given) ? given : {};
  return Object.fromEntries(Object.entries(options ?? {}).filter(([key]) => !isSourceOption(key)));
}

/** The sources that an account declares, even if the rest of the account is invalid. */
export function sourcesIn(account: unknown): readonly (readonly [string, unknown])[] {
  const declared = z.looseObject({ sources: accountSchema.shape.sources }).safeParse(account);
  return declared.success ? Object.entries(declared.data.sources) : [];
}

/** A text; the empty text for any other value. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue("is not JSON");
    return z.NEVER;
  }
}

/**
 * Parses a value. On failure `undefined`, and the issues are added to `problems`: the place and what is expected, never the value.
 * @param path the place of the value
 * @param options the options that are allowed there, if the schema does not know all of them
 */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  path: readonly string[],
  problems: Problem[],
  options: readonly string[] = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [],
): z.output<Schema> | undefined {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const inside = issue.path.map(String);
    const place = [...path, ...inside];
    if (issue.code === "unrecognized_keys") {
      problems.push(
        ...issue.keys.map((key): Problem => {
          const choices = inside.length === 0 ? options : [];
          return {
            code: "unknown_option",
            path: [...place, key],
            text: "is not an option; remove it or correct its name",
            choices,
          };
        }),
      );
      continue;
    }
    const isMissing = inside.length > 0 && valueAt(given, inside) === undefined;
    problems.push({
      code: isMissing ? "missing_option" : "wrong_value",
      path: place,
      text: isMissing ? `is missing; ${expectationOf(issue)}` : expectationOf(issue),
      ...(issue.code === "invalid_value" ? { choices: issue.values.map(String) } : {}),
    });
  }
  return undefined;
}

/** What a value must be, by the type that a schema expects. */
const KINDS: Readonly<Record<string, string>> = {
  object: "a table",
  record: "a table",
  array: "a list: [ … ]",
  string: "a text in quotation marks",
  number: "a number without quotation marks",
  boolean: "true or false",
};

/** What an issue says that is expected, in the words of the file. Texts of our own schemas stay. */
function expectationOf(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid (input|option)|Too (big|small)):/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    case "too_big":
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case "too_small":
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    default:
      return issue.message;
  }
}

function unitOf(origin: string): string {
  return origin === "string" ? " characters long" : origin === "array" ? " items long" : "";
}

/** The value that keys lead to; `undefined` if there is none. */
export function valueAt(given: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined,
    given,
  );
}
