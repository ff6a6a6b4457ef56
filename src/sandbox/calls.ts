/**
 * What a request to the Pipelines API says, and what of it the API refuses. Only what Customer.io documents as required is checked;
 * unknown keys are let through. Written apart from `src/pipelines`, so that the two cannot share a mistake.
 *
 * Where the documentation is silent: 32 KB and 500 KB count 1,024 bytes each, and what is larger gets 413; an item of a batch is
 * measured as compact JSON; strict mode refuses a batch whole for one bad item; an empty batch is refused; an item's own `context` and
 * `integrations` win over those of its batch.
 * @see https://docs.customer.io/integrations/api/cdp/
 */
import * as z from "zod";

/** Largest single call, and largest item of a batch, bytes. */
export const CALL_LIMIT = 32 * 1024;

/** Largest batch, bytes. */
export const BATCH_LIMIT = 500 * 1024;

/** Problems named in an answer; more are counted. */
const NAMED_PROBLEMS = 10;

const CALL_TYPES = ["identify", "track", "page", "screen", "group", "alias"] as const;
type CallType = (typeof CALL_TYPES)[number];

const METHODS = [...CALL_TYPES, "batch"] as const;

/** The last part of a path of the API. */
export type Method = (typeof METHODS)[number];

/** The paths of the API, without `/v1/`. */
export const method = z.enum(METHODS);

/** A value that was JSON, as an object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value that was JSON is an object: no array, no `null`. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that is there and not empty, or `null`. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** A call as the API took it, its `type` filled in. */
export type PipelinesEvent = JsonObject & { readonly type: CallType };

/** Why the API refuses a request. */
export interface Problem {
  readonly status: 400 | 413;
  /** Names fields, never their values. */
  readonly message: string;
}

/** A request taken apart. In strict mode one problem refuses the whole request; else what is sound is taken. */
export interface Reading {
  readonly events: readonly PipelinesEvent[];
  readonly problems: readonly Problem[];
}

const object = z.custom<JsonObject>(isObject, "must be an object");
const nonEmpty = z.string().min(1, "must not be empty");
/** A bare number is read as milliseconds. */
const time = z.union([z.iso.datetime({ offset: true, local: true }), z.number()], "must be an ISO 8601 time or milliseconds");
const integrations = z.custom<JsonObject>(
  (value) => isObject(value) && Object.values(value).every((setting) => typeof setting === "boolean" || isObject(setting)),
  "must be an object of booleans",
);

/** `null` only where the API's own examples have it. */
const shared = { context: object.nullish(), integrations: integrations.nullish(), sentAt: time.optional() };
const envelope = {
  ...shared,
  userId: z.string().optional(),
  anonymousId: z.string().optional(),
  messageId: z.string().optional(),
  timestamp: time.optional(),
  originalTimestamp: time.optional(),
};

function hasPerson(call: { readonly userId?: string | undefined; readonly anonymousId?: string | undefined }): boolean {
  return Boolean(call.userId || call.anonymousId);
}

const NO_PERSON = "needs userId or anonymousId";
const seen = z.object({ ...envelope, name: z.string().optional(), properties: object.optional() }).refine(hasPerson, NO_PERSON);

const SCHEMAS: Readonly<Record<CallType, z.ZodType>> = {
  identify: z
    .object({ ...envelope, traits: object.optional() })
    .refine((call) => hasPerson(call) || textOf(call.traits?.email) !== null, `${NO_PERSON}, or traits.email`),
  track: z
    .object({ ...envelope, event: nonEmpty, groupId: z.string().optional(), properties: object.optional() })
    .refine((call) => hasPerson(call) || Boolean(call.groupId), `${NO_PERSON}, or groupId`),
  page: seen,
  screen: seen,
  group: z.object({ ...envelope, groupId: nonEmpty, traits: object.optional() }),
  alias: z.object({ ...envelope, userId: nonEmpty, previousId: nonEmpty }),
};

const typed = z.object({ type: z.enum(CALL_TYPES) });
const batch = z.object({ ...shared, batch: z.array(z.unknown()).min(1, "must not be empty") });

/** Reads the body of a request. Never throws. */
export function readEvents(path: Method, body: string): Reading {
  const value = parseJson(body);
  if (!isObject(value)) return refused("the body must be a JSON object");
  if (path !== "batch") return readEvent({ ...value, type: path }, { place: "", limit: Number.POSITIVE_INFINITY, common: {} });

  const whole = batch.safeParse(value);
  if (!whole.success) return refused(describe(whole.error, ""));
  const common = Object.fromEntries(Object.entries(whole.data).filter(([name]) => name === "context" || name === "integrations"));
  const items = whole.data.batch.map((item, index) =>
    isObject(item)
      ? readEvent(item, { place: `batch[${index}]: `, limit: CALL_LIMIT, common })
      : refused(`batch[${index}]: must be an object`),
  );
  return { events: items.flatMap((item) => item.events), problems: items.flatMap((item) => item.problems) };
}

/** The answer's text: the first problems, and how many more there are. */
export function describeProblems(problems: readonly Problem[]): readonly string[] {
  const more = problems.length - NAMED_PROBLEMS;
  return [...problems.slice(0, NAMED_PROBLEMS).map((problem) => problem.message), ...(more > 0 ? [`and ${more} more`] : [])];
}

interface ItemRules {
  /** Put before each problem. */
  readonly place: string;
  /** Bytes. */
  readonly limit: number;
  /** What the batch says for all its items. */
  readonly common: JsonObject;
}

function readEvent(item: JsonObject, { place, limit, common }: ItemRules): Reading {
  const type = typed.safeParse(item);
  if (!type.success) return refused(describe(type.error, place));
  const size = sizeOf(item);
  if (size === null) return refused(`${place}nested too deeply`);
  if (size > limit) return { events: [], problems: [{ status: 413, message: `${place}${size} bytes, at most ${limit}` }] };
  const checked = SCHEMAS[type.data.type].safeParse(item);
  if (!checked.success) return refused(describe(checked.error, place));
  return { events: [{ ...common, ...item, type: type.data.type }], problems: [] };
}

/** The value of a JSON text, or `undefined` where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Bytes of a value as compact JSON; `null` where it is too deep to be written at all. */
function sizeOf(value: unknown): number | null {
  try {
    return new TextEncoder().encode(JSON.stringify(value)).byteLength;
  } catch {
    return null;
  }
}

function refused(message: string): Reading {
  return { events: [], problems: [{ status: 400, message }] };
}

function describe(error: z.ZodError, place: string): string {
  return place + error.issues.map((issue) => [issue.path.join("."), issue.message].filter(Boolean).join(": ")).join("; ");
}
